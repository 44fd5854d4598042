"""ESC/POS without I/O: what to write to a receipt printer and what its answers mean."""
