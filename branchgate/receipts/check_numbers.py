"""The rules about a receipt's number: its form, its order, and whose part of the range it is from."""

from __future__ import annotations

from branchgate.events import Finding
from branchgate.numbers import NumberRange
from branchgate.receipts.view import ReceiptView


def check_form(receipt: ReceiptView, register_range: NumberRange | None) -> list[Finding]:
    """The rules about the receipt's number as printed: its running number in the form of the register, and not of the gateway's part."""
    number, running = receipt.receipt_number, receipt.running_number
    # Making the expected text is cheaper than reading the one that came, which only tells more when they differ.
    if register_range is None or (
        1 <= running <= register_range.highest_own and number == register_range.own_number(running)
    ):
        return []
    printed = register_range.running(number)
    if printed is None:
        first = register_range.number(1)
        return [Finding("RECEIPT_NUMBER_FOREIGN", "receipt_number", number, f"this register's look like {first}")]
    if printed != running:
        return [Finding("RECEIPT_NUMBER_MISMATCH", "receipt_number", number, f"running number is {running}")]
    if printed > register_range.highest_own:
        rule = f"at most {register_range.own_number(register_range.highest_own)}"
        return [Finding("RECEIPT_NUMBER_RESERVED", "receipt_number", number, rule)]
    return []


def check_order(running: int, last_running: int) -> list[Finding]:
    """The rule that running numbers go up by one, from 1."""
    if running == last_running + 1:
        return []
    if running < 1:
        reason, rule = "RECEIPT_NUMBER_INVALID", "numbers start at 1"
    elif running == last_running:
        reason, rule = "RECEIPT_NUMBER_DUPLICATE", f"{last_running} is used already"
    elif running < last_running:
        reason, rule = "RECEIPT_NUMBER_ORDER", f"comes after {last_running}"
    else:
        reason, rule = "RECEIPT_NUMBER_GAP", f"expected {last_running + 1}"
    return [Finding(reason, "running_number", str(running), rule)]
