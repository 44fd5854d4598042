"""Identities at central: the root, the CA of the gateways, and how a gateway comes to its identity."""
