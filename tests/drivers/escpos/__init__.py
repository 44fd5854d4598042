"""Tests that mirror drivers/escpos."""
