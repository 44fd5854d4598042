"""Why a register cannot connect: TLS refuses an expired or foreign certificate without a word, so it may ask on the pairing port."""

from __future__ import annotations

from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature

from branchgate.identity.certificates import expires_ms
from branchgate.identity.keys import certificate_key_sha256
from branchgate.identity.names import RegisterName
from branchgate.wire.callers import named_peer
from gateway.pairing.registers import PairedRegisters

SKEW_ALLOWED_MS = 5 * 60 * 1000


class Verdict(StrEnum):
    """What is wrong (DiagnoseResponse.verdict)."""

    OK = "OK"
    EXPIRED = "EXPIRED"
    NOT_YET_VALID = "NOT_YET_VALID"
    OTHER_BRANCH = "OTHER_BRANCH"
    UNKNOWN_REGISTER = "UNKNOWN_REGISTER"
    NO_CERTIFICATE = "NO_CERTIFICATE"
    CLOCK_SKEW = "CLOCK_SKEW"


def diagnose(
    certificate_pem: bytes,
    register_time_ms: int,
    now_ms: int,
    branch_ca: x509.Certificate,
    registers: PairedRegisters,
) -> Verdict:
    """The first thing that is wrong, the certificate before the clock. Without a certificate only the clock is looked at."""
    if certificate_pem:
        verdict = _of_certificate(certificate_pem, now_ms, branch_ca, registers)
        if verdict is not Verdict.OK:
            return verdict
    return Verdict.CLOCK_SKEW if abs(register_time_ms - now_ms) > SKEW_ALLOWED_MS else Verdict.OK


def _of_certificate(
    certificate_pem: bytes, now_ms: int, branch_ca: x509.Certificate, registers: PairedRegisters
) -> Verdict:
    try:
        certificate = x509.load_pem_x509_certificate(certificate_pem)
        certificate.verify_directly_issued_by(branch_ca)
        name = named_peer(certificate)
    except InvalidSignature:
        return Verdict.OTHER_BRANCH
    except (ValueError, TypeError):
        # ValueError also tells that another CA is named as the issuer; what cannot be read has no issuer at all.
        return Verdict.OTHER_BRANCH if _readable(certificate_pem) else Verdict.NO_CERTIFICATE
    register = registers.get(name.register_id) if isinstance(name, RegisterName) else None
    if register is None or not register.holds(certificate_key_sha256(certificate)):
        return Verdict.UNKNOWN_REGISTER
    if now_ms >= expires_ms(certificate):
        return Verdict.EXPIRED
    begins_ms = int(certificate.not_valid_before_utc.timestamp() * 1000)
    return Verdict.NOT_YET_VALID if now_ms < begins_ms else Verdict.OK


def _readable(certificate_pem: bytes) -> bool:
    try:
        x509.load_pem_x509_certificate(certificate_pem)
    except ValueError:
        return False
    return True
