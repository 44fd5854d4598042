"""Customer displays of two lines by twenty characters: their languages (no I/O) and the one task that owns one.

A new display language is one file beside `cd5220.py`, one line in `protocols.py` and one test file.
"""
