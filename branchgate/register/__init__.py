"""The register's side: what an integrator builds a till on.

Pairing with the branch's gateway, the identity that comes of it, and everything a till then does with its gateway.
"""
