"""The numbers by which printers confirm: each is given once in a branch, so an answer can only be about one job."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from drivers.errors import Reason
from drivers.escpos.commands import PROCESS_IDS, process_id
from drivers.printing.states import JobEvidence, JobState
from drivers.virtual.paper import PaperCount
from gateway.printing import PRINTING, PrintState
from gateway.store import Schema, bring_up_to_date, connect_for_writing
from tests.gateway.printing.shop import device_at, open_shop, roles, virtual_printer

EVIDENCE = JobEvidence(parted=False, pid_start=process_id(100), pid_end=process_id(120))


async def test_a_printer_that_took_another_s_place_does_not_confirm_the_other_s_receipt(tmp_path: Path) -> None:
    """Numbers were counted per printer, from 0 for each. Two printers had a receipt under way with the same number and changed addresses: the
    late answer of the one was heard under the name of the other, and a receipt that never came out was PRINTED.
    """
    async with virtual_printer(tmp_path) as one, virtual_printer(tmp_path) as other:
        settings = roles(("", "receipt", "links"), ("", "kitchen", "rechts"))
        async with open_shop(tmp_path, device_at(one, "links"), device_at(other, "rechts"), settings=settings) as shop:
            await shop.until_ready("links")
            await shop.until_ready("rechts")
            one.switch("paper_out_after_lines", 2)
            other.switch("process_id_delay_ms", 1500)
            lost, late = await shop.sell(1), await shop.sell(2, role="kitchen")
            await shop.reaches(late, PrintState.AWAITING)
            await shop.reaches(lost, PrintState.WAITING_PRINTER)
        one.power_cycle()
        async with open_shop(tmp_path, device_at(other, "links"), device_at(one, "rechts"), settings=settings) as shop:
            await shop.reaches(
                await shop.sell(3), PrintState.PRINTED
            )  # by the printer that answered late, after it had
            assert shop.jobs_of(lost)[0].state is PrintState.UNCERTAIN
            assert one.printer.receipts().get("K1-000001", PaperCount()).originals == 0


async def test_an_update_counts_on_above_everything_that_was_ever_given(tmp_path: Path) -> None:
    path = tmp_path / "branch.db"
    connection = connect_for_writing(path)
    bring_up_to_date(connection, (Schema("printing", PRINTING.scripts[:2]),))
    connection.execute("INSERT INTO process_ids (printer, next) VALUES ('bon', 3000), ('fenster', 7000)")
    connection.close()
    async with open_shop(tmp_path, running=False) as shop:
        assert await shop.store.take_process_ids(10) == 7000
        assert await shop.store.take_process_ids(1) == 7010


async def test_when_the_characters_repeat_those_of_an_unfinished_job_are_left_out(tmp_path: Path) -> None:
    """Four characters are 78 million numbers. One that somebody may still answer for an old job would confirm a new one."""
    async with open_shop(tmp_path, running=False) as shop:
        (job,) = shop.jobs_of(await shop.sell())
        await shop.store.reroute(lambda _job: ("bon", ""))
        assert await shop.store.claim("bon", job.job_id, EVIDENCE)
        uncertain = replace(EVIDENCE, reason=Reason.LINK_LOST)
        await shop.store.moved("bon", job.job_id, JobState.UNCERTAIN, uncertain)
        await shop.writer.submit(lambda connection: _count_to(connection, PROCESS_IDS + 90))
        assert await shop.store.take_process_ids(5) == PROCESS_IDS + 90
        assert await shop.store.take_process_ids(50) == PROCESS_IDS + 145


def _count_to(connection: sqlite3.Connection, number: int) -> None:
    connection.execute("UPDATE process_ids SET next = ?", (number,))
