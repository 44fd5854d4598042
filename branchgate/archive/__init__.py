"""Archived months of a journal: Parquet files beside a manifest, to be read and verified without a gateway, by any program.

An archive is a folder with one folder per month (2026-11): the journal's entries as they stand in the journal, chain hashes included, and
the sales and closings of the same entries as plain tables. A month ends with the journal's last closing of one of its business days, so
months lie in the journal one behind the other without a gap, and their chains continue each other.
"""
