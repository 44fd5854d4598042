"""Tests of discovery and hot-plug."""
