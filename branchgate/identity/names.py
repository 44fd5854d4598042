"""Names in certificates: who somebody is (URI, for authorization) and where somebody is reached (DNS, for TLS).

Every leaf carries both. The URI alone would not do: X.509 name constraints keep a branch CA inside its own branch only for DNS names, so
a URI counts only when the DNS name beside it says the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from branchgate.errors import Refused
from branchgate.ids import checked_name

DOMAIN = "branchgate.internal"
CENTRAL_DNS = f"central.{DOMAIN}"

_URI = re.compile(r"spiffe://([a-z0-9-]{1,30})/branch/([a-z0-9-]{1,30})/(?:register/([a-z0-9-]{1,30})|gateway)")

# A branch of this name could mint central's DNS name, a register of this name would carry its gateway's.
_RESERVED_BRANCH = "central"
_RESERVED_REGISTER = "gateway"


@dataclass(frozen=True, slots=True)
class BranchName:
    """A branch of a central. Raises Refused (INVALID_ID) for ids that cannot stand in a DNS name or would collide in it."""

    central_id: str
    branch_id: str

    def __post_init__(self) -> None:
        _label(self.central_id, "central_id")
        _label(self.branch_id, "branch_id", reserved=_RESERVED_BRANCH)

    @property
    def dns(self) -> str:
        """The domain of the branch, which its CA cannot leave."""
        return f"{self.branch_id}.{DOMAIN}"


@dataclass(frozen=True, slots=True)
class GatewayName:
    """The gateway of a branch."""

    branch: BranchName

    @property
    def uri(self) -> str:
        """Names the gateway for authorization."""
        return f"spiffe://{self.branch.central_id}/branch/{self.branch.branch_id}/gateway"

    @property
    def dns(self) -> str:
        """What registers check on every connection."""
        return f"{_RESERVED_REGISTER}.{self.branch.dns}"


@dataclass(frozen=True, slots=True)
class RegisterName:
    """A register of a branch. Raises Refused (INVALID_ID) like BranchName."""

    branch: BranchName
    register_id: str

    def __post_init__(self) -> None:
        _label(self.register_id, "register_id", reserved=_RESERVED_REGISTER)

    @property
    def uri(self) -> str:
        """Names the register for authorization."""
        return f"spiffe://{self.branch.central_id}/branch/{self.branch.branch_id}/register/{self.register_id}"

    @property
    def dns(self) -> str:
        """Keeps the register inside the domain of its branch."""
        return f"{self.register_id}.{self.branch.dns}"


PeerName = GatewayName | RegisterName


def parsed_uri(uri: str) -> PeerName | None:
    """The peer a URI names, or None if it names none of ours."""
    found = _URI.fullmatch(uri)
    if found is None:
        return None
    central_id, branch_id, register_id = found.groups()
    try:
        branch = BranchName(central_id, branch_id)
        return RegisterName(branch, register_id) if register_id else GatewayName(branch)
    except Refused:
        return None


def _label(value: str, field: str, *, reserved: str = "") -> None:
    checked_name(value, field)
    if value.startswith("-") or value.endswith("-"):
        raise Refused("INVALID_ID", field=field, value=value, rule="a DNS label neither begins nor ends with a dash")
    if value == reserved:
        raise Refused("NAME_RESERVED", field=field, value=value, rule="would carry the name of another machine")
