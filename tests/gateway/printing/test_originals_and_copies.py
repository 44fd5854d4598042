"""One unmarked original, copies that say so, and every outcome in the journal."""

from __future__ import annotations

from pathlib import Path

import pytest

from branchgate.errors import Refused
from branchgate.ids import new_event_id
from drivers.virtual.paper import PaperCount
from gateway.printing import PrintState
from tests.gateway.printing.shop import FRONTS, REGISTER, device_at, open_shop, virtual_printer


@pytest.mark.parametrize("front", FRONTS)
async def test_a_recorded_receipt_is_printed_once_and_proven(tmp_path: Path, front: str) -> None:
    async with virtual_printer(tmp_path, front) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        event = await shop.sell()
        job = await shop.reaches(event, PrintState.PRINTED)
        assert (job.proof, job.copy_number, job.printer, job.title) == ("process-id", 0, "bon", "K1-000001")
        assert printer.printer.receipts() == {"K1-000001": PaperCount(originals=1)}
        assert [(o.job_id, o.state, o.proof) for o in shop.outcomes()] == [(job.job_id, "PRINTED", "process-id")]


async def test_a_receipt_sent_again_makes_no_second_job(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        event = await shop.sell()
        await shop.sell()
        await shop.reaches(event, PrintState.PRINTED)
        await shop.sell()
        assert len(shop.jobs_of(event)) == 1
        assert printer.printer.receipts()["K1-000001"].originals == 1


async def test_printing_again_says_kopie_and_the_same_request_is_the_same_job(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        event = await shop.sell()
        await shop.reaches(event, PrintState.PRINTED)
        request = new_event_id(1)
        first = await shop.desk.print_receipt(request, event, user_id="anna")
        again = await shop.desk.print_receipt(request, event, user_id="anna")
        copy = await shop.reaches(event, PrintState.PRINTED, copy_number=1)
        assert first.job_id == again.job_id == copy.job_id == request
        assert copy.user_id == "anna"
        assert printer.printer.receipts() == {"K1-000001": PaperCount(originals=1, copies=1)}
        assert "Nachdruck 1" in printer.printer.slips[-1].text


async def test_a_receipt_nobody_wished_to_print_gets_its_original_later(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer)) as shop:
        event = await shop.sell(role="")
        assert shop.jobs_of(event) == []
        await shop.desk.print_receipt(new_event_id(1), event)
        await shop.reaches(event, PrintState.PRINTED)
        assert printer.printer.receipts() == {"K1-000001": PaperCount(originals=1)}


async def test_what_cannot_be_printed_is_refused_by_name(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        event, other = await shop.sell(), await shop.sell(2)
        request = new_event_id(1)
        await shop.desk.print_receipt(request, event)
        for request_id, about, reason in (
            (request, other, "REQUEST_ID_REUSED"),
            (new_event_id(2), bytes(16), "RECEIPT_NOT_RECORDED"),
            (b"short", event, "INVALID_VALUE"),
        ):
            with pytest.raises(Refused) as refused:
                await shop.desk.print_receipt(request_id, about)
            assert refused.value.reason == reason
        with pytest.raises(Refused, match="INVALID_VALUE"):
            shop.desk.jobs(limit=1001)


async def test_an_answer_nobody_asked_for_is_refused(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop:
        (job,) = shop.jobs_of(await shop.sell())
        for answer in (True, False):
            with pytest.raises(Refused, match="PRINT_JOB_NOT_IN_DOUBT"):
                await shop.desk.resolve(job.job_id, answer, "anna")
        with pytest.raises(Refused, match="PRINT_JOB_NOT_FOUND"):
            await shop.desk.resolve(bytes(16), True, "anna")


async def test_a_watcher_sees_open_jobs_first_and_then_every_change(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer), running=False) as shop:
        event = await shop.sell()
        watch = shop.desk.watch(REGISTER)
        assert (await watch.next()).state is PrintState.QUEUED
        other = await shop.sell(2)
        assert (await watch.next()).event_id == other
        watch.close()
        assert len(shop.jobs_of(event)) == 1
