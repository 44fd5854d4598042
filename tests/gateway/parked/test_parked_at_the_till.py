"""Parking as a cashier types it and as a script sends it: two tills and a whole gateway."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from rich.console import Console

from branchgate.catalogue import SETTINGS_KEY, Article, BranchSettings, EntryType
from branchgate.clock import SystemClock
from branchgate.errors.texts import Language
from branchgate.register import RegisterClient
from branchgate.register.till.script import Script
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till
from branchgate.sync.source import Entry
from tests.rigs.branch import BRANCH_ID, Branch

COLA = Article("20001", "Cola", 149_000, 1, 1_900, (), "Stk")
BREAD = Article("20002", "Brot", 395_000, 2, 700, (), "Stk")
SHOP = BranchSettings(BRANCH_ID, "Mitte", company="Feinkost Bergmann", tax_id="DE123456789")
SOON_S = 60


@pytest.fixture(scope="module")
def branch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Branch]:
    with Branch(tmp_path_factory.mktemp("branch"), registers=2) as opened:
        entries = [Entry(EntryType.BRANCH_SETTINGS, SETTINGS_KEY, SHOP.encode())]
        entries += [Entry(EntryType.ARTICLE, each.article_number, each.encode()) for each in (COLA, BREAD)]
        asyncio.run(opened.stock(entries))
        opened.start()
        yield opened


@asynccontextmanager
async def served(branch: Branch, register_id: str) -> AsyncIterator[tuple[RegisterClient, Till]]:
    async with RegisterClient(branch.register_folder(register_id)) as register:
        await register.until(lambda state: state.articles > 1 and state.numbers_known, within_s=SOON_S)
        till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
        yield register, till
        await register.until(lambda state: state.pending == 0, within_s=SOON_S)
        found = await register.inspect(lambda outbox: outbox.findings())
        assert [each.reason for _, each in found if each.reason.startswith("PARKED")] == []
        await till.close()


async def typed(branch: Branch, register_id: str, *lines: str, language: Language = "de") -> str:
    """What the terminal shows of a cashier's lines; each receipt has reached the gateway before the next line."""
    shown = io.StringIO()
    async with served(branch, register_id) as (register, till):

        async def cashier() -> AsyncIterator[str]:
            for line in lines:
                await register.until(lambda state: state.pending == 0, within_s=SOON_S)
                yield line

        await Terminal(register, till, language, Console(file=shown, width=200)).run(cashier())
    return shown.getvalue()


async def scripted(branch: Branch, register_id: str, *commands: dict[str, Any]) -> list[dict[str, Any]]:
    said: list[str] = []
    async with served(branch, register_id) as (_register, till):

        async def script() -> AsyncIterator[str]:
            for command in commands:
                yield json.dumps(command)

        await Script(_register, till, said.append).run(script(), "de")
    return [json.loads(line) for line in said[1:]]


@pytest.mark.timeout(180)
async def test_a_cashier_parks_and_another_goes_on_where_he_stopped(branch: Branch) -> None:
    parked = await typed(branch, "kasse-1", "2 * Cola", "parken Müller", "Brot", "parken Tisch 3", "geparkt", "bar")
    assert "„Müller“ ist geparkt" in parked
    assert "1  Müller  2,98  (0 min)  wartet, geparkt an kasse-1" in parked
    assert "2  Tisch 3  3,95  (0 min)  wartet, geparkt an kasse-1" in parked
    assert "Noch keine Position erfasst" in parked
    fetched = await typed(branch, "kasse-2", "geparkt", "holen 2", "Cola", "zurück", "Cola", "karte", "holen Müller")
    assert "„Tisch 3“ geholt" in fetched
    assert "Brot" in fetched
    assert "Bon K2-0000001" in fetched
    assert "5,44" in fetched
    busy = await typed(branch, "kasse-1", "holen Müller", "geparkt", "holen Niemand")
    assert "„Müller“ wird gerade an Kasse „kasse-2“ bearbeitet" in busy
    assert "1  Müller  2,98  (0 min)  in Arbeit an kasse-2" in busy
    assert "„Niemand“ (geparkter Bon) ist nicht bekannt" in busy
    # His till went out in between: he fetches it again, takes the cola off and gives it up.
    given_up = await typed(branch, "kasse-2", "holen Müller", "zurück", "abbruch", "geparkt")
    assert "Bon abgebrochen und als K2-0000002 vermerkt" in given_up
    assert "Kein Bon ist geparkt" in given_up


