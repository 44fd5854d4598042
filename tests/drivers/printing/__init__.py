"""Tests that mirror drivers/printing."""
