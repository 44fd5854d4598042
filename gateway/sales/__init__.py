"""The sales store: DuckDB in a child process, filled from the journal, asked for figures.

Recording never depends on it and it may be deleted at any time: whatever it holds is in the journal. Parent's side: `client`.
"""
