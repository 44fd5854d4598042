"""Who may call what: read from the contract itself, so that no second list can disagree with it.

Every RPC of ours names its callers by the option `allowed_callers` (authorization.proto). Services of others stand in the one table
here. What neither names is closed.
"""

from __future__ import annotations

from typing import Any

from google.protobuf import descriptor_pool

from branchgate.wire.callers import CallerKind

_OPTION = "branchgate.v1.allowed_callers"

SERVICES_OF_OTHERS: dict[str, frozenset[CallerKind]] = {
    "/grpc.health.v1.Health/Check": frozenset({CallerKind.REGISTER, CallerKind.GATEWAY, CallerKind.OPERATOR}),
    "/grpc.health.v1.Health/Watch": frozenset({CallerKind.REGISTER, CallerKind.GATEWAY, CallerKind.OPERATOR}),
}


def allowed_callers(method: str) -> frozenset[CallerKind]:
    """The kinds of caller a method is for, by its path ("/package.Service/Method"); empty if it is unknown or names none."""
    if method in SERVICES_OF_OTHERS:
        return SERVICES_OF_OTHERS[method]
    # By the pool and not by the generated module: whoever serves a method has loaded its file, and with it the option.
    pool = descriptor_pool.Default()
    try:
        descriptor = pool.FindMethodByName(method.removeprefix("/").replace("/", "."))
        option: Any = pool.FindExtensionByName(_OPTION)
    except KeyError:
        return frozenset()
    return frozenset(CallerKind(number) for number in descriptor.GetOptions().Extensions[option])
