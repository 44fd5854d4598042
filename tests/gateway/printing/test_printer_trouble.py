"""What a printer's trouble does to a job, and what people are told to do about it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from drivers.virtual.faults import Faults
from drivers.virtual.paper import PaperCount
from drivers.virtual.settings import PrinterSettings
from gateway.printing import PrintState
from gateway.printing.advice import advice
from tests.gateway.printing.shop import FRONTS, device_at, open_shop, virtual_printer


@pytest.mark.parametrize("front", FRONTS)
async def test_paper_out_blocks_says_what_to_do_and_goes_on_by_itself(tmp_path: Path, front: str) -> None:
    async with (
        virtual_printer(tmp_path, front, Faults(paper_out=True)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        event = await shop.sell()
        await shop.until(lambda: shop.jobs_of(event)[0].reason == "PAPER_OUT")
        (job,) = shop.jobs_of(event)
        assert job.state is PrintState.BLOCKED
        assert advice(job, "de").startswith("Drucker „bon“ hat kein Papier mehr. Bitte eine neue Rolle einlegen.")
        assert "Put in a new roll" in advice(job, "en")
        printer.switch("paper_out", False)
        printed = await shop.reaches(event, PrintState.PRINTED)
        assert advice(printed, "de") == ""
        assert printer.printer.receipts() == {"K1-000001": PaperCount(originals=1)}


async def test_paper_that_runs_out_in_the_middle_is_waited_for(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(paper_out_after_lines=10)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        event = await shop.sell()
        job = await shop.reaches(event, PrintState.WAITING_PRINTER)
        assert "Bitte nicht noch einmal drucken" in advice(job, "de")
        printer.switch("paper_out", False)
        await shop.reaches(event, PrintState.PRINTED)
        assert printer.printer.receipts() == {"K1-000001": PaperCount(originals=1)}


async def test_a_printer_that_says_nothing_is_never_said_to_have_printed(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(mute_status=True)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        job = await shop.reaches(await shop.sell(), PrintState.SENT_UNVERIFIED)
        assert job.proof is None
        assert [(o.state, o.proof) for o in shop.outcomes()] == [("SENT_UNVERIFIED", "none")]
        assert "meldet nichts zurück" in advice(job, "de")


@pytest.mark.parametrize("front", FRONTS)
async def test_a_power_cut_in_the_middle_asks_a_person_and_no_means_a_copy(tmp_path: Path, front: str) -> None:
    slow = PrinterSettings(speed_mm_s=400)
    async with (
        virtual_printer(tmp_path, front, settings=slow) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        event = await shop.sell()
        await shop.reaches(event, PrintState.AWAITING)
        printer.power_cycle()
        job = await shop.reaches(event, PrintState.UNCERTAIN)
        assert "Liegt der Bon vollständig vor?" in advice(job, "de")
        assert shop.desk.waiting_for_people() == 1
        resolved = await shop.desk.resolve(job.job_id, False, "anna")
        again = await shop.desk.resolve(job.job_id, False, "anna")
        assert resolved.copy is not None
        assert again.copy is not None
        assert (resolved.job.state, resolved.copy.copy_number) == (PrintState.COPY, 1)
        assert resolved.copy.replaces_job_id == job.job_id
        assert again.copy.job_id == resolved.copy.job_id
        await shop.reaches(event, PrintState.PRINTED, copy_number=1)
        assert printer.printer.receipts()["K1-000001"].originals <= 1
        assert printer.printer.slips[-1].copy
        assert [o.state for o in shop.outcomes()] == ["UNCERTAIN", "COPY", "PRINTED"]
        assert shop.outcomes()[1].decided_by == "anna"


async def test_a_person_who_sees_the_receipt_settles_it_without_a_copy(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(disconnect_after_process_ids=3)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        event = await shop.sell(lines=60)
        job = await shop.reaches(event, PrintState.UNCERTAIN)
        resolved = await shop.desk.resolve(job.job_id, True, "anna")
        assert (resolved.job.state, resolved.copy) == (PrintState.PRINTED_BY_OPERATOR, None)
        assert (await shop.desk.resolve(job.job_id, True, "anna")).job.state is PrintState.PRINTED_BY_OPERATOR
        assert len(shop.jobs_of(event)) == 1
        assert (shop.outcomes()[-1].proof, shop.outcomes()[-1].decided_by) == ("operator", "anna")


async def test_a_process_id_that_comes_late_settles_the_doubt(tmp_path: Path) -> None:
    """The answer comes after the driver gave up waiting: the doubt is on record, then the proof is."""
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        await shop.reaches(await shop.sell(), PrintState.PRINTED)
        printer.switch("process_id_delay_ms", 900)
        event = await shop.sell(2)
        await shop.reaches(event, PrintState.UNCERTAIN)
        job = await shop.reaches(event, PrintState.PRINTED)
        assert job.proof == "process-id"
        assert [o.state for o in shop.outcomes()] == ["PRINTED", "UNCERTAIN", "PRINTED"]
        assert printer.printer.receipts()["K1-000002"].originals == 1


async def test_an_absent_printer_is_named_and_found_again(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path, faults=Faults(refuse_connections=True)) as gone:
        gone.switch("refuse_connections", False)
        device = device_at(gone)
        gone.switch("refuse_connections", True)
        async with open_shop(tmp_path, device) as shop:
            event = await shop.sell()
            await shop.until(lambda: shop.jobs_of(event)[0].reason == "CONNECTION_REFUSED")
            assert "Bitte prüfen, ob er eingeschaltet ist" in advice(shop.jobs_of(event)[0], "de")
            gone.switch("refuse_connections", False)
            await shop.reaches(event, PrintState.PRINTED)


async def test_a_receipt_that_cannot_be_rendered_does_not_stop_those_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An article name of blanks once broke the template, and with it the printer's task, again and again."""

    def broken_once(*_arguments: object, **_options: object) -> None:
        monkeypatch.undo()
        raise IndexError

    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer), running=False) as shop:
        first, second = await shop.sell(), await shop.sell(2)
        monkeypatch.setattr("gateway.printing.documents.receipt_document", broken_once)
        serving = asyncio.create_task(shop.devices.run())
        await shop.reaches(second, PrintState.PRINTED)
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
        (job,) = shop.jobs_of(first)
        assert (job.state, job.reason) == (PrintState.CANCELLED, "DOCUMENT_UNPRINTABLE")
        assert "Er ist gespeichert" in advice(job, "de")
