"""Closed months of the journal as Parquet files, written by a child process, and the gateway's questions asked of such files.

Nothing is ever taken out of the journal: an archive is a copy that can be kept elsewhere and verified anywhere (`branchgate.archive`).
"""
