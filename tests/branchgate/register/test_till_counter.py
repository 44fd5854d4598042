"""The till's scale and customer display: weighed goods are never sold as one kilogram by default, and a sale waits for no display."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from branchgate.clock import SystemClock
from branchgate.errors import BranchgateError, Refused, TryAgain
from branchgate.receipts.model import Receipt
from branchgate.register import RegisterClient
from branchgate.register.till.counter import Counter
from branchgate.register.till.entries import LineToSell
from branchgate.register.till.script import Script
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till
from branchgate.v1 import scale_pb2
from tests.branchgate.register.served_gateway import open_plainly
from tests.branchgate.register.stocked import APPLES, stocked

Answer = dict[str, Any]


class StandInGateway:
    """The gateway's answers about display and scale."""

    def __init__(self, weight: int | BranchgateError = 0) -> None:
        self.weight = weight
        self.shown: list[tuple[str, ...]] = []
        self.display_fails: BranchgateError | None = None
        self.calls = 0
        self.shown_twice = asyncio.Event()
        self.let_go = asyncio.Event()
        self.let_go.set()

    async def weigh(self) -> scale_pb2.WeighResponse:
        if isinstance(self.weight, BranchgateError):
            raise self.weight
        return scale_pb2.WeighResponse(scale="waage", text="00.486", grams=self.weight, unit="kg")

    async def show_on_display(self, *lines: str) -> None:
        self.calls += 1
        await self.let_go.wait()
        if self.display_fails is not None:
            raise self.display_fails
        self.shown.append(lines)
        if len(self.shown) == 2:
            self.shown_twice.set()

    async def clear_display(self) -> None:
        await self.show_on_display()

    async def watch_print_jobs(self, known: object = ()) -> AsyncIterator[Any]:
        await asyncio.Event().wait()
        yield None


def counter(gateway: StandInGateway) -> Counter:
    return Counter(gateway, "de")  # type: ignore[arg-type]


async def typed(*lines: str) -> AsyncIterator[str]:
    for line in lines:
        await asyncio.sleep(0)
        yield line


async def at_the_till(folder: Path, gateway: StandInGateway, *lines: str) -> tuple[str, list[Receipt]]:
    stocked(folder)
    shown = io.StringIO()
    async with RegisterClient(folder, open_channel=open_plainly) as register:
        register.gateway = gateway  # type: ignore[assignment]
        till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
        await Terminal(register, till, "de", Console(file=shown, width=200)).run(typed(*lines))
        receipts = [held.receipt for held in await register.inspect(lambda outbox: outbox.receipts(10))]
        await till.close()
    return shown.getvalue(), receipts


async def test_weighed_goods_without_a_weight_are_weighed(tmp_path: Path) -> None:
    """They were sold as one kilogram."""
    _, (receipt,) = await at_the_till(tmp_path, StandInGateway(486), "10001", "karte")
    assert [(line.quantity_thousandths, line.gross_cents) for line in receipt.lines] == [(486, 145)]


async def test_a_weight_that_was_typed_is_taken_and_the_scale_not_asked(tmp_path: Path) -> None:
    gateway = StandInGateway(TryAgain("SCALE_NO_ANSWER", field="waage"))
    _, (receipt,) = await at_the_till(tmp_path, gateway, "0,2 * 10001", "karte")
    assert receipt.lines[0].quantity_thousandths == 200


@pytest.mark.parametrize("reason", ["NO_DEVICE_FOR_ROLE", "NOT_REACHABLE"])
async def test_without_a_scale_the_cashier_is_asked_for_the_weight(tmp_path: Path, reason: str) -> None:
    shown, receipts = await at_the_till(tmp_path, StandInGateway(Refused(reason)), "10001", "karte")
    assert receipts == []
    assert "Bitte das Gewicht eingeben, zum Beispiel: 0,486 * Äpfel Elstar" in shown


async def test_a_scale_that_gives_no_weight_sells_nothing_and_says_what_to_do(tmp_path: Path) -> None:
    gateway = StandInGateway(TryAgain("SCALE_IN_MOTION", field="waage"))
    shown, receipts = await at_the_till(tmp_path, gateway, "10001")
    assert receipts == []
    assert "kommt nicht zur Ruhe" in shown


async def test_an_empty_scale_sells_nothing() -> None:
    with pytest.raises(Refused) as refused:
        await counter(StandInGateway(0)).weight_of(APPLES)
    assert refused.value.reason == "SCALE_EMPTY"


