"""Who this register is since its pairing; one owner-only file, written whole, so that a power cut leaves the old or the new."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import grpc.aio

from branchgate.errors import Refused, RefusedKind
from branchgate.identity.keys import write_private
from branchgate.numbers import NumberRange
from branchgate.wire.options import LAN
from branchgate.wire.tls import ClientCertificate, open_channel

FILE_NAME = "identity.json"


@dataclass(frozen=True, slots=True)
class Identity:
    """A paired register. Keys and certificates are PEM; addresses are host:port.

    `next_running_number` is where the numbers began at pairing; the register's own store counts on from there.
    """

    branch_id: str
    register_id: str
    register_name: str
    gateway_name: str
    """DNS name in the gateway's certificate, checked on every connection."""
    gateway_address: str
    pairing_address: str
    number_range: NumberRange
    next_running_number: int
    root_pem: bytes
    chain_pem: bytes
    key_pem: bytes = field(repr=False)

    def open_channel(self) -> grpc.aio.Channel:
        """A channel to the gateway's services: mTLS, this register's certificate, only this branch's gateway."""
        certificate = ClientCertificate(self.key_pem, self.chain_pem)
        return open_channel(
            self.gateway_address,
            LAN,
            root_pem=self.root_pem,
            server_name=self.gateway_name,
            certificate=certificate,
        )


def save_identity(folder: Path, identity: Identity) -> None:
    """Writes the identity into the register's folder, in place of an older one."""
    content = {name: _text(value) for name, value in asdict(identity).items()}
    write_private(folder / FILE_NAME, json.dumps(content, indent=1).encode())


def load_identity(folder: Path) -> Identity:
    """Reads it back. Raises Refused: NOT_PAIRED when there is none, IDENTITY_DAMAGED when it cannot be read."""
    path = folder / FILE_NAME
    try:
        content: dict[str, Any] = json.loads(path.read_bytes())
        values = {name: value.encode() if name.endswith("_pem") else value for name, value in content.items()}
        return Identity(**{**values, "number_range": NumberRange(**values["number_range"])})
    except FileNotFoundError as missing:
        raise Refused("NOT_PAIRED", field="folder", value=folder, kind=RefusedKind.NOT_NOW) from missing
    except (ValueError, TypeError, KeyError, AttributeError) as failure:
        raise Refused("IDENTITY_DAMAGED", field="file", value=path, rule="written by pairing") from failure


def _text(value: Any) -> Any:
    return value.decode() if isinstance(value, bytes) else value
