"""Scales at the till: their protocols (no I/O) and the one task that owns one.

A new scale protocol is one file beside `sma.py`, one line in `protocols.py` and one test file.
"""
