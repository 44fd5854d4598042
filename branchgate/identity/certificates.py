"""Certificates: what each level of the trust chain may sign, for how long and inside which names.

    root (central) ── gateway CA (central) ── gateway's client certificate
         │      └──── central's server certificate
         └─────────── branch CA (gateway) ── registers' certificates, gateway's server certificate

A branch CA has path length 0 and a critical DNS name constraint on the branch's domain (RFC 5280, 4.2.1.9 and 4.2.1.10): without it the
CA of one branch could mint a gateway of another, and every register would believe it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from branchgate.errors import Refused, RefusedKind
from branchgate.identity.keys import PrivateKey, PublicKey
from branchgate.identity.names import CENTRAL_DNS, DOMAIN, BranchName, GatewayName, RegisterName

# Boxes without a clock of their own start in the past.
BACK_DATED = timedelta(hours=24)
# Two machines' clocks never agree to the second: a CA's certificate may come from a clock that is a little ahead.
_CLOCK_TOLERANCE_MS = 10 * 60 * 1000

ROOT_LIFE = timedelta(days=20 * 365)
GATEWAY_CA_LIFE = timedelta(days=10 * 365)
BRANCH_CA_LIFE = timedelta(days=365)
GATEWAY_CLIENT_LIFE = timedelta(days=365)
CENTRAL_SERVER_LIFE = timedelta(days=90)
GATEWAY_SERVER_LIFE = timedelta(days=30)
REGISTER_LIFE = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a certificate is for. `uri` is empty and `path_length` None where it has none."""

    name: str
    life: timedelta
    dns: str
    uri: str = ""
    usage: x509.ObjectIdentifier | None = None
    path_length: int | None = None


def root_certificate(key: PrivateKey, central_id: str, now_ms: int) -> x509.Certificate:
    """Central's root, self-signed."""
    purpose = _Purpose(f"branchgate root of {central_id}", ROOT_LIFE, DOMAIN, path_length=1)
    builder = _builder(purpose, key.public_key(), now_ms).issuer_name(_subject(purpose.name))
    return builder.sign(key, hashes.SHA256())


class Issuer:
    """A CA's key and certificate, and what it issues.

    `newest_ms` is the newest time known to lie in the past (UTC ms). With a clock earlier than that nothing is issued, because it would
    expire before its time or seem to come from before its CA: methods raise Refused (ISSUER_CLOCK_BEHIND), or (CA_EXPIRED).
    """

    def __init__(self, key: PrivateKey, certificate: x509.Certificate, *, newest_ms: int = 0) -> None:
        self._key = key
        self.certificate = certificate
        self._newest_ms = max(newest_ms, issued_ms(certificate))

    def register(self, name: RegisterName, key: PublicKey, now_ms: int) -> x509.Certificate:
        """A register's client certificate, by a branch CA."""
        usage = ExtendedKeyUsageOID.CLIENT_AUTH
        return self._issue(_Purpose(name.register_id, REGISTER_LIFE, name.dns, name.uri, usage), key, now_ms)

    def gateway_server(self, name: GatewayName, key: PublicKey, now_ms: int) -> x509.Certificate:
        """The certificate a gateway shows to registers, by its own branch CA."""
        usage = ExtendedKeyUsageOID.SERVER_AUTH
        return self._issue(_Purpose("gateway", GATEWAY_SERVER_LIFE, name.dns, name.uri, usage), key, now_ms)

    def gateway_client(self, name: GatewayName, key: PublicKey, now_ms: int) -> x509.Certificate:
        """The certificate a gateway shows to central, by the gateway CA."""
        usage = ExtendedKeyUsageOID.CLIENT_AUTH
        return self._issue(_Purpose("gateway", GATEWAY_CLIENT_LIFE, name.dns, name.uri, usage), key, now_ms)

    def central_server(self, key: PublicKey, now_ms: int) -> x509.Certificate:
        """The certificate central shows to gateways, by the root."""
        usage = ExtendedKeyUsageOID.SERVER_AUTH
        return self._issue(_Purpose("central", CENTRAL_SERVER_LIFE, CENTRAL_DNS, usage=usage), key, now_ms)

    def gateway_authority(self, central_id: str, key: PublicKey, now_ms: int) -> x509.Certificate:
        """The CA of the gateways' client certificates, by the root."""
        name = f"branchgate gateways of {central_id}"
        return self._issue(_Purpose(name, GATEWAY_CA_LIFE, DOMAIN, path_length=0), key, now_ms)

    def branch_authority(self, name: BranchName, key: PublicKey, now_ms: int) -> x509.Certificate:
        """A branch CA that cannot leave its branch, by the root."""
        subject = f"branchgate branch {name.branch_id}"
        return self._issue(_Purpose(subject, BRANCH_CA_LIFE, name.dns, path_length=0), key, now_ms)

    def _issue(self, purpose: _Purpose, key: PublicKey, now_ms: int) -> x509.Certificate:
        if now_ms < self._newest_ms - _CLOCK_TOLERANCE_MS:
            raise Refused(
                "ISSUER_CLOCK_BEHIND",
                field="clock",
                value=_when(now_ms).isoformat(timespec="seconds"),
                rule=f"not before {_when(self._newest_ms).isoformat(timespec='seconds')}",
                kind=RefusedKind.NOT_NOW,
            )
        ends = self.certificate.not_valid_after_utc
        if _when(now_ms) >= ends:
            raise Refused(
                "CA_EXPIRED",
                field="certificate",
                value=self.certificate.subject.rfc4514_string(),
                rule=f"expired {ends.isoformat(timespec='seconds')}",
                kind=RefusedKind.NOT_NOW,
            )
        self._newest_ms = max(self._newest_ms, now_ms)
        authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
            self.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        )
        builder = _builder(purpose, key, now_ms, not_after=ends).issuer_name(self.certificate.subject)
        return builder.add_extension(authority, critical=False).sign(self._key, hashes.SHA256())


