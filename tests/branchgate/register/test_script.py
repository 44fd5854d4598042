"""Script mode: one answer a line, in order; what cannot be done is told and leaves nothing behind."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from branchgate.clock import SystemClock
from branchgate.register import RegisterClient
from branchgate.register.till.script import Script
from branchgate.register.till.till import Till
from tests.branchgate.register.served_gateway import open_plainly, served_gateway
from tests.branchgate.register.stocked import stocked

Answer = dict[str, Any]
SELL_WATER: Answer = {"do": "sell", "lines": [{"article": "10002", "quantity": "2"}], "pay": {"cash": "20,00"}}


async def lines_of(commands: Sequence[Answer | str]) -> AsyncIterator[str]:
    for command in commands:
        yield command if isinstance(command, str) else json.dumps(command)


async def played(folder: Path, *commands: Answer | str) -> list[Answer]:
    """The answers of a till in a process that starts and ends, without the first line."""
    said: list[str] = []
    async with RegisterClient(folder, open_channel=open_plainly) as register:
        till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
        await till.remember()
        await Script(register, till, said.append).run(lines_of(commands), "de")
        await till.close()
    answers = [json.loads(line) for line in said]
    ready = {"ready": True, "register_id": "kasse-1", "branch_id": "filiale-1", "language": "de"}
    assert answers.pop(0) == ready
    return answers


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    stocked(tmp_path)
    return tmp_path


async def test_a_sale_answers_with_every_figure(folder: Path) -> None:
    (answer,) = await played(folder, {**SELL_WATER, "ref": 7})
    assert len(bytes.fromhex(answer.pop("event_id"))) == 16
    assert answer == {
        "ref": 7,
        "ok": True,
        "receipt_number": "K1-000001",
        "running_number": 1,
        "type": "Beleg",
        "total_cents": 208,
        "vat_sums": [
            {"vat_key": 1, "vat_rate_basis_points": 1900, "gross_cents": 208, "net_cents": 175, "vat_cents": 33}
        ],
        "payments": [{"type": "Bar", "name": "", "amount_cents": 208}],
        "cash_given_cents": 2000,
        "change_cents": 1792,
    }


async def test_articles_are_found_by_number_gtin_and_name(folder: Path) -> None:
    card = {"card": "girocard"}
    answers = await played(
        folder,
        {"do": "sell", "lines": [{"article": "10001", "quantity": "0,486"}], "pay": card},
        {"do": "sell", "lines": [{"article": "4006381333931", "quantity": "1"}], "pay": card},
        {"do": "sell", "lines": [{"article": "äpfel ELSTAR", "quantity": "1"}], "pay": card},
    )
    assert [answer["total_cents"] for answer in answers] == [145, 299, 299]
    assert answers[0]["payments"] == [{"type": "ECKarte", "name": "girocard", "amount_cents": 145}]


@pytest.mark.parametrize(
    ("command", "reason", "field"),
    [
        ("nonsense", "INVALID_VALUE", "line"),
        ({"do": "sell", "lines": [{"article": "4711"}], "pay": {"cash": "exact"}}, "NOT_FOUND", "lines[0].article"),
        (
            {"do": "sell", "lines": [{"article": "Wasser"}], "pay": {"cash": "9"}},
            "AMBIGUOUS_ARTICLE",
            "lines[0].article",
        ),
        ({**SELL_WATER, "pay": {"cash": "0,01"}}, "CASH_NOT_ENOUGH", "given_cents"),
        (
            {"do": "sell", "lines": [{"article": "10002", "quantity": "0,5"}], "pay": {"cash": "9"}},
            "INVALID_VALUE",
            "quantity_thousandths",
        ),
        (
            {"do": "sell", "lines": [{"article": "10002", "void": True}], "pay": {"cash": "exact"}},
            "BASKET_EMPTY",
            "lines",
        ),
        ({"do": "sell", "lines": [{"article": "10001"}], "pay": {"cash": "9"}}, "WEIGHT_NEEDED", "lines[0].quantity"),
        ({"do": "return", "lines": [{"article": "10001"}], "pay": {"cash": "0"}}, "WEIGHT_NEEDED", "lines[0].quantity"),
        ({"do": "void"}, "NOT_FOUND", "receipt"),
        ({"do": "x"}, "NOT_REACHABLE", ""),
        ({"do": "close"}, "NOT_REACHABLE", ""),
        ({"do": "drawer"}, "NOT_REACHABLE", ""),
        ({"do": "print-jobs"}, "NOT_REACHABLE", ""),
        ({"do": "resolve", "job": "00" * 16, "complete": True}, "NOT_REACHABLE", ""),
        ({"do": "wait", "for": "catalogue", "timeout_ms": 1}, "WAIT_TIMEOUT", "for"),
    ],
)
async def test_what_cannot_be_done_is_told_and_leaves_nothing(
    folder: Path, command: Answer | str, reason: str, field: str
) -> None:
    refused, status, sale = await played(folder, command, {"do": "status"}, SELL_WATER)
    error = refused["error"]
    assert (error["reason"], error["field"]) == (reason, field)
    assert error["text_de"]
    assert error["text_en"]
    assert status["state"]["pending"] == 0
    assert sale["receipt_number"] == "K1-000001"


async def test_a_return_refers_to_its_sale_and_pays_out(folder: Path) -> None:
    sale, back = await played(
        folder,
        SELL_WATER,
        {"do": "return", "lines": [{"article": "10002"}], "pay": {"cash": "0"}, "receipt": "K1-000001"},
    )
    assert (sale["total_cents"], back["total_cents"], back["change_cents"]) == (208, -104, 0)


async def test_empties_pay_their_deposit_out(folder: Path) -> None:
    command = {"do": "sell", "lines": [{"article": "10003", "quantity": "4"}], "pay": {"cash": "next 10"}}
    (answer,) = await played(folder, command)
    assert answer["total_cents"] == -100


async def test_a_void_line_counts_nothing(folder: Path) -> None:
    lines = [{"article": "10002", "void": True}, {"article": "10001", "quantity": "1"}]
    (answer,) = await played(folder, {"do": "sell", "lines": lines, "pay": {"cash": "exact"}})
    assert answer["total_cents"] == 299


async def test_a_receipt_is_voided_once_also_after_a_restart(folder: Path) -> None:
    (sale,) = await played(folder, SELL_WATER)
    void, again = await played(folder, {"do": "void"}, {"do": "void", "receipt": sale["receipt_number"]})
    assert void["total_cents"] == -sale["total_cents"]
    assert again["error"]["reason"] == "ALREADY_VOIDED"
    (after_restart,) = await played(folder, {"do": "void", "receipt": sale["receipt_number"]})
    assert after_restart["error"]["reason"] == "ALREADY_VOIDED"


async def test_cash_moves_without_goods(folder: Path) -> None:
    answers = await played(
        folder,
        {"do": "float", "amount": "150,00"},
        {"do": "paid-in", "amount": "10"},
        {"do": "paid-out", "amount": "2,50", "text": "Porto"},
    )
    assert [answer["total_cents"] for answer in answers] == [15000, 1000, -250]


async def test_the_articles_of_the_local_catalogue_are_listed(folder: Path) -> None:
    (answer,) = await played(folder, {"do": "articles"})
    by_number = {article.pop("article_number"): article for article in answer["articles"]}
    assert by_number["10002"] == {
        "name": "Wasser",
        "unit_price": 79_000,
        "unit": "Stk",
        "weighed": False,
        "deposit": 25_000,
        "deposit_return": False,
        "category_key": "getr",
        "gtins": ["4011200296908"],
    }
    assert sorted(by_number) == ["10001", "10002", "10003", "10004"]


async def test_the_state_tells_what_waits_and_how_drawers_answered(folder: Path) -> None:
    _, _, status = await played(folder, SELL_WATER, {"do": "wait", "for": "drawer"}, {"do": "status"})
    assert (status["state"]["connected"], status["state"]["pending"], status["state"]["articles"]) == (False, 1, 4)
    assert status["drawer"] == {"NOT_REACHABLE": 1}


async def test_nothing_after_quit_is_done(folder: Path) -> None:
    assert await played(folder, {"do": "quit", "ref": "end"}, SELL_WATER) == [{"ref": "end", "ok": True}]


async def test_waiting_for_the_gateway_ends_when_it_has_everything(tmp_path: Path) -> None:
    async with served_gateway() as gateway:
        stocked(tmp_path, gateway.address)
        sale, settled, findings = await played(
            tmp_path, SELL_WATER, {"do": "wait", "for": "settled"}, {"do": "findings"}
        )
        assert settled == {"ok": True}
        assert gateway.model.times(bytes.fromhex(sale["event_id"])) == 1
        assert findings == {"ok": True, "findings": [], "refused": []}
        gateway.model.upload()
        assert await played(tmp_path, {"do": "wait", "for": "central"}) == [{"ok": True}]
