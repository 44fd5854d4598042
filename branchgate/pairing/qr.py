"""The QR code beside an authorization code: everything typing would need, and the gateway's key, which nobody could type.

Text: `BG1/<code>/<host:port>/<SHA-256 of the server's public key in base 32>`, all from the alphanumeric set of QR (ISO/IEC 18004, 7.4.4),
so that the symbol stays small enough for a tablet's camera. With the key in hand a register stops before any secret leaves it.
"""

from __future__ import annotations

import base64
import binascii
import io
from dataclasses import dataclass

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from branchgate.errors import Refused
from branchgate.pairing.code import AuthorizationCode, parsed_code

_MARK = "BG1"
_DIGEST_LENGTH = 32
# Base 32 of 32 bytes is 52 characters and this padding, whose sign the alphanumeric set does not have.
_PADDING = "===="


@dataclass(frozen=True, slots=True)
class PairingInvitation:
    """What the QR code says. `address` is host:port of the pairing port."""

    code: AuthorizationCode
    address: str
    server_key_sha256: bytes

    @property
    def text(self) -> str:
        """The content of the QR code."""
        key = base64.b32encode(self.server_key_sha256).decode().rstrip("=")
        # Host names do not tell cases apart, and the brackets of an IPv6 address are not in the set.
        address = self.address.upper().replace("[", "").replace("]", "")
        return "/".join((_MARK, self.code.plain, address, key))


def parsed_invitation(text: str) -> PairingInvitation:
    """Reads a QR code's content. Raises Refused (PAIRING_QR_UNREADABLE, PAIRING_CODE_MALFORMED)."""
    parts = text.strip().split("/")
    try:
        mark, code, address, key = parts
        digest = base64.b32decode(key + _PADDING)
    except (ValueError, binascii.Error) as failure:
        raise _unreadable() from failure
    host, _, port = address.lower().rpartition(":")
    if mark != _MARK or len(digest) != _DIGEST_LENGTH or not (host and port.isdecimal()):
        raise _unreadable()
    return PairingInvitation(parsed_code(code), f"[{host}]:{port}" if ":" in host else f"{host}:{port}", digest)


def as_blocks(text: str) -> str:
    """The QR code for a terminal, two rows of modules per line."""
    symbol = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=2)
    symbol.add_data(text)
    drawn = io.StringIO()
    symbol.print_ascii(out=drawn, invert=True)
    return drawn.getvalue()


def _unreadable() -> Refused:
    return Refused("PAIRING_QR_UNREADABLE", field="qr", rule="BG1/code/host:port/key")
