"""The TSE's own data: its serial number is the hash of its key, and its certificate is of that key and of that time (TR-03153-1, 9.3.2)."""

from __future__ import annotations

import binascii
import hashlib
import re
import sqlite3
from base64 import b64decode
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key

from branchgate.dsfinvk.faults import Fault, Faults

_FILE: Final = "tse.csv"
_SERIAL: Final = re.compile(r"[0-9a-fA-F]{64}")
_POINT: Final = 0x04

_ROWS: Final = "SELECT line, closing, TSE_SERIAL, TSE_PUBLIC_KEY, TSE_ZERTIFIKAT_I || TSE_ZERTIFIKAT_II FROM Stamm_TSE"
_SIGNED: Final = """
SELECT min(TSE_TA_ENDE), max(TSE_TA_ENDE) FROM TSE_Transaktionen JOIN Stamm_TSE AS device
ON device.closing = TSE_Transaktionen.closing AND device.TSE_ID = TSE_Transaktionen.TSE_ID
WHERE TSE_SERIAL = ? AND TSE_TA_SIG <> '' AND TSE_TA_ENDE <> ''
"""


def check_devices(database: sqlite3.Connection, faults: Faults, certificates: bool) -> None:
    """Adds faults of tse.csv. Without `certificates` those are left alone: a longer one stands in columns that were not read."""
    seen = set[tuple[str, str, str]]()
    for line, _, serial, key, certificate in database.execute(_ROWS):
        # A TSE stands once per closing; what is right once is right again.
        if (serial, key, certificate) in seen:
            continue
        seen.add((serial, key, certificate))
        point = _check_key(line, serial, key, faults)
        if certificates:
            _check_certificate(database, line, serial, point, certificate, faults)


def _check_key(line: int, serial: str, key: str, faults: Faults) -> bytes | None:
    if not _SERIAL.fullmatch(serial):
        faults.add(Fault("TSE_SERIAL", _FILE, line, "TSE_SERIAL", serial, "SHA-256, 64 x 0-9 a-f"))
    point = _point(key)
    if point is None:
        faults.add(Fault("TSE_KEY", _FILE, line, "TSE_PUBLIC_KEY", key, "base64 (04 || X || Y)"))
        return None
    computed = hashlib.sha256(point).hexdigest()
    if _SERIAL.fullmatch(serial) and serial.lower() != computed:
        faults.add(Fault("TSE_SERIAL_KEY", _FILE, line, "TSE_SERIAL", serial, computed))
    return point


def _point(key: str) -> bytes | None:
    """The uncompressed point of a key in base64: as it is, or out of the structure that X.509 puts around it."""
    try:
        content = b64decode(key, validate=True)
        if content[:1] == bytes([_POINT]):
            return content if len(content) % 2 else None
        loaded = load_der_public_key(content)
    except (binascii.Error, ValueError):
        return None
    if not isinstance(loaded, EllipticCurvePublicKey):
        return None
    return loaded.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _check_certificate(
    database: sqlite3.Connection, line: int, serial: str, point: bytes | None, certificate: str, faults: Faults
) -> None:
    try:
        found = _certificate(certificate)
        key = found.public_key()
    except (binascii.Error, ValueError) as problem:
        faults.add(Fault("TSE_CERTIFICATE", _FILE, line, "TSE_ZERTIFIKAT_I", certificate, str(problem)))
        return
    if not isinstance(key, EllipticCurvePublicKey):
        faults.add(Fault("TSE_CERTIFICATE", _FILE, line, "TSE_ZERTIFIKAT_I", certificate, "EC"))
        return
    if point and key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint) != point:
        faults.add(Fault("TSE_CERTIFICATE_KEY", _FILE, line, "TSE_ZERTIFIKAT_I", certificate, "TSE_PUBLIC_KEY"))
    first, last = database.execute(_SIGNED, (serial,)).fetchone()
    valid = [
        moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") for moment in (found.not_valid_before_utc, found.not_valid_after_utc)
    ]
    if first and not (valid[0] <= first and last <= valid[1]):
        faults.add(
            Fault("TSE_CERTIFICATE_TIME", _FILE, line, "TSE_ZERTIFIKAT_I", f"{first} - {last}", " - ".join(valid))
        )


def _certificate(text: str) -> x509.Certificate:
    if text.startswith("-----BEGIN"):
        return x509.load_pem_x509_certificate(text.encode())
    return x509.load_der_x509_certificate(b64decode(text, validate=True))
