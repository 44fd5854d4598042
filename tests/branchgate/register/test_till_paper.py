"""The cashier hears what becomes of paper: nobody at a till looks into the gateway's list of print jobs."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Collection
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import grpc.aio
import pytest
from rich.console import Console

from branchgate.clock import SystemClock
from branchgate.errors.texts import Language
from branchgate.register import RegisterClient
from branchgate.register.calls import GatewayCalls
from branchgate.register.client import RegisterState
from branchgate.register.till.paper import Prints
from branchgate.register.till.terminal import Terminal
from branchgate.register.till.till import Till
from branchgate.v1 import printing_pb2, printing_pb2_grpc
from tests.branchgate.register.served_gateway import open_plainly
from tests.branchgate.register.stocked import stocked

PRINTED = "PRINTED"


def job(
    state: str,
    reason: str = "",
    *,
    number: int = 1,
    printer: str = "theke",
    intended: str = "",
    register: str = "kasse-1",
) -> printing_pb2.PrintJob:
    return printing_pb2.PrintJob(
        job_id=bytes([number]) * 16,
        title=f"K1-{number:06}",
        register_id=register,
        printer=printer,
        intended_printer=intended,
        state=printing_pb2.PrintJobState.Value(f"PRINT_JOB_STATE_{state}"),
        reason=reason,
        advice_de=f"de {printer} {reason}",
        advice_en=f"en {printer} {reason}",
    )


class Heard(Prints):
    """Keeps what it told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, str]] = []
        super().__init__(
            None,  # type: ignore[arg-type]
            asked=lambda one: self.heard.append(("asked", one.title)),
            stuck=lambda one: self.heard.append(("stuck", one.reason)),
            came_out=lambda one: self.heard.append(("came out", one.printer)),
        )


def heard(*jobs: printing_pb2.PrintJob) -> list[tuple[str, str]]:
    prints = Heard()
    for one in jobs:
        prints.noted(one)
    return prints.heard


def test_a_cause_is_told_once_however_often_the_printer_is_tried() -> None:
    tries = [job("BLOCKED", "PAPER_OUT"), job("PREFLIGHT"), job("SENDING")] * 5
    assert heard(*tries, job("WAITING_PRINTER", "PAPER_OUT")) == [("stuck", "PAPER_OUT")]


def test_another_cause_or_another_printer_is_told() -> None:
    changes = [job("BLOCKED", "PAPER_OUT"), job("BLOCKED", "COVER_OPEN"), job("BLOCKED", "COVER_OPEN", printer="lager")]
    assert heard(*changes) == [("stuck", "PAPER_OUT"), ("stuck", "COVER_OPEN"), ("stuck", "COVER_OPEN")]


@pytest.mark.parametrize("end", [PRINTED, "SENT_UNVERIFIED", "PRINTED_BY_OPERATOR"])
def test_what_came_out_after_all_is_told_and_what_came_out_at_once_is_not(end: str) -> None:
    assert heard(job("BLOCKED", "PAPER_OUT"), job(end)) == [("stuck", "PAPER_OUT"), ("came out", "theke")]
    assert heard(job("SENDING"), job(end)) == []


def test_a_receipt_at_another_printer_is_told() -> None:
    assert heard(job(PRINTED, printer="lager", intended="theke")) == [("came out", "lager")]


def test_a_cancelled_print_is_told_once_and_stuck_no_longer() -> None:
    prints = Heard()
    for one in (job("BLOCKED", "PAPER_OUT"), job("CANCELLED", "CANCELLED")):
        prints.noted(one)
    assert prints.heard == [("stuck", "PAPER_OUT"), ("stuck", "CANCELLED")]
    assert prints.stuck == []


@pytest.mark.parametrize("doubt", ["UNCERTAIN", "PARTIAL"])
def test_a_print_in_doubt_is_asked_about_once_until_somebody_answers(doubt: str) -> None:
    """A print that was cancelled half-way asked for an answer that the till did not take."""
    prints = Heard()
    for one in (job("WAITING_PRINTER", "PAPER_OUT"), job(doubt, "LINK_LOST"), job(doubt, "LINK_LOST")):
        prints.noted(one)
    assert prints.heard == [("stuck", "PAPER_OUT"), ("asked", "K1-000001")]
    assert (prints.stuck, prints.oldest_in_doubt) == ([], job(doubt, "LINK_LOST"))
    prints.noted(job("PRINTED_BY_OPERATOR"))
    assert prints.oldest_in_doubt is None


