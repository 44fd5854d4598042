"""Whether receipts were signed: published receipts of real TSEs, and every way in which a code can be untrue."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from branchgate.tse import ReceiptCode, TimeFormat, Verdict, parse_code, signed_message, verify_signature
from branchgate.tse.keys import width_of
from tests.branchgate.tse.samples import FISKALY, SWISSBIT, TX_10, TX_11, TX_94

CURVES = [
    (ec.SECP256R1(), "SHA256", hashes.SHA256()),
    (ec.SECP384R1(), "SHA384", hashes.SHA384()),
    (ec.SECP521R1(), "SHA512", hashes.SHA512()),
    (ec.BrainpoolP256R1(), "SHA3-256", hashes.SHA3_256()),
    (ec.BrainpoolP384R1(), "SHA3-384", hashes.SHA3_384()),
    (ec.BrainpoolP512R1(), "SHA3-512", hashes.SHA3_512()),
]


def made_code(
    curve: ec.EllipticCurve,
    name: str,
    algorithm: hashes.HashAlgorithm,
    *,
    version: int = 2,
    time_format: str = "unixTime",
) -> ReceiptCode:
    """A code that is signed by a key of our own."""
    key = ec.generate_private_key(curve)
    code = replace(
        parse_code(FISKALY),
        public_key=key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
        signature_algorithm=f"ecdsa-plain-{name}",
        time_format=time_format,
        process_data="Beleg^0.00_0.00_0.00_0.00_0.00^" + "ü" * 200,
    )
    r, s = decode_dss_signature(key.sign(signed_message(code, version), ec.ECDSA(algorithm)))
    width = width_of(curve)
    return replace(code, signature=r.to_bytes(width) + s.to_bytes(width))


@pytest.mark.parametrize("text", [FISKALY, SWISSBIT, TX_11, TX_94])
def test_published_receipts_of_certified_tses_verify(text: str) -> None:
    code = parse_code(text)
    verification = verify_signature(code)
    assert verification.verdict is Verdict.SIGNED
    assert verification.version == 2
    assert verify_signature(code, tse_serial=code.tse_serial.upper()).signed


def test_a_published_receipt_whose_signature_belongs_to_something_else_does_not_verify() -> None:
    assert verify_signature(parse_code(TX_10)).verdict is Verdict.ALTERED


def test_the_bytes_that_should_have_been_signed_are_told_in_hex() -> None:
    """TR-03151 v1.0.1, 2.4: version, type of data, operation, client, data, type, transaction, serial, algorithm, counter, time."""
    assert verify_signature(parse_code(TX_11)).message_hex == (
        "020102"
        "060904007f000703070101"
        "801146696e6973685472616e73616374696f6e"
        f"8124{b'220130d5-9060-4e26-b75c-35968f49aae3'.hex()}"
        f"8227{b'Beleg^7.50_0.00_0.00_0.00_0.00^7.50:Bar'.hex()}"
        f"830e{b'Kassenbeleg-V1'.hex()}"
        "85010b"
        f"0420{parse_code(TX_11).tse_serial}"
        "300c060a04007f00070101040103"
        "020115"
        f"170d{b'200522113302Z'.hex()}"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"process_data": "Beleg^21.43_0.00_0.00_0.00_0.00^21.42:Unbar"},
        {"process_type": "KassenBeleg-V1"},
        {"register_serial": "KASSE-2"},
        {"transaction_number": 2},
        {"signature_counter": 32},
        {"finished_at_ms": 1_629_729_394_000},
        {"time_format": "utcTime"},
        {"signature": bytes(64)},
    ],
)
def test_whatever_is_changed_shows(change: dict[str, object]) -> None:
    assert verify_signature(replace(parse_code(FISKALY), **change)).verdict is Verdict.ALTERED  # type: ignore[arg-type]


def test_the_start_is_not_signed_so_a_changed_start_does_not_show() -> None:
    code = parse_code(FISKALY)
    assert verify_signature(replace(code, started_at_ms=code.started_at_ms - 60_000)).signed


def test_each_thing_that_keeps_a_code_from_being_checked_has_a_verdict_of_its_own() -> None:
    code = parse_code(FISKALY)
    assert verify_signature(code, tse_serial="a1" * 32).verdict is Verdict.OTHER_TSE
    assert verify_signature(replace(code, signature=code.signature[:-1])).verdict is Verdict.SIGNATURE_MALFORMED
    assert verify_signature(replace(code, public_key=b"\x04" + bytes(64))).verdict is Verdict.KEY_UNKNOWN
    schnorr = replace(code, signature_algorithm="ecsdsa-plain-SHA256")
    assert verify_signature(schnorr).verdict is Verdict.ALGORITHM_UNKNOWN


@pytest.mark.parametrize(("curve", "name", "algorithm"), CURVES, ids=lambda value: getattr(value, "name", str(value)))
@pytest.mark.parametrize("version", [2, 3])
def test_every_curve_of_the_guideline_and_both_formats_verify(
    curve: ec.EllipticCurve, name: str, algorithm: hashes.HashAlgorithm, version: int
) -> None:
    verification = verify_signature(made_code(curve, name, algorithm, version=version))
    assert (verification.verdict, verification.version) == (Verdict.SIGNED, version)


@pytest.mark.parametrize(
    ("time_format", "written"),
    [
        (TimeFormat.UNIX_TIME, f"0204{1_629_729_393:08x}"),
        (TimeFormat.UTC_TIME, f"170d{b'210823143633Z'.hex()}"),
        (TimeFormat.UTC_TIME_WITH_SECONDS, f"170d{b'210823143633Z'.hex()}"),
        (TimeFormat.GENERALIZED_TIME, f"180f{b'20210823143633Z'.hex()}"),
        (TimeFormat.GENERALIZED_TIME_WITH_MILLISECONDS, f"1813{b'20210823143633.000Z'.hex()}"),
    ],
)
def test_the_log_time_is_written_in_each_format(time_format: str, written: str) -> None:
    assert signed_message(replace(parse_code(FISKALY), time_format=time_format)).hex().endswith(written)


@given(st.binary(min_size=64, max_size=64))
def test_no_random_signature_is_right(signature: bytes) -> None:
    assert not verify_signature(replace(parse_code(FISKALY), signature=signature)).signed


@given(st.binary(max_size=140))
def test_no_key_whatsoever_makes_the_check_fail_over(key: bytes) -> None:
    assert not verify_signature(replace(parse_code(FISKALY), public_key=key)).signed
