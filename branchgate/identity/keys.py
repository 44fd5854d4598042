"""Private keys: P-256, made on the machine that uses them, kept in files that only their owner reads.

A key and the certificate chain that belongs to it share one file (a bundle), so that a power cut during a renewal never leaves the key of
one beside the chain of the other.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

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

from branchgate.errors import Refused

PrivateKey = ec.EllipticCurvePrivateKey
PublicKey = ec.EllipticCurvePublicKey

# A request of ours has about 200 bytes; nobody's patience is spent on parsing more.
_LONGEST_REQUEST = 4096
_CHAIN_BEGINS = b"-----BEGIN CERTIFICATE-----"


def new_key() -> PrivateKey:
    """A new key on P-256."""
    return ec.generate_private_key(ec.SECP256R1())


def key_to_pem(key: PrivateKey) -> bytes:
    """The key as unencrypted PKCS #8: it protects itself by where it lies."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def key_from_pem(pem: bytes) -> PrivateKey:
    """Reads a key back. Raises ValueError when it is not one of ours."""
    key = load_pem_private_key(pem, password=None)
    if not isinstance(key, PrivateKey):
        raise ValueError("not a P-256 key")  # noqa: TRY004 - the content is wrong, not the caller
    return key


def public_key_sha256(key: PublicKey) -> bytes:
    """SHA-256 of the DER SubjectPublicKeyInfo: how keys are pinned and denied."""
    return hashlib.sha256(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


def certificate_key_sha256(certificate: x509.Certificate) -> bytes:
    """The same for the key of a certificate, of whatever kind that key is."""
    info = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(info).digest()


def signing_request(key: PrivateKey) -> bytes:
    """A PKCS #10 request, DER, without names: those come from the operator's choice at the other end."""
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.DER)


def requested_key(csr_der: bytes) -> PublicKey:
    """The key of a request whose signature proves that the sender holds it. Everything else in the request is ignored.

    Raises Refused (CSR_INVALID).
    """
    if len(csr_der) > _LONGEST_REQUEST:
        raise _csr_invalid(f"at most {_LONGEST_REQUEST} bytes")
    try:
        request = x509.load_der_x509_csr(csr_der)
        key = request.public_key()
    except ValueError as failure:
        raise _csr_invalid("a PKCS #10 request in DER") from failure
    if not isinstance(key, PublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise _csr_invalid("a key on P-256")
    if not request.is_signature_valid:
        raise _csr_invalid("signed by the key it names")
    return key


def bundle(key_pem: bytes, chain_pem: bytes) -> bytes:
    """Key and chain as the content of one file."""
    return key_pem + chain_pem


def unbundle(content: bytes) -> tuple[bytes, bytes]:
    """Key and chain of a bundle, PEM each. Raises ValueError when one of them is missing."""
    start = content.find(_CHAIN_BEGINS)
    if start <= 0:
        raise ValueError("a bundle is a key followed by its certificates")
    return content[:start], content[start:]


def write_private(path: Path, content: bytes) -> None:
    """Writes a file that only its owner reads: whole or not at all, also when the power fails."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _csr_invalid(rule: str) -> Refused:
    return Refused("CSR_INVALID", field="csr_der", rule=rule)
