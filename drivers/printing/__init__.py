"""Printing one document at a time, and knowing what became of it.

`job` decides without I/O, `actor` is the one task that owns a printer, `ledger` is what the actor needs kept on disk.
"""
