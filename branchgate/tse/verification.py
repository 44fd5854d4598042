"""Whether a receipt was signed by the TSE whose key stands in its code: the signed bytes are built again and checked.

The start time is not among them: a start that was changed in the code still verifies, an amount does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from branchgate.tse.keys import key_from_point, serial_of, width_of
from branchgate.tse.log_message import ALGORITHMS, VERSIONS, LogMessage
from branchgate.tse.qr import ReceiptCode


class Verdict(StrEnum):
    """What the check says."""

    SIGNED = "SIGNED"
    """The TSE with this key has signed exactly this."""
    ALTERED = "ALTERED"
    """The signature does not belong to what the code says: something was changed, or it is another's."""
    OTHER_TSE = "OTHER_TSE"
    """The key is not that of the TSE that was expected."""
    SIGNATURE_MALFORMED = "SIGNATURE_MALFORMED"
    """The signature is not r and s of the key's width, joined (plain format)."""
    KEY_UNKNOWN = "KEY_UNKNOWN"
    """The key lies on no curve that a TSE may use."""
    ALGORITHM_UNKNOWN = "ALGORITHM_UNKNOWN"
    """The signature algorithm is not one that can be checked here."""


_HASHES: Final[Mapping[str, Callable[[], hashes.HashAlgorithm]]] = MappingProxyType(
    {
        "SHA224": hashes.SHA224,
        "SHA256": hashes.SHA256,
        "SHA384": hashes.SHA384,
        "SHA512": hashes.SHA512,
        "SHA3-224": hashes.SHA3_224,
        "SHA3-256": hashes.SHA3_256,
        "SHA3-384": hashes.SHA3_384,
        "SHA3-512": hashes.SHA3_512,
    }
)
_PLAIN: Final = "ecdsa-plain-"


@dataclass(frozen=True, slots=True)
class Verification:
    """The verdict, the serial number that follows from the key, and the bytes that should have been signed.

    `message`: in the format that was signed, else in the usual one; empty when it could not be built. `version`: of that format.
    """

    verdict: Verdict
    tse_serial: str
    message: bytes = b""
    version: int = VERSIONS[0]

    @property
    def signed(self) -> bool:
        """The signature is right."""
        return self.verdict is Verdict.SIGNED

    @property
    def message_hex(self) -> str:
        """The bytes that should have been signed, for comparing by hand."""
        return self.message.hex()


def verify_signature(code: ReceiptCode, *, tse_serial: str = "") -> Verification:
    """Checks a code's signature; `tse_serial` is the TSE that is expected, empty when any will do. Never raises for a code that was read."""
    key, serial = key_from_point(code.public_key), serial_of(code.public_key)
    if key is None:
        return Verification(Verdict.KEY_UNKNOWN, serial)
    if code.signature_algorithm not in ALGORITHMS:
        return Verification(Verdict.ALGORITHM_UNKNOWN, serial)
    usual = signed_message(code)
    if tse_serial and tse_serial.lower() != serial:
        return Verification(Verdict.OTHER_TSE, serial, usual)
    if len(code.signature) != 2 * width_of(key.curve):
        return Verification(Verdict.SIGNATURE_MALFORMED, serial, usual)
    for version in VERSIONS:
        message = signed_message(code, version)
        if _is_signed(key, code, message):
            return Verification(Verdict.SIGNED, serial, message, version)
    return Verification(Verdict.ALTERED, serial, usual)


def signed_message(code: ReceiptCode, version: int = VERSIONS[0]) -> bytes:
    """The bytes that the TSE signed at the end of the transaction. Raises Refused (TSE_CODE_UNREADABLE) as `LogMessage.encode` does."""
    return LogMessage(
        client_id=code.register_serial,
        process_type=code.process_type,
        process_data=code.process_data.encode(),
        transaction_number=code.transaction_number,
        serial_number=bytes.fromhex(serial_of(code.public_key)),
        signature_algorithm=code.signature_algorithm,
        signature_counter=code.signature_counter,
        logged_at_ms=code.finished_at_ms,
        time_format=code.time_format,
        version=version,
    ).encode()


def _is_signed(key: ec.EllipticCurvePublicKey, code: ReceiptCode, message: bytes) -> bool:
    half = len(code.signature) // 2
    r, s = int.from_bytes(code.signature[:half]), int.from_bytes(code.signature[half:])
    algorithm = _HASHES[code.signature_algorithm.removeprefix(_PLAIN)]()
    try:
        key.verify(encode_dss_signature(r, s), message, ec.ECDSA(algorithm))
    except InvalidSignature:
        return False
    return True
