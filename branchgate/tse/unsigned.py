"""What a receipt says that its register's TSE could not sign, because another booked it: a gateway has no TSE."""

from __future__ import annotations

from typing import Final

from branchgate.receipts.model import TseSignature

BOOKED_BY_GATEWAY: Final = "Vom Gateway gebucht, ohne TSE"
"""`TseSignature.failure` of these receipts; it stands on paper and in exports, and never changes."""


def booked_by_gateway() -> TseSignature:
    """The word of a register's TSE on a receipt that it never saw."""
    return TseSignature("", 0, 0, 0, 0, "", "", "", failure=BOOKED_BY_GATEWAY)
