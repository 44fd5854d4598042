"""Signatures of the rows of transactions_tse.csv, checked by `branchgate.tse` as those of receipts' codes are."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from branchgate.dsfinvk.checks.signed_data import SignedTransaction
from branchgate.errors import Refused
from branchgate.tse import ReceiptCode, decode_base64, point_of, verify_signature

NO_START: Final = 0
"""The start is not among the signed bytes."""


def verify(signed: SignedTransaction) -> str | None:
    """Tells what is wrong with a signature, with the rebuilt log message in hex; None when it is right."""
    try:
        code = ReceiptCode(
            register_serial=signed.client_id,
            process_type=signed.process_type,
            process_data=signed.process_data,
            transaction_number=signed.transaction_number,
            signature_counter=signed.signature_counter,
            started_at_ms=NO_START,
            finished_at_ms=_utc_ms(signed.log_time),
            signature_algorithm=signed.algorithm,
            time_format=signed.time_format,
            signature=decode_base64(signed.signature, "TSE_TA_SIG"),
            public_key=point_of(decode_base64(signed.public_key, "TSE_PUBLIC_KEY")),
        )
        found = verify_signature(code)
    except Refused as problem:
        return f"{problem.field}: {problem.rule}"
    except ValueError:
        return f"TSE_TA_ENDE: {signed.log_time}"
    return None if found.signed else f"{found.verdict} {found.message_hex}".rstrip()


def _utc_ms(moment: str) -> int:
    """UTC milliseconds of a TSE's time. Raises ValueError."""
    found = datetime.fromisoformat(moment)
    return int(found.replace(microsecond=0).timestamp()) * 1000 + found.microsecond // 1000
