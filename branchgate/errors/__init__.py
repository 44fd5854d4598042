"""Errors named by what the caller can do.

`Refused`: your input or the rules, do not repeat as is. `TryAgain`: passing. `OutcomeUnknown`: it may have happened, ask before
repeating. Each carries a stable reason code, the field, the value and the rule. `branchgate.errors.texts` turns one into sentences for
people, `branchgate.errors.status` into a gRPC status and back.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

LONGEST_VALUE: Final = 200
"""Characters of a refused value that are told again: an error travels in gRPC metadata, which holds 8 kB, and stands in logs."""


class Family(StrEnum):
    """What the caller can do about an error."""

    REFUSED = "refused"
    TRY_AGAIN = "try-again"
    OUTCOME_UNKNOWN = "outcome-unknown"


class RefusedKind(StrEnum):
    """Why something was refused, as far as the gRPC status tells it."""

    INVALID = "invalid"
    NOT_FOUND = "not-found"
    NOT_ALLOWED = "not-allowed"
    EXISTS = "exists"
    NOT_NOW = "not-now"


class BranchgateError(Exception):
    """Base of all errors that cross a room or a wire. `reason` is a stable code in upper snake case.

    `value` is what was refused, cut after `LONGEST_VALUE` characters.
    """

    family: Family

    def __init__(
        self, reason: str, *, field: str = "", value: object = "", rule: str = "", retry_after_ms: int = 0
    ) -> None:
        self.reason = reason
        self.field = field
        self.value = _clipped(str(value))
        self.rule = rule
        self.retry_after_ms = retry_after_ms
        parts = [reason]
        if field:
            parts.append(f"{field}={self.value!r}")
        if rule:
            parts.append(rule)
        super().__init__(": ".join(parts))


class Refused(BranchgateError):
    """The input or a rule is the reason; repeating it as it is gives the same answer."""

    family = Family.REFUSED

    def __init__(
        self,
        reason: str,
        *,
        field: str = "",
        value: object = "",
        rule: str = "",
        kind: RefusedKind = RefusedKind.INVALID,
    ) -> None:
        super().__init__(reason, field=field, value=value, rule=rule)
        self.kind = kind


class TryAgain(BranchgateError):
    """A passing reason; repeat after `retry_after_ms` milliseconds (0: not known)."""

    family = Family.TRY_AGAIN


class OutcomeUnknown(BranchgateError):
    """It may have happened; ask before repeating."""

    family = Family.OUTCOME_UNKNOWN


def _clipped(value: str) -> str:
    return value if len(value) <= LONGEST_VALUE else value[: LONGEST_VALUE - 1] + "…"


__all__ = ["BranchgateError", "Family", "OutcomeUnknown", "Refused", "RefusedKind", "TryAgain"]
