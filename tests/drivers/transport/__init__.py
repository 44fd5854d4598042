"""Tests that mirror drivers/transport."""