async def in_a_script(folder: Path, gateway: StandInGateway, *lines: Answer) -> tuple[Answer, list[Receipt]]:
    """The answer to one sale that a script asks for."""
    stocked(folder)
    said: list[str] = []
    command = json.dumps({"do": "sell", "lines": lines, "pay": {"card": "girocard"}})
    async with RegisterClient(folder, open_channel=open_plainly) as register:
        register.gateway = gateway  # type: ignore[assignment]
        till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
        await Script(register, till, said.append).run(typed(command), "de")
        receipts = [held.receipt for held in await register.inspect(lambda outbox: outbox.receipts(10))]
        await till.close()
    return json.loads(said[1]), receipts


async def test_a_script_gets_the_weight_from_the_scale(tmp_path: Path) -> None:
    lines = ({"article": "10002"}, {"article": "10001"}, {"article": "10001", "quantity": "0,2"})
    answer, (receipt,) = await in_a_script(tmp_path, StandInGateway(486), *lines)
    assert answer["ok"] is True
    weights = [line.quantity_thousandths for line in receipt.lines if line.unit == "kg"]
    assert weights == [486, 200]


@pytest.mark.parametrize("reason", ["NO_DEVICE_FOR_ROLE", "NOT_REACHABLE"])
async def test_a_script_without_a_scale_sells_no_kilogram_that_nobody_weighed(tmp_path: Path, reason: str) -> None:
    answer, receipts = await in_a_script(tmp_path, StandInGateway(Refused(reason)), {"article": "10001"})
    error = answer["error"]
    assert (error["family"], error["reason"], error["field"]) == ("refused", "WEIGHT_NEEDED", "lines[0].quantity")
    assert "Äpfel Elstar" in error["text_de"]
    assert reason in error["text_en"]
    assert receipts == []


async def test_a_script_hears_why_the_scale_gives_no_weight(tmp_path: Path) -> None:
    gateway = StandInGateway(TryAgain("SCALE_IN_MOTION", field="waage"))
    answer, receipts = await in_a_script(tmp_path, gateway, {"article": "10001"})
    assert (answer["error"]["family"], answer["error"]["reason"]) == ("try-again", "SCALE_IN_MOTION")
    assert receipts == []


async def test_one_weight_is_not_sold_twice_by_a_script(tmp_path: Path) -> None:
    answer, receipts = await in_a_script(tmp_path, StandInGateway(486), {"article": "10001"}, {"article": "10001"})
    assert (answer["error"]["reason"], answer["error"]["field"]) == ("INVALID_VALUE", "lines[1].quantity")
    assert receipts == []


async def test_a_basket_that_nobody_weighed_is_refused_by_the_till_itself(tmp_path: Path) -> None:
    """Whoever forgets to ask the scale must not sell a kilogram."""
    stocked(tmp_path)
    async with RegisterClient(tmp_path, open_channel=open_plainly) as register:
        till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
        with pytest.raises(Refused) as refused:
            till.ringing.ring_up(till.begin(), LineToSell(article="10001"), "lines[0].")
    assert (refused.value.reason, refused.value.value) == ("WEIGHT_NEEDED", "Äpfel Elstar")


async def test_pieces_are_not_weighed(tmp_path: Path) -> None:
    gateway = StandInGateway(TryAgain("SCALE_IN_MOTION", field="waage"))
    _, (receipt,) = await at_the_till(tmp_path, gateway, "10002", "karte")
    assert receipt.lines[0].quantity_thousandths == 1000


async def test_the_customer_reads_the_latest_line_while_the_one_before_is_still_under_way() -> None:
    gateway = StandInGateway()
    shop = counter(gateway)
    gateway.let_go.clear()
    for cents in (100, 200, 300):
        shop.show("Wasser", cents, "Summe", cents)
        await asyncio.sleep(0)
    gateway.let_go.set()
    await gateway.shown_twice.wait()
    assert gateway.shown == [("Wasser", "1,00", "Summe", "1,00"), ("Wasser", "3,00", "Summe", "3,00")]
    await shop.close()


async def test_a_sale_goes_on_without_display_and_a_shop_without_one_is_not_asked_again(tmp_path: Path) -> None:
    gateway = StandInGateway()
    gateway.display_fails = Refused("NO_DEVICE_FOR_ROLE")
    _, receipts = await at_the_till(tmp_path, gateway, "10002", "10002", "10002", "karte", "10002", "karte")
    assert len(receipts) == 2
    assert gateway.calls == 1
