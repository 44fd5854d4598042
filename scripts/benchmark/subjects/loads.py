"""Orders for the load generator: which registers of a branch send how much, to the gateway or to the echo."""

from __future__ import annotations

from typing import Any

from branchgate.register.identity import Identity
from tests.rigs.branch import Branch

REGISTERS = 20


def order_for(
    branch: Branch,
    *,
    messages: int,
    address: str | None = None,
    registers: int = REGISTERS,
    first: int = 0,
    batch: int = 1,
    in_flight: int = 0,
    every_ms: float = 0,
    print_role: str = "",
    tell_times: bool = False,
) -> dict[str, Any]:
    """An order: `messages` from each of so many registers, to the gateway unless `address` names the echo.

    `every_ms` 0 is a closed loop with so many `in_flight`. `tell_times` asks for the moments of sending, by the monotonic clock.
    """
    chosen = branch.registers[first : first + registers]
    return {
        "registers": [_register(one, address or one.gateway_address) for one in chosen],
        "messages": messages,
        "batch": batch,
        "in_flight": in_flight,
        "every_ms": every_ms,
        "print_role": print_role,
        "tell_times": tell_times,
    }


def _register(identity: Identity, address: str) -> dict[str, Any]:
    return {
        "address": address,
        "server_name": identity.gateway_name,
        "root_pem": identity.root_pem.decode(),
        "chain_pem": identity.chain_pem.decode(),
        "key_pem": identity.key_pem.decode(),
        "prefix": identity.number_range.prefix,
        "digits": identity.number_range.digits,
    }
