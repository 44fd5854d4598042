"""Pairing at the gateway: makes the codes, judges the attempts, signs the certificates, knows the paired registers.

The secret of a pairing is made and burnt in this one place (docs/decisions/0004-pairing-by-proof.md).
"""
