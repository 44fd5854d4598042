"""Earlier receipts as a till knows them: those it made, and those of the whole branch that it has asked its gateway about."""

from __future__ import annotations

from collections import OrderedDict

from branchgate.errors import Refused, RefusedKind, TryAgain
from branchgate.receipts.model import Receipt, Reference
from branchgate.register.client import RegisterClient
from branchgate.register.found import Found
from branchgate.register.held import Happened

REMEMBERED_RECEIPTS = 500
"""Receipts of this register that are known by number without the gateway, and those that it was asked about."""


class KnownReceipts:
    """Receipts by their number. `look_up` asks the gateway, which knows those of all registers and what became of them since."""

    def __init__(self, register: RegisterClient) -> None:
        self._register = register
        self._own: OrderedDict[str, Found] = OrderedDict()
        self._asked: OrderedDict[str, Found] = OrderedDict()

    def keep(self, happened: Happened) -> None:
        """Remembers a receipt of this register."""
        receipt = happened.receipt
        self._own[receipt.receipt_number] = Found(happened.event_id, self._register.identity.register_id, receipt)
        _forget_oldest(self._own)

    async def look_up(self, number: str) -> Found:
        """The receipt as the branch knows it now; without the gateway as this till remembers it.

        Raises Refused (NOT_FOUND), or TryAgain when only the gateway could tell and cannot be reached.
        """
        try:
            self._asked[number] = await self._register.gateway.find_receipt(number)
            _forget_oldest(self._asked)
        except Refused as failure:
            if failure.reason != "NOT_FOUND" or number not in self._own:
                raise
        except TryAgain:
            if number not in self._own:
                raise
        return self.required(number)

    def last(self) -> Found:
        """The receipt made last. Raises Refused (NOT_FOUND)."""
        return self.required(next(reversed(self._own), ""))

    def get(self, number: str) -> Found | None:
        """A receipt that is known, with all that refers to it and was not voided as far as is known here."""
        own, asked = self._own.get(number), self._asked.get(number)
        found = asked or own
        if found is None:
            return None
        referring = {other.receipt_number: other for other in (asked.referring if asked else ())}
        # What this till did since, or did not get through to the gateway yet.
        for other in self._own.values():
            if any(reference.receipt_number == number for reference in other.receipt.references):
                referring[other.receipt.receipt_number] = other.receipt
        voided = self._voided_here()
        standing = tuple(receipt for name, receipt in referring.items() if name not in voided)
        return Found(found.event_id, found.register_id, found.receipt, standing)

    def required(self, number: str) -> Found:
        """Like `get`. Raises Refused (NOT_FOUND) for one that is not known."""
        found = self.get(number)
        if found is None:
            rule = "a receipt of this branch"
            raise Refused("NOT_FOUND", field="receipt", value=number or "-", rule=rule, kind=RefusedKind.NOT_FOUND)
        return found

    def reference(self, number: str, line_number: int = 0) -> Reference:
        """How a receipt names another one; of one that is not known its number, and its register if the number tells."""
        found = self.get(number)
        if found is not None:
            return Reference(found.register_id, number, found.event_id, line_number=line_number)
        own = self._register.identity.number_range.running(number) is not None
        return Reference(self._register.identity.register_id if own else "", number, line_number=line_number)

    def _voided_here(self) -> set[str]:
        return {
            reference.receipt_number
            for other in self._own.values()
            if other.receipt.reverses_receipt
            for reference in other.receipt.references
        }


def _forget_oldest(found: OrderedDict[str, Found]) -> None:
    if len(found) > REMEMBERED_RECEIPTS:
        found.popitem(last=False)


def voiding(found: Found) -> Receipt | None:
    """The void of a receipt, if there is one."""
    return next((other for other in found.referring if other.reverses_receipt), None)
