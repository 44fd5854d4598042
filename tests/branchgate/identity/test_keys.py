"""Keys: made here, written whole, read by their owner only; requests prove their key and nothing else."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from branchgate.errors import Refused
from branchgate.identity.keys import (
    bundle,
    key_from_pem,
    key_to_pem,
    new_key,
    public_key_sha256,
    requested_key,
    signing_request,
    unbundle,
    write_private,
)


def test_a_private_file_is_the_owners_alone_and_replaces_the_old_one_whole(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "root.pem"
    write_private(path, b"first")
    write_private(path, b"second")
    assert path.read_bytes() == b"second"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["root.pem"]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "root.pem"
    path.mkdir()
    with pytest.raises(OSError):
        write_private(path, b"content")
    assert [entry.name for entry in tmp_path.iterdir()] == ["root.pem"]


def test_a_key_survives_its_file() -> None:
    key = new_key()
    assert public_key_sha256(key_from_pem(key_to_pem(key)).public_key()) == public_key_sha256(key.public_key())


def test_a_bundle_holds_key_and_chain() -> None:
    key_pem = key_to_pem(new_key())
    chain_pem = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    assert unbundle(bundle(key_pem, chain_pem)) == (key_pem, chain_pem)
    for half in (key_pem, chain_pem, b""):
        with pytest.raises(ValueError, match="bundle"):
            unbundle(half)


def test_a_request_proves_its_key_and_its_names_are_not_read() -> None:
    key = new_key()
    claims = (
        x509.CertificateSigningRequestBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "gateway")]))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    expected = public_key_sha256(key.public_key())
    assert public_key_sha256(requested_key(signing_request(key))) == expected
    assert public_key_sha256(requested_key(claims)) == expected


def request_by(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    request = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([])).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.DER)


def test_requests_that_prove_nothing_are_refused() -> None:
    honest = signing_request(new_key())
    tampered = honest[:-1] + bytes([honest[-1] ^ 1])
    weak = request_by(rsa.generate_private_key(65537, 2048))
    other_curve = request_by(ec.generate_private_key(ec.SECP384R1()))
    for request in (b"", b"nonsense", honest[:-5], tampered, weak, other_curve, honest + b"\0" * 5000):
        with pytest.raises(Refused, match="CSR_INVALID"):
            requested_key(request)