class Jobs(printing_pb2_grpc.PrintServiceServicer):
    """A gateway's print jobs as they stand."""

    def __init__(self, *jobs: printing_pb2.PrintJob) -> None:
        self.jobs = list(jobs)

    async def ListPrintJobs(
        self, request: printing_pb2.ListPrintJobsRequest, _context: object
    ) -> printing_pb2.ListPrintJobsResponse:
        chosen = [one for one in self.jobs if not request.states or one.state in request.states]
        return printing_pb2.ListPrintJobsResponse(jobs=chosen)

    async def WatchPrintJobs(
        self, _request: printing_pb2.WatchPrintJobsRequest, context: grpc.aio.ServicerContext[object, object]
    ) -> AsyncIterator[printing_pb2.WatchPrintJobsResponse]:
        await context.send_initial_metadata(())
        await asyncio.Event().wait()
        yield printing_pb2.WatchPrintJobsResponse()


@asynccontextmanager
async def calls_on(*jobs: printing_pb2.PrintJob) -> AsyncIterator[GatewayCalls]:
    server = grpc.aio.server()
    printing_pb2_grpc.add_PrintServiceServicer_to_server(Jobs(*jobs), server)  # type: ignore[abstract]
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    try:
        async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield GatewayCalls(lambda: channel, "kasse-1")
    finally:
        await server.stop(None)


async def test_what_ended_while_nobody_watched_is_told_by_the_next_watch() -> None:
    """The watch begins with open jobs: a receipt that came out while the line was down stayed stuck at the till."""
    async with (
        calls_on(job(PRINTED), job("CANCELLED", number=2)) as calls,
        aclosing(calls.watch_print_jobs(known=[job(PRINTED).job_id])) as watch,
    ):
        assert await anext(watch) == job(PRINTED)


async def test_stuck_jobs_are_those_of_this_register_oldest_first() -> None:
    newest_first = [
        job("BLOCKED", "PAPER_OUT", number=3),
        job(PRINTED, number=4),
        job("BLOCKED", "PAPER_OUT", number=2, register="kasse-2"),
        job("UNCERTAIN", number=1),
    ]
    async with calls_on(*newest_first) as calls:
        assert [one.title for one in await calls.stuck_print_jobs()] == ["K1-000001", "K1-000003"]


class ConnectedRegister(RegisterClient):
    """Believes that its gateway is there."""

    @property
    def state(self) -> RegisterState:
        return replace(super().state, connected=True)


class PaperGateway:
    """Tells the till of these jobs when it begins to watch."""

    def __init__(self, *jobs: printing_pb2.PrintJob) -> None:
        self.jobs = jobs
        self.told = asyncio.Event()

    async def watch_print_jobs(self, known: Collection[bytes] = ()) -> AsyncIterator[printing_pb2.PrintJob]:
        del known
        for one in self.jobs:
            yield one
        self.told.set()
        await asyncio.Event().wait()

    async def stuck_print_jobs(self) -> list[printing_pb2.PrintJob]:
        return [self.jobs[0]]


@pytest.mark.parametrize(
    ("language", "after_all"),
    [("de", "K1-000001 ist jetzt doch gedruckt"), ("en", "K1-000001 has been printed after all")],
)
async def test_the_till_says_what_to_do_and_that_it_came_out_and_its_status_says_it_again(
    tmp_path: Path, language: Language, after_all: str
) -> None:
    """With the paper out the till was silent: only the gateway's own list told of it."""
    stocked(tmp_path)
    gateway, shown = PaperGateway(job("BLOCKED", "PAPER_OUT"), job(PRINTED)), io.StringIO()

    async def lines() -> AsyncIterator[str]:
        await gateway.told.wait()
        yield "status"

    async with ConnectedRegister(tmp_path, open_channel=open_plainly) as register:
        register.gateway = gateway  # type: ignore[assignment]
        till = Till(register, SystemClock(), user_id="anna", user_name="Anna")
        await Terminal(register, till, language, Console(file=shown, width=200)).run(lines())
        await till.close()
    said = shown.getvalue().splitlines()
    assert said[2:5] == [f"{language} theke PAPER_OUT", "> ", after_all]
    assert said[-2] == f"{language} theke PAPER_OUT"
