"""Identities: names in certificates, keys in files, certificates of root, CAs and leaves.

Nothing here knows a wire or a store. The trust chain, the life times and the name constraints are those of design.md 3.1 and 4.10.
"""
