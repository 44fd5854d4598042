"""Taking print jobs back: where nothing was sent, inside a waiting printer, and where it is too late."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import grpc.aio
import pytest

from branchgate.errors import Refused
from branchgate.errors.status import error_from
from branchgate.ids import new_event_id
from branchgate.v1 import printing_pb2, printing_pb2_grpc
from drivers.virtual.faults import Faults
from drivers.virtual.paper import Cut, PaperCount
from drivers.virtual.settings import PrinterSettings
from gateway.printing import Job, PrintState
from gateway.printing.advice import advice
from tests.gateway.printing.shop import Shop, device_at, open_shop, virtual_printer
from tests.gateway.printing.test_print_service import served


async def blocked(shop: Shop, event: bytes, reason: str) -> Job:
    await shop.until(lambda: shop.jobs_of(event)[0].reason == reason)
    return shop.jobs_of(event)[0]


async def test_a_waiting_receipt_is_cancelled_and_never_printed(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(cover_open=True)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        first, second = await shop.sell(1), await shop.sell(2)
        waiting = await blocked(shop, first, "COVER_OPEN")
        cancelled = await shop.desk.cancel(waiting.job_id, "anna")
        again = await shop.desk.cancel(waiting.job_id, "berta")
        assert (cancelled.state, cancelled.cancelled_by) == (PrintState.CANCELLED, "anna")
        assert again == cancelled
        assert "wird er gebraucht, bitte eine Kopie drucken" in advice(cancelled, "de")
        printer.switch("cover_open", False)
        await shop.reaches(second, PrintState.PRINTED)
        assert printer.printer.receipts() == {"K1-000002": PaperCount(originals=1)}
        assert next((o.state, o.proof, o.decided_by) for o in shop.outcomes()) == ("CANCELLED", "none", "anna")


async def test_what_is_printed_after_a_cancelled_original_is_a_copy(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(cover_open=True)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        event = await shop.sell()
        await shop.desk.cancel((await blocked(shop, event, "COVER_OPEN")).job_id, "anna")
        printer.switch("cover_open", False)
        await shop.desk.print_receipt(new_event_id(1), event)
        await shop.reaches(event, PrintState.PRINTED, copy_number=1)
        assert printer.printer.receipts() == {"K1-000001": PaperCount(copies=1)}


async def test_a_receipt_inside_the_printer_is_broken_off_and_the_next_has_paper_of_its_own(tmp_path: Path) -> None:
    """The piece was left uncut, and the next receipt began on the same paper."""
    async with (
        virtual_printer(tmp_path, faults=Faults(paper_out_after_lines=10)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        event = await shop.sell()
        job = await shop.reaches(event, PrintState.WAITING_PRINTER)
        broken_off = await shop.desk.cancel(job.job_id, "anna")
        assert (broken_off.state, broken_off.reason) == (PrintState.PARTIAL, "CANCELLED")
        assert await shop.desk.cancel(job.job_id, "anna") == broken_off
        assert [(o.state, o.decided_by) for o in shop.outcomes()] == [("PARTIAL", "anna")]
        assert "mitten im Druck abgebrochen" in advice(broken_off, "de")
        printer.switch("paper_out", False)
        second = await shop.sell(2)
        await shop.reaches(second, PrintState.PRINTED)
        piece, whole = printer.printer.slips
        assert piece.cut is not Cut.NONE
        assert "K1-000002" not in piece.text
        assert "K1-000001" not in whole.text
        assert shop.jobs_of(event)[0].parted


async def test_the_piece_is_cut_off_also_when_the_gateway_stopped_before(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path, faults=Faults(paper_out_after_lines=10)) as printer:
        device = device_at(printer)
        async with open_shop(tmp_path, device) as shop:
            event = await shop.sell()
            job = await shop.reaches(event, PrintState.WAITING_PRINTER)
            await shop.desk.cancel(job.job_id, "anna")
            resolved = await shop.desk.resolve(job.job_id, False, "anna")
            assert resolved.copy is not None
        printer.switch("paper_out", False)
        async with open_shop(tmp_path, device) as shop:
            await shop.reaches(event, PrintState.PRINTED, copy_number=1)
        piece, copy = printer.printer.slips
        assert (piece.cut is not Cut.NONE, piece.copy, copy.copy) == (True, False, True)
        assert printer.printer.receipts()["K1-000001"] == PaperCount(originals=1, copies=1)


async def test_a_printer_that_does_not_say_that_it_forgot_leaves_a_doubt(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(paper_out_after_lines=10)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        job = await shop.reaches(await shop.sell(), PrintState.WAITING_PRINTER)
        printer.switch("mute_status", True)
        assert (await shop.desk.cancel(job.job_id, "anna")).state is PrintState.UNCERTAIN


async def test_what_is_being_printed_is_not_cancelled(tmp_path: Path) -> None:
    slow = PrinterSettings(speed_mm_s=400)
    async with (
        virtual_printer(tmp_path, settings=slow) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
    ):
        event = await shop.sell()
        job = await shop.reaches(event, PrintState.AWAITING)
        with pytest.raises(Refused) as refused:
            await shop.desk.cancel(job.job_id, "anna")
        assert refused.value.reason == "PRINT_JOB_PRINTING"
        await shop.reaches(event, PrintState.PRINTED)
        with pytest.raises(Refused) as refused:
            await shop.desk.cancel(job.job_id, "anna")
        assert (refused.value.reason, refused.value.value) == ("PRINT_JOB_NOT_CANCELLABLE", "PRINTED")
        assert printer.printer.receipts()["K1-000001"].originals == 1


@pytest.mark.parametrize(
    ("job_id", "reason"), [(lambda job: job.job_id, ""), (lambda _job: bytes(16), "PRINT_JOB_NOT_FOUND")]
)
async def test_cancelling_over_the_wire(tmp_path: Path, job_id: Callable[[Job], bytes], reason: str) -> None:
    async with open_shop(tmp_path, running=False) as shop, served(shop, tmp_path) as channel:
        (job,) = shop.jobs_of(await shop.sell())
        stub = printing_pb2_grpc.PrintServiceStub(channel)
        call = stub.CancelPrintJob(printing_pb2.CancelPrintJobRequest(job_id=job_id(job), user_id="anna"))
        if reason:
            with pytest.raises(grpc.aio.AioRpcError) as failed:
                await call
            assert error_from(failed.value).reason == reason
        else:
            assert (await call).job.state == printing_pb2.PRINT_JOB_STATE_CANCELLED
