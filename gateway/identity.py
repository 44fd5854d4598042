"""Who this gateway is since its enrolment: its branch, its central, its keys; one owner-only file, written whole.

The keys were made here and never leave. The branch CA lets registers pair and renew while head office is out of reach.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from branchgate.errors import Refused, RefusedKind
from branchgate.identity.keys import write_private
from branchgate.identity.names import BranchName, GatewayName
from branchgate.wire.tls import ClientCertificate

FILE_NAME = "identity.json"


@dataclass(frozen=True, slots=True)
class GatewayIdentity:
    """A gateway's identity. Keys and certificates are PEM; addresses are host:port."""

    central_id: str
    branch_id: str
    central_address: str
    """Where central serves enrolled gateways."""
    central_name: str
    """DNS name in central's certificate, checked on every connection."""
    root_pem: bytes
    branch_ca_pem: bytes
    gateway_chain_pem: bytes
    branch_ca_key_pem: bytes = field(repr=False)
    gateway_key_pem: bytes = field(repr=False)

    @property
    def name(self) -> GatewayName:
        """The gateway's name in certificates."""
        return GatewayName(BranchName(self.central_id, self.branch_id))

    @property
    def client_certificate(self) -> ClientCertificate:
        """What the gateway shows to central."""
        return ClientCertificate(self.gateway_key_pem, self.gateway_chain_pem)


def save_identity(keys: Path, identity: GatewayIdentity) -> None:
    """Writes the identity into the folder of keys."""
    texts = {
        name: value.decode() if isinstance(value, bytes) else value
        for name in GatewayIdentity.__dataclass_fields__
        for value in (getattr(identity, name),)
    }
    write_private(keys / FILE_NAME, json.dumps(texts, indent=1).encode())


def load_identity(keys: Path) -> GatewayIdentity:
    """Reads it back. Raises Refused: NOT_ENROLLED when there is none, IDENTITY_DAMAGED when it cannot be read."""
    path = keys / FILE_NAME
    try:
        texts = json.loads(path.read_bytes())
        return GatewayIdentity(
            **{name: text.encode() if name.endswith("_pem") else text for name, text in texts.items()}
        )
    except FileNotFoundError as missing:
        raise Refused("NOT_ENROLLED", field="data", value=keys.parent, kind=RefusedKind.NOT_NOW) from missing
    except (ValueError, TypeError, AttributeError) as failure:
        raise Refused("IDENTITY_DAMAGED", field="file", value=path, rule="written by enrolment") from failure
