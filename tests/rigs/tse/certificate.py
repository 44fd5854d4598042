"""Key and certificate of a software TSE, from a CA of its own that says in its name what it is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import NameOID

from branchgate.tse import serial_of

NOT_CERTIFIED: Final = "NOT CERTIFIED - branchgate test TSE"
KEY_FILE, CERTIFICATE_FILE = "tse-key.pem", "tse-certificate.der"
_YEARS: Final = timedelta(days=5 * 365)


def key_in(folder: Path) -> ec.EllipticCurvePrivateKey:
    """The TSE's key; made with its certificate when the folder is new."""
    file = folder / KEY_FILE
    if file.exists():
        stored = load_pem_private_key(file.read_bytes(), None)
        assert isinstance(stored, ec.EllipticCurvePrivateKey)
        return stored
    key = ec.generate_private_key(ec.SECP256R1())
    (folder / CERTIFICATE_FILE).write_bytes(_certificate(key).public_bytes(Encoding.DER))
    file.touch(0o600)
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def point_in(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The uncompressed point of a key."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _certificate(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Named after the TSE's serial number, as those of real TSEs are."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _name(f"{NOT_CERTIFIED} CA")
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(_name(serial_of(point_in(key))))
        .issuer_name(authority)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + _YEARS)
        .sign(authority_key, hashes.SHA256())
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, NOT_CERTIFIED),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )
