"""Who may do what with a parked receipt, decided without I/O: each rule takes where it stands and gives the change, or refuses."""

from __future__ import annotations

from typing import Final

from branchgate.errors import Refused, RefusedKind
from branchgate.receipts.parked import ParkedChange, ParkedReceipt, ParkedStep
from gateway.parked.model import Ended, Parked, Standing

MOST_PARKED: Final = 1_000
"""In one branch at once: more is no longer a list that anybody reads, and a till that parks in a loop must meet an end."""


def park(
    standing: Standing | None, receipt: ParkedReceipt, register_id: str, user_id: str, now_ms: int, others: int
) -> ParkedChange:
    """Parks for the first time, or again by the owner, whose lines replace those before. `others`: parked receipts beside it.

    Raises Refused: PARKED_GONE, PARKED_AT_OTHER_REGISTER, PARKED_WAITS, PARKED_TOO_MANY.
    """
    parked_at_ms, carried_over = now_ms, 0
    if standing is None:
        if others >= MOST_PARKED:
            rule = f"at most {MOST_PARKED}"
            raise Refused("PARKED_TOO_MANY", field="parked", value=others, rule=rule, kind=RefusedKind.NOT_NOW)
    else:
        parked = _owned_by(standing, register_id)
        parked_at_ms, carried_over = parked.parked_at_ms, parked.carried_over
    return ParkedChange(
        receipt.parked_id,
        ParkedStep.PARKED,
        register_id,
        user_id,
        now_ms,
        receipt,
        parked_at_ms=parked_at_ms,
        carried_over=carried_over,
    )


def resume(
    standing: Standing | None, parked_id: bytes, register_id: str, user_id: str, now_ms: int
) -> ParkedChange | None:
    """Gives it to a register; None when that register has it already, which lost the answer and asks again.

    Raises Refused: PARKED_UNKNOWN, PARKED_GONE, PARKED_AT_OTHER_REGISTER.
    """
    parked = _open(standing, parked_id)
    if parked.owner == register_id:
        return None
    if parked.owner:
        raise _elsewhere(parked)
    return ParkedChange(parked_id, ParkedStep.RESUMED, register_id, user_id, now_ms)


def release(standing: Standing | None, parked_id: bytes, user_id: str, now_ms: int) -> ParkedChange | None:
    """Takes it from its owner; None when it has none. Raises Refused: PARKED_UNKNOWN, PARKED_GONE."""
    if not _open(standing, parked_id).owner:
        return None
    return ParkedChange(parked_id, ParkedStep.RELEASED, "", user_id, now_ms)


def carry_over(parked: Parked, user_id: str, now_ms: int) -> ParkedChange:
    """It outlives a closing: owner and lines stay as they are."""
    return ParkedChange(parked.parked_id, ParkedStep.CARRIED_OVER, "", user_id, now_ms)


def _open(standing: Standing | None, parked_id: bytes) -> Parked:
    if standing is None:
        raise Refused("PARKED_UNKNOWN", field="parked_id", value=parked_id.hex(), kind=RefusedKind.NOT_FOUND)
    if isinstance(standing, Ended):
        raise Refused(
            "PARKED_GONE",
            field="parked_id",
            value=parked_id.hex(),
            rule=f"{standing.step.name} by receipt {standing.receipt_event_id.hex()}",
            kind=RefusedKind.NOT_NOW,
        )
    return standing


def _owned_by(standing: Standing, register_id: str) -> Parked:
    parked = _open(standing, standing.parked_id)
    if not parked.owner:
        rule = "resume it first"
        raise Refused("PARKED_WAITS", field="parked_id", value=parked.title, rule=rule, kind=RefusedKind.NOT_NOW)
    if parked.owner != register_id:
        raise _elsewhere(parked)
    return parked


def _elsewhere(parked: Parked) -> Refused:
    return Refused(
        "PARKED_AT_OTHER_REGISTER",
        field=parked.title,
        value=parked.owner,
        rule="one register at a time",
        kind=RefusedKind.NOT_NOW,
    )
