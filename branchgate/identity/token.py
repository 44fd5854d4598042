"""Enrolment tokens: what an operator carries from central to a new gateway, in one line.

    bge1-<base64url of: secret (16 bytes) · SHA-256 of central's root (32 bytes) · address · checksum (4 bytes)>

The secret proves the gateway to central, the digest proves central to the gateway. The checksum tells a line that was cut off from one that
is not accepted.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from branchgate.errors import Refused

_MARK = "bge1-"
_SECRET_LENGTH = 16
_DIGEST_LENGTH = 32
_CHECKSUM_LENGTH = 4


@dataclass(frozen=True, slots=True)
class EnrolmentToken:
    """One token. `address` is host:port of central's enrolment port; the secret stays out of the representation."""

    address: str
    root_sha256: bytes
    secret: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The token as shown, once."""
        content = self.secret + self.root_sha256 + self.address.encode()
        return _MARK + base64.urlsafe_b64encode(content + _checksum(content)).decode().rstrip("=")

    @property
    def wire_secret(self) -> str:
        """The secret as it travels."""
        return self.secret.hex()


def new_token(address: str, root_sha256: bytes) -> EnrolmentToken:
    """A token with a fresh secret."""
    return EnrolmentToken(address, root_sha256, secrets.token_bytes(_SECRET_LENGTH))


def parsed_token(text: str) -> EnrolmentToken:
    """The token somebody pasted, line breaks and all. Raises Refused (ENROLMENT_TOKEN_MALFORMED), which does not repeat it."""
    joined = "".join(text.split())
    encoded = joined.removeprefix(_MARK)
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
        content, checksum = raw[:-_CHECKSUM_LENGTH], raw[-_CHECKSUM_LENGTH:]
        address = content[_SECRET_LENGTH + _DIGEST_LENGTH :].decode("ascii")
    except (binascii.Error, ValueError) as failure:
        raise _malformed() from failure
    if not joined.startswith(_MARK) or checksum != _checksum(content) or not address:
        raise _malformed()
    return EnrolmentToken(address, content[_SECRET_LENGTH : _SECRET_LENGTH + _DIGEST_LENGTH], content[:_SECRET_LENGTH])


def certificate_sha256(certificate: x509.Certificate) -> bytes:
    """SHA-256 of the whole certificate, DER: how a token names central's root."""
    return hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()


def _checksum(content: bytes) -> bytes:
    return hashlib.sha256(content).digest()[:_CHECKSUM_LENGTH]


def _malformed() -> Refused:
    return Refused(
        "ENROLMENT_TOKEN_MALFORMED", field="token", rule="bge1-, then letters, digits, '-' and '_', complete"
    )
