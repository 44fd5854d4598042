"""The services of paper, drawers and devices over a real socket."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import grpc
import grpc.aio
import pytest

from branchgate.clock import SystemClock
from branchgate.errors.status import error_from
from branchgate.ids import new_event_id
from branchgate.v1 import device_pb2, device_pb2_grpc, printing_pb2, printing_pb2_grpc
from branchgate.wire.guard import Guard
from branchgate.wire.sockets import listen_for_operator, make_server, operator_channel
from drivers.virtual.faults import Faults
from gateway.printing import PrintState
from gateway.rpc.device import DeviceServicer, DrawerServicer
from gateway.rpc.printing import PrintServicer
from tests.gateway.printing.shop import REGISTER, WITH_DRAWER, Shop, device_at, open_shop, virtual_printer


@asynccontextmanager
async def served(shop: Shop, folder: Path) -> AsyncIterator[grpc.aio.Channel]:
    server = make_server(Guard(SystemClock()))
    printing_pb2_grpc.add_PrintServiceServicer_to_server(PrintServicer(shop.desk), server)
    device_pb2_grpc.add_DrawerServiceServicer_to_server(DrawerServicer(shop.drawers), server)
    device_pb2_grpc.add_DeviceServiceServicer_to_server(DeviceServicer(shop.devices.board), server)
    listen_for_operator(server, folder / "admin.sock")
    await server.start()
    try:
        async with operator_channel(folder / "admin.sock") as channel:
            yield channel
    finally:
        await server.stop(0)


async def test_jobs_are_printed_listed_and_watched(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
        served(shop, tmp_path) as channel,
    ):
        event = await shop.sell(role="")
        stub = printing_pb2_grpc.PrintServiceStub(channel)
        watch = stub.WatchPrintJobs(printing_pb2.WatchPrintJobsRequest(register_id=REGISTER))
        await watch.initial_metadata()
        request = printing_pb2.PrintReceiptRequest(request_id=new_event_id(1), event_id=event, user_id="anna")
        made = (await stub.PrintReceipt(request)).job
        assert (made.title, made.document, made.printer, made.copy_number) == ("K1-000001", "receipt", "bon", 0)
        async for change in watch:
            if change.job.state == printing_pb2.PRINT_JOB_STATE_PRINTED:
                assert (change.job.job_id, change.job.proof) == (made.job_id, "process-id")
                break
        watch.cancel()
        printed = printing_pb2.ListPrintJobsRequest(states=[printing_pb2.PRINT_JOB_STATE_PRINTED])
        assert [job.job_id for job in (await stub.ListPrintJobs(printed)).jobs] == [made.job_id]
        nothing = printing_pb2.ListPrintJobsRequest(event_id=bytes(16))
        assert not (await stub.ListPrintJobs(nothing)).jobs


async def test_an_answer_over_the_wire_makes_the_copy(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path, faults=Faults(disconnect_after_process_ids=3)) as printer,
        open_shop(tmp_path, device_at(printer)) as shop,
        served(shop, tmp_path) as channel,
    ):
        event = await shop.sell(lines=60)
        job = await shop.reaches(event, PrintState.UNCERTAIN)
        stub = printing_pb2_grpc.PrintServiceStub(channel)
        request = printing_pb2.ResolvePrintJobRequest(job_id=job.job_id, complete_on_paper=False, user_id="anna")
        answer = await stub.ResolvePrintJob(request)
        assert (answer.job.state, answer.copy.copy_number) == (printing_pb2.PRINT_JOB_STATE_COPY, 1)
        assert answer.copy.replaces_job_id == job.job_id


async def test_a_state_that_no_stored_job_has_is_refused(tmp_path: Path) -> None:
    async with open_shop(tmp_path, running=False) as shop, served(shop, tmp_path) as channel:
        stub = printing_pb2_grpc.PrintServiceStub(channel)
        with pytest.raises(grpc.aio.AioRpcError) as failed:
            await stub.ListPrintJobs(
                printing_pb2.ListPrintJobsRequest(states=[printing_pb2.PRINT_JOB_STATE_UNSPECIFIED])
            )
        assert error_from(failed.value).reason == "INVALID_VALUE"


async def test_a_drawer_opens_and_the_devices_tell_how_they_are(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
        served(shop, tmp_path) as channel,
    ):
        await shop.reaches(await shop.sell(), PrintState.PRINTED)
        stub = device_pb2_grpc.DrawerServiceStub(channel)
        request = device_pb2.OpenDrawerRequest(command_id=new_event_id(1), reason="NO_SALE", user_id="anna")
        assert (await stub.OpenDrawer(request)).outcome == device_pb2.DRAWER_OUTCOME_OPENED
        devices = (
            await device_pb2_grpc.DeviceServiceStub(channel).ListDevices(device_pb2.ListDevicesRequest())
        ).devices
        assert [(device.name, device.kind) for device in devices] == [("bon", "printer"), ("bon", "drawer")]
        assert (devices[0].online, devices[0].paper_out) == (device_pb2.ANSWER_YES, device_pb2.ANSWER_NO)
        assert devices[1].drawer_open == device_pb2.ANSWER_YES


async def test_a_printer_never_seen_is_unknown_not_fine(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path) as printer,
        open_shop(tmp_path, device_at(printer), running=False) as shop,
        served(shop, tmp_path) as channel,
    ):
        stub = device_pb2_grpc.DeviceServiceStub(channel)
        (device,) = (await stub.ListDevices(device_pb2.ListDevicesRequest())).devices
        assert (device.online, device.reason) == (device_pb2.ANSWER_UNSPECIFIED, "NOT_CONNECTED")


async def test_devices_are_followed_from_how_they_stand_on(tmp_path: Path) -> None:
    async with (
        virtual_printer(tmp_path) as printer,
        open_shop(tmp_path, device_at(printer, drawer=WITH_DRAWER)) as shop,
        served(shop, tmp_path) as channel,
    ):
        await shop.reaches(await shop.sell(), PrintState.PRINTED)
        call = device_pb2_grpc.DeviceServiceStub(channel).WatchDevices(device_pb2.WatchDevicesRequest())
        await call.initial_metadata()
        following = aiter(call)
        first = [(await anext(following)).device for _ in range(2)]
        assert [(device.name, device.kind, device.online) for device in first] == [
            ("bon", "printer", device_pb2.ANSWER_YES),
            ("bon", "drawer", device_pb2.ANSWER_YES),
        ]
        assert first[0].confirms_prints == device_pb2.ANSWER_YES, "found out: the profile does not promise it"
        printer.switch("paper_near_end", True)
        near = (await anext(following)).device
        assert (near.paper_near_end, near.reason) == (device_pb2.ANSWER_YES, "PRINTER_PAPER_NEAR_END")
        printer.switch("cutter_error", True)
        async for response in following:
            if response.device.cutter_error == device_pb2.ANSWER_YES:
                assert "Schneidwerk" in response.device.advice_de
                assert "cutter" in response.device.advice_en
                break
        call.cancel()
