"""Pairing: how a register and its gateway come to trust each other by one short code, without I/O.

The code proves the register to the gateway and the gateway to the register; both proofs are bound to the server's public key, so that
somebody between the two, with a key of his own, gets nothing. Keys are made where they are used; the code dies after one use.
"""
