"""What is told of a receipt's code that was checked."""

from __future__ import annotations

from branchgate.errors import Refused
from branchgate.tse import ReceiptCode, Verification, utc_text


def code_report(code: ReceiptCode, verification: Verification) -> dict[str, str | int]:
    """The code's fields and the verdict, by the names that scripts read."""
    return {
        "verdict": verification.verdict.value,
        "register": code.register_serial,
        "process_type": code.process_type,
        "process_data": code.process_data,
        "transaction": code.transaction_number,
        "signature_counter": code.signature_counter,
        "started": utc_text(code.started_at_ms),
        "finished": utc_text(code.finished_at_ms),
        "algorithm": code.signature_algorithm,
        "time_format": code.time_format,
        "tse_serial": verification.tse_serial,
        "log_version": verification.version,
        "message": verification.message_hex,
    }


def require_signed(verification: Verification) -> None:
    """Raises Refused (TSE_SIGNATURE_WRONG) naming the verdict when the check failed."""
    if not verification.signed:
        raise Refused(
            "TSE_SIGNATURE_WRONG", field="signature", value=verification.verdict, rule=verification.tse_serial
        )
