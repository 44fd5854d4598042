"""Public keys of TSEs: read as the codes of receipts carry them, and what follows from them.

Seen in codes: the uncompressed point alone (SEC 1, 65 or 97 bytes, first byte 0x04), and DER SubjectPublicKeyInfo. The point does not
name its curve; of the curves that a TSE may use (TR-03116-5) it lies on one only.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from branchgate.errors import Refused

_POINT: Final = b"\x04"
_CURVES: Final[tuple[ec.EllipticCurve, ...]] = (
    ec.SECP256R1(),
    ec.BrainpoolP256R1(),
    ec.SECP384R1(),
    ec.BrainpoolP384R1(),
    ec.BrainpoolP512R1(),
    ec.SECP521R1(),
)
"""The curves of TR-03116-5."""


def decode_base64(text: str, field: str) -> bytes:
    """The bytes of a base64 text. Raises Refused (TSE_CODE_UNREADABLE) naming `field`."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as failure:
        raise Refused("TSE_CODE_UNREADABLE", field=field, value=text, rule=f"base64: {failure}") from failure


def encode_base64(content: bytes) -> str:
    """Base64 as codes and events carry it."""
    return base64.b64encode(content).decode("ascii")


def key_from_point(point: bytes) -> ec.EllipticCurvePublicKey | None:
    """The key of an uncompressed point; None when it lies on no curve that a TSE may use."""
    for curve in _CURVES:
        if point[:1] != _POINT or len(point) != 1 + 2 * width_of(curve):
            continue
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
        except ValueError:
            continue
    return None


def point_of(encoded: bytes, field: str = "public_key") -> bytes:
    """The uncompressed point of a key given as a point or as DER SubjectPublicKeyInfo.

    Raises Refused (TSE_CODE_UNREADABLE) naming `field` for anything else, and for a point on no curve of TR-03116-5.
    """
    point = encoded if encoded[:1] == _POINT else _point_of_info(encoded, field)
    if key_from_point(point) is None:
        raise _not_a_key(field, encoded, "a point on a curve of TR-03116-5")
    return point


def serial_of(point: bytes) -> str:
    """A TSE's serial number: hex SHA-256 of the uncompressed point (TR-03153-1, 9.3.2)."""
    return hashlib.sha256(point).hexdigest()


def width_of(curve: ec.EllipticCurve) -> int:
    """Bytes of a coordinate on the curve."""
    return (curve.key_size + 7) // 8


def _point_of_info(encoded: bytes, field: str) -> bytes:
    try:
        key = load_der_public_key(encoded)
    except (ValueError, UnsupportedAlgorithm) as failure:
        raise _not_a_key(field, encoded, "an uncompressed point or SubjectPublicKeyInfo") from failure
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise _not_a_key(field, encoded, "a key on an elliptic curve")
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _not_a_key(field: str, encoded: bytes, rule: str) -> Refused:
    return Refused("TSE_CODE_UNREADABLE", field=field, value=f"{len(encoded)} bytes", rule=rule)
