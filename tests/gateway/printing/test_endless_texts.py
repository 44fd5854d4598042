"""What one register writes into its requests must not break the lists of all."""

from __future__ import annotations

from pathlib import Path

import grpc
import grpc.aio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.errors import Refused
from branchgate.errors.status import error_from
from branchgate.ids import new_event_id
from branchgate.v1 import printing_pb2, printing_pb2_grpc
from gateway.printing import PrintState
from gateway.short_texts import LONGEST, cut, role_kept, role_name, short_text
from tests.gateway.printing.shop import REGISTER, WITH_DRAWER, device_at, open_shop, virtual_printer
from tests.gateway.printing.test_print_service import served

ENDLESS = "r" * 3_900_000


async def test_an_endless_text_is_refused_by_field_and_rule_and_stored_nowhere(tmp_path: Path) -> None:
    """A role of 3.9 MB was stored six times, and ListPrintJobs was RESOURCE_EXHAUSTED for every register from then on."""
    async with (
        virtual_printer(tmp_path) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER), running=False) as shop,
        served(shop, tmp_path) as channel,
    ):
        event, stub = await shop.sell(role=""), printing_pb2_grpc.PrintServiceStub(channel)
        request = printing_pb2.PrintReceiptRequest(request_id=new_event_id(1), event_id=event, role=ENDLESS)
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await stub.PrintReceipt(request)
        told = error_from(caught.value)
        assert (told.reason, told.field, told.rule) == ("INVALID_VALUE", "role", "1 to 30 of a-z, 0-9 and -")
        for asked, field in (
            (shop.desk.print_receipt(new_event_id(2), event, user_id=ENDLESS), "user_id"),
            (shop.desk.resolve(new_event_id(2), True, ENDLESS), "user_id"),
            (shop.desk.cancel(new_event_id(2), ENDLESS), "user_id"),
            (shop.drawers.open_drawer(new_event_id(3), REGISTER, ENDLESS, "SALE"), "user_id"),
            (shop.drawers.open_drawer(new_event_id(3), REGISTER, "anna", "\x1b[2J"), "reason"),
        ):
            with pytest.raises(Refused) as refused:
                await asked
            assert (refused.value.reason, refused.value.field) == ("INVALID_VALUE", field)
        assert not (await stub.ListPrintJobs(printing_pb2.ListPrintJobsRequest())).jobs
        assert shop.openings() == []


async def test_an_endless_job_id_is_told_to_be_unknown(tmp_path: Path) -> None:
    """The refusal of a job id of 100 kB held it twice as long, and came as RESOURCE_EXHAUSTED, "metadata too large"."""
    async with open_shop(tmp_path, running=False) as shop, served(shop, tmp_path) as channel:
        with pytest.raises(grpc.aio.AioRpcError) as caught:
            await printing_pb2_grpc.PrintServiceStub(channel).CancelPrintJob(
                printing_pb2.CancelPrintJobRequest(job_id=b"x" * 100_000)
            )
        assert error_from(caught.value).reason == "PRINT_JOB_NOT_FOUND"


async def test_a_receipt_is_recorded_whatever_printer_it_wishes_for(tmp_path: Path) -> None:
    """The wish's role went into the job as it was; it may be short or wait, but no receipt is refused for it."""
    async with virtual_printer(tmp_path) as printer, open_shop(tmp_path, device_at(printer), running=False) as shop:
        job = await shop.reaches(await shop.sell(role=ENDLESS), PrintState.BLOCKED)
        assert (job.reason, job.role) == ("NO_DEVICE_FOR_ROLE", "r" * 29 + "-")


@given(st.text())
def test_a_kept_role_is_one_that_can_be_and_never_somebody_elses(role: str) -> None:
    kept = role_kept(role)
    assert role_name(kept) == kept
    assert kept == role or kept.endswith("-")


@given(st.text(min_size=LONGEST - 2))
def test_a_cut_text_is_no_longer_than_a_short_one(text: str) -> None:
    assert len(cut(text)) <= LONGEST
    if cut(text) == text and text.isprintable():
        assert short_text(text, "title") == text
