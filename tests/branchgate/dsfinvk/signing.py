"""One TSE for all registers: its key and certificate, and what it signs of a business, made without the tables."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID

from branchgate.tse import LogMessage
from tests.branchgate.dsfinvk.business import Bon, Closing, utc

Row = dict[str, str]

KEY = ec.derive_private_key(20260903, ec.SECP256R1())
POINT = KEY.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
SERIAL = hashlib.sha256(POINT).hexdigest()
SLOTS = {1: 0, 2: 1, 3: 2, 4: 3, 5: 4}


def money(cents: int) -> str:
    """Cents as a file writes them."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02d}"


class Signing:
    """One TSE for all registers: transaction numbers, counters and signatures by receipt."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {}
        self._transaction, self._counter = 100, 1000

    def sign(self, bon: Bon, closing: Closing) -> None:
        if bon.failure:
            self.rows[bon.id] = {"TSE_TA_FEHLER": bon.failure}
            return
        self._transaction += 1
        self._counter += 2
        process, data = process_of(bon)
        client = "TERMINAL-1" if bon.terminal else closing.serial
        message = LogMessage(
            client_id=client,
            process_type=process,
            process_data=data.encode(),
            transaction_number=self._transaction,
            serial_number=bytes.fromhex(SERIAL),
            signature_algorithm="ecdsa-plain-SHA256",
            signature_counter=self._counter,
            logged_at_ms=int(bon.end.timestamp()) * 1000,
        )
        r, s = decode_dss_signature(KEY.sign(message.encode(), ec.ECDSA(hashes.SHA256())))
        self.rows[bon.id] = {
            "TSE_ID": "1",
            "TSE_TANR": str(self._transaction),
            "TSE_TA_START": utc(bon.start),
            "TSE_TA_ENDE": utc(bon.end),
            "TSE_TA_VORGANGSART": process,
            "TSE_TA_SIGZ": str(self._counter),
            "TSE_TA_SIG": base64.b64encode(r.to_bytes(32) + s.to_bytes(32)).decode(),
            "TSE_VORGANGSDATEN": data,
        }


def process_of(bon: Bon) -> tuple[str, str]:
    """What the TSE was given, from the business and not from the tables."""
    if bon.order:
        return "Bestellung-V1", "\r".join(
            f'{x.thousandths // 1000};"{x.text}";{_point(x.price // 1000)}' for x in bon.lines
        )
    if bon.type == "AVSonstige":
        return "SonstigerVorgang", bon.name
    slots = [0] * 5
    for line in bon.lines:
        slots[SLOTS[line.key]] += line.cents
    paid = defaultdict[tuple[str, str], int](int)
    for payment in bon.payments:
        if payment.kind != "Keine":
            currency = "" if payment.currency == "EUR" else f":{payment.currency}"
            amount = payment.cents if payment.foreign is None else payment.foreign
            paid["Bar" if payment.kind == "Bar" else "Unbar", currency] += amount
    payments = "_".join(
        f"{_point(cents)}:{kind}{currency}" for (kind, currency), cents in sorted(paid.items()) if cents
    )
    return "Kassenbeleg-V1", f"{bon.type}^{'_'.join(map(_point, slots))}^{payments}"


def _point(cents: int) -> str:
    return money(cents).replace(",", ".")


@cache
def certificate() -> str:
    """The TSE's certificate, DER in base64."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, SERIAL[:60])])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(KEY.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2025, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2033, 1, 1, tzinfo=UTC))
        .sign(KEY, hashes.SHA256())
    )
    return base64.b64encode(made.public_bytes(Encoding.DER)).decode()
