"""Parking at the till when answers are lost, names are shared, and the gateway does not know yet what happened here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, cast

import pytest

from branchgate.errors import OutcomeUnknown, Refused, TryAgain
from branchgate.receipts.basket import Basket, total_of
from branchgate.receipts.model import ReceiptType
from branchgate.receipts.parked import ParkedReceipt, parked_message
from branchgate.register.client import RegisterClient
from branchgate.register.held import Happened
from branchgate.register.till.open_receipt import OpenReceipt
from branchgate.register.till.parking import Parking
from branchgate.v1 import parked_pb2
from tests.gateway.branch import receipt

LINES = receipt().lines


@dataclass
class Gateway:
    """Stands in for the calls and the outbox: what it was asked, what it fails with, what is parked, what happened here."""

    failures: list[Exception] = field(default_factory=list)
    asked: list[tuple[bytes, bytes]] = field(default_factory=list)
    rows: list[ParkedReceipt] = field(default_factory=list)
    happened: list[Happened] = field(default_factory=list)

    @property
    def gateway(self) -> Gateway:
        return self

    async def park(self, parked: ParkedReceipt, user_id: str, *, request_id: bytes) -> parked_pb2.ParkedRow:
        self.asked.append((request_id, parked.parked_id))
        if self.failures:
            raise self.failures.pop(0)
        return parked_pb2.ParkedRow(receipt=parked_message(parked))

    async def parked(self) -> list[parked_pb2.ParkedRow]:
        return [parked_pb2.ParkedRow(receipt=parked_message(each)) for each in self.rows]

    async def resume_parked(self, parked_id: bytes, user_id: str) -> parked_pb2.ParkedRow:
        (found,) = [each for each in self.rows if each.parked_id == parked_id]
        return parked_pb2.ParkedRow(receipt=parked_message(found))

    async def inspect(self, look: Any) -> Any:
        return self.happened


def parking(gateway: Gateway) -> Parking:
    return Parking(cast("RegisterClient", gateway), "anna")


def rung_up() -> OpenReceipt:
    return OpenReceipt(1_000, Basket.of(LINES))


def waiting(number: int, title: str) -> ParkedReceipt:
    return ParkedReceipt(number.to_bytes(16, "big"), title, LINES, 1_000, total_of(LINES), "anna")


async def test_an_answer_that_is_lost_is_asked_for_once_more_by_the_same_request() -> None:
    gateway = Gateway([OutcomeUnknown("NO_ANSWER_IN_TIME")])
    await parking(gateway).park(rung_up(), "Müller")
    first, second = gateway.asked
    assert first == second


async def test_typed_again_after_an_error_it_is_the_same_request_and_changed_it_is_another() -> None:
    gateway = Gateway([TryAgain("DISK_FULL"), TryAgain("DISK_FULL")])
    till, receipt = parking(gateway), rung_up()
    for title in ("Müller", "Müller"):
        with pytest.raises(TryAgain):
            await till.park(receipt, title)
    receipt.basket.void_line(1)
    await till.park(receipt, "Müller")
    await till.park(rung_up(), "Müller")
    first, again, changed, next_one = gateway.asked
    assert first == again
    assert (changed[0] != first[0], changed[1]) == (True, first[1])
    assert next_one[1] != first[1]


async def test_without_its_gateway_the_register_says_what_it_cannot_do() -> None:
    gateway = Gateway([TryAgain("NOT_REACHABLE", rule="refused")])
    with pytest.raises(TryAgain) as told:
        await parking(gateway).park(rung_up(), "Müller")
    assert (told.value.reason, told.value.rule) == ("PARKING_NEEDS_GATEWAY", "refused")


async def test_a_shared_name_asks_for_the_number_and_a_number_means_the_list_that_was_shown() -> None:
    gateway = Gateway(rows=[waiting(1, "Müller"), waiting(2, "müller"), waiting(3, "7")])
    till = parking(gateway)
    with pytest.raises(Refused) as told:
        await till.resume("MÜLLER")
    assert told.value.reason == "PARKED_AMBIGUOUS"
    await till.listed()
    gateway.rows.insert(0, waiting(9, "older"))
    assert (await till.resume("2")).parked_id == waiting(2, "").parked_id
    assert (await till.resume("7")).title == "7"
    assert (await till.resume(waiting(1, "").parked_id.hex())).title == "Müller"
    for unknown in ("0", "4", "99999", "²", "", "nobody"):
        with pytest.raises(Refused) as told:
            await till.resume(unknown)
        assert told.value.reason == "NOT_FOUND"


async def test_what_was_paid_here_without_the_gateway_is_not_fetched_again() -> None:
    gateway = Gateway(rows=[waiting(1, "Müller")])
    practised = replace(receipt(), parked_id=waiting(1, "").parked_id, type=ReceiptType.AV_TRAINING)
    gateway.happened = [Happened(bytes(16), 1, practised)]
    assert (await parking(gateway).resume("Müller")).title == "Müller"
    gateway.happened.append(Happened(bytes(16), 2, replace(practised, type=ReceiptType.BELEG)))
    with pytest.raises(Refused) as told:
        await parking(gateway).resume("Müller")
    assert (told.value.reason, told.value.rule) == ("PARKED_ENDED_HERE", practised.receipt_number)