def issued_ms(certificate: x509.Certificate) -> int:
    """When a certificate of ours was issued, UTC milliseconds: its begin is back-dated."""
    return int((certificate.not_valid_before_utc + BACK_DATED).timestamp() * 1000)


def expires_ms(certificate: x509.Certificate) -> int:
    """When it expires, UTC milliseconds."""
    return int(certificate.not_valid_after_utc.timestamp() * 1000)


def renewal_due(certificate: x509.Certificate, now_ms: int, *, from_share: float = 0.5) -> bool:
    """True once this share of the certificate's life is over."""
    issued = issued_ms(certificate)
    return now_ms >= issued + (expires_ms(certificate) - issued) * from_share


def to_pem(*certificates: x509.Certificate) -> bytes:
    """A chain, leaf first, as PEM."""
    return b"".join(certificate.public_bytes(Encoding.PEM) for certificate in certificates)


def from_pem(chain_pem: bytes) -> Sequence[x509.Certificate]:
    """The certificates of a chain, leaf first. Raises ValueError when there is none."""
    return x509.load_pem_x509_certificates(chain_pem)


def _builder(
    purpose: _Purpose, key: PublicKey, now_ms: int, *, not_after: datetime | None = None
) -> x509.CertificateBuilder:
    now = _when(now_ms)
    ends = now + purpose.life
    builder = (
        x509.CertificateBuilder()
        .serial_number(x509.random_serial_number())
        .subject_name(_subject(purpose.name))
        .public_key(key)
        .not_valid_before(now - BACK_DATED)
        .not_valid_after(min(ends, not_after) if not_after else ends)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.BasicConstraints(purpose.usage is None, purpose.path_length), critical=True)
        .add_extension(_key_usage(authority=purpose.usage is None), critical=True)
    )
    if purpose.usage is None:
        allowed = x509.NameConstraints(permitted_subtrees=[x509.DNSName(purpose.dns)], excluded_subtrees=None)
        return builder.add_extension(allowed, critical=True)
    names: list[x509.GeneralName] = [x509.DNSName(purpose.dns)]
    if purpose.uri:
        names.append(x509.UniformResourceIdentifier(purpose.uri))
    builder = builder.add_extension(x509.ExtendedKeyUsage([purpose.usage]), critical=False)
    return builder.add_extension(x509.SubjectAlternativeName(names), critical=False)


def _key_usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _subject(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _when(now_ms: int) -> datetime:
    return datetime.fromtimestamp(now_ms // 1000, tz=UTC)
