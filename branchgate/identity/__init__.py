"""Identities: names in certificates, keys in files, certificates of root, CAs and leaves.

Nothing here knows a wire or a store. Keys are made where they are used and never leave (docs/architecture.md, what must always hold).
"""