@pytest.mark.timeout(180)
async def test_parked_again_without_a_name_it_keeps_the_one_it_had(branch: Branch) -> None:
    shown = await typed(
        branch, "kasse-1", "Cola", "park Meier", "resume meier", "Brot", "park", "parked", "resume 1", "cash 10.00",
        language="en",
    )  # fmt: skip
    assert shown.count('"Meier" is parked') == 2
    assert "1  Meier  5.44  (0 min)  waits, parked at kasse-1" in shown
    assert "Change" in shown


@pytest.mark.timeout(180)
async def test_what_cannot_be_parked_says_why_and_stays_on_the_till(branch: Branch) -> None:
    shown = await typed(
        branch, "kasse-1",
        "Cola", "parken", "karte Visa 1,00", "parken Müller", "karte",
        "schulung", "Cola", "parken Müller", "bar", "schulung",
        "rückgabe", "Cola", "parken Müller", "bar",
        "parken nichts",
    )  # fmt: skip
    assert "Der Wert „“ (Name des geparkten Bons) ist nicht erlaubt: 1 to 60 characters" in shown
    assert shown.count("Das lässt sich nicht parken") == 3
    assert "(paid in part)" in shown
    assert "(training)" in shown
    assert "(a return)" in shown
    assert "Noch keine Position erfasst" in shown


@pytest.mark.timeout(180)
async def test_a_parked_receipt_stands_in_the_way_of_the_day_until_it_is_carried_over(branch: Branch) -> None:
    answers = await scripted(
        branch,
        "kasse-1",
        {"do": "sell", "lines": [{"article": "20002"}], "pay": {"card": "girocard"}},
        {"do": "park", "title": "Stammtisch", "lines": [{"article": "20001"}]},
        {"do": "wait", "for": "settled"},
        {"do": "close"},
        {"do": "close", "carry_parked": True},
        {"do": "parked"},
    )
    blocked, closed, listed = answers[-3:]
    assert [(each["reason"], "Stammtisch" in each["text_de"]) for each in blocked["skipped"]] == [
        ("PARKED_RECEIPTS", True)
    ]
    assert blocked["closings"] == []
    assert [each["closing"]["z_number"] for each in closed["closings"]] == [1]
    (row,) = listed["parked"]
    assert (row["receipt"]["title"], row["carried_over"]) == ("Stammtisch", 1)
    assert closed["closings"][0]["closing"]["carried_parked_ids"] == [row["receipt"]["parked_id"]]
    paid = await scripted(branch, "kasse-2", {"do": "resume", "parked": "stammtisch"}, PAID)
    assert paid[-1]["total_cents"] == 149


PAID: dict[str, Any] = {"do": "pay-parked", "pay": {"card": "girocard"}}


@pytest.mark.timeout(180)
async def test_a_script_parks_resumes_changes_and_pays(branch: Branch) -> None:
    cola, bread = {"article": "20001", "quantity": "2"}, {"article": "20002"}
    answers = await scripted(
        branch,
        "kasse-1",
        {"do": "park", "title": "Schmidt", "lines": [cola]},
        {"do": "pay-parked", "pay": {"cash": "exact"}},
        {"do": "resume", "parked": "Schmidt"},
        {"do": "park", "lines": [bread, bread], "void": [2]},
        {"do": "park", "lines": [bread, bread]},
        {"do": "resume", "parked": "schmidt"},
        {"do": "pay-parked", "void": [3], "pay": {"cash": "1,00"}},
        {"do": "pay-parked", "void": [3], "pay": {"cash": "10,00"}},
        {"do": "abandon-parked"},
        {"do": "park", "title": "Weg", "lines": [bread]},
        {"do": "resume", "parked": "weg"},
        {"do": "abandon-parked"},
        {"do": "wait", "for": "settled"},
        {"do": "parked"},
    )
    reasons = [answer.get("error", {}).get("reason", "") for answer in answers]
    assert reasons == [
        "", "NOTHING_RESUMED", "", "NOT_FOUND", "", "", "CASH_NOT_ENOUGH", "", "NOTHING_RESUMED", "", "", "", "", "",
    ]  # fmt: skip
    assert answers[0]["parked"]["receipt"]["total_cents"] == 298
    assert answers[2]["parked"]["title"] == "Schmidt"
    again = answers[4]["parked"]["receipt"]
    assert (again["title"], [line["text"] for line in again["lines"]]) == ("Schmidt", ["Cola", "Brot", "Brot"])
    assert (answers[7]["total_cents"], answers[7]["change_cents"]) == (693, 307)
    assert answers[11]["total_cents"] == 0
    assert {"Schmidt", "Weg"}.isdisjoint(row["receipt"]["title"] for row in answers[13]["parked"])
