"""The register's side: what an integrator builds a till on.

`pair` makes a register of a data folder, `RegisterClient` runs it: it sells from its own catalogue, hands its receipts to the gateway
when it can be reached, and asks it for paper, drawers and reports. `branchgate.register.till` is a till built on nothing else.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from branchgate.register.client import RegisterClient, RegisterState
    from branchgate.register.held import Happened
    from branchgate.register.identity import Identity, load_identity
    from branchgate.register.pairing import pair
    from branchgate.register.signing import Signer

_HOMES = {
    "Happened": "held",
    "Identity": "identity",
    "RegisterClient": "client",
    "RegisterState": "client",
    "Signer": "signing",
    "load_identity": "identity",
    "pair": "pairing",
}

__all__ = ["Happened", "Identity", "RegisterClient", "RegisterState", "Signer", "load_identity", "pair"]


def __getattr__(name: str) -> object:
    """Loads a public name when it is first used: `branchgate --help` passes by here and needs none of them."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
