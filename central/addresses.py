"""Addresses as people type them: host:port, an IPv6 host in brackets."""

from __future__ import annotations

import re

from branchgate.errors import Refused

_ADDRESS = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})")
_HIGHEST_PORT = 65535


def checked_address(text: str) -> str:
    """The address without spaces around it. Raises Refused (INVALID_VALUE)."""
    found = _ADDRESS.fullmatch(text.strip())
    if found is None or not 0 < int(found[2]) <= _HIGHEST_PORT:
        raise Refused("INVALID_VALUE", field="address", value=text, rule="host:port, for example central.example:7446")
    return found[0]


def joined(host: str, port: int) -> str:
    """Host and port as one address."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
