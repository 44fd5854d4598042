"""Pairing at the gateway: makes the codes, judges the attempts, signs the certificates, knows the paired registers.

The secret of a pairing is made and burnt in this one place (design.md 3.1).
"""
