"""Everything that can happen to a printer, as one table: what becomes of the receipt, what lies there, what people are told.

The whole way is real: gateway's store and desk, the actor, a socket or a pseudo terminal, and the virtual printer, which counts its paper.
USB has its own rows where its media are tested; the gateway's death at every step is tests/gateway/printing/test_kill_at_every_step.py.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from serial import Serial

from drivers.virtual.faults import Faults
from drivers.virtual.server import VirtualPrinterServer
from drivers.virtual.settings import PrinterSettings
from gateway.printing import Job, PrintState
from gateway.printing.advice import advice
from tests.gateway.printing.shop import Shop, device_at, open_shop, virtual_printer

LAST_LINE = "Vielen Dank für Ihren Einkauf!"
SLOW = PrinterSettings(speed_mm_s=400)
NOBODY_NEED_ACT = ""
SOUND = Faults()


@dataclass(frozen=True)
class Case:
    """What a row's fault is done to."""

    shop: Shop
    printer: VirtualPrinterServer
    event: bytes

    @property
    def job(self) -> Job:
        return self.shop.jobs_of(self.event)[0]


Happening = Callable[[Case], Awaitable[None]]


async def nothing(_case: Case) -> None:
    """The fault was there before."""


def while_printing(what: Callable[[VirtualPrinterServer], None]) -> Happening:
    """The receipt is in the printer, and not on paper yet."""

    async def happens(case: Case) -> None:
        await case.shop.reaches(case.event, PrintState.AWAITING)
        what(case.printer)

    return happens


async def cancelled_inside(case: Case) -> None:
    job = await case.shop.reaches(case.event, PrintState.WAITING_PRINTER)
    await case.shop.desk.cancel(job.job_id, "anna")


def healed(printer: VirtualPrinterServer) -> None:
    printer.set_faults(SOUND)


def healed_and_switched_on_again(printer: VirtualPrinterServer) -> None:
    healed(printer)
    printer.power_cycle()


@dataclass(frozen=True)
class Row:
    """`faults` from the start, then `happens`; the job reaches `state` for `reason`, and people read `de` and `en`.

    Then the fault is mended; a person is asked if the state asks one, and says `complete`; the job ends as `end`. On paper lie so many
    complete originals, copies, and pieces of either.
    """

    fault: str
    state: PrintState
    reason: str = ""
    de: str = NOBODY_NEED_ACT
    en: str = NOBODY_NEED_ACT
    faults: Faults = SOUND
    settings: PrinterSettings | None = None
    happens: Happening = nothing
    mended: Callable[[VirtualPrinterServer], None] = healed
    lines: int = 12
    complete: bool = False
    end: PrintState = PrintState.PRINTED
    proof: str | None = "process-id"
    paper: tuple[int, int, int] = (1, 0, 0)


BLOCKED, WAITING, UNCERTAIN = PrintState.BLOCKED, PrintState.WAITING_PRINTER, PrintState.UNCERTAIN
ASKED = ("Liegt der Bon vollständig vor?", "is the receipt there, complete?")
BROKEN = "Die Verbindung zum Drucker „bon“ ist abgerissen."
BrokenOff = partial(Row, end=PrintState.COPY, proof=None, paper=(0, 1, 1))

TABLE = (
    Row("none", PrintState.PRINTED),
    Row(
        "paper out before the receipt",
        BLOCKED, "PAPER_OUT", "hat kein Papier mehr. Bitte eine neue Rolle einlegen.", "Put in a new roll.",
        Faults(paper_out=True),
    ),
    Row(
        "cover open before the receipt",
        BLOCKED, "COVER_OPEN", "ist der Deckel offen. Bitte schließen.", "Please shut it.",
        Faults(cover_open=True),
    ),
    Row(
        "cutter jammed",
        BLOCKED, "CUTTER_ERROR", "klemmt das Schneidwerk.", "cutter of printer \"bon\" is jammed",
        Faults(cutter_error=True), mended=healed_and_switched_on_again,
    ),
    Row("head too hot", BLOCKED, "HEAD_HOT", "heiß", "hot", Faults(head_hot=True)),
    Row("paper near its end", PrintState.PRINTED, faults=Faults(paper_near_end=True)),
    Row(
        "paper out in the middle",
        WAITING, "PAPER_OUT", "Bitte nicht noch einmal drucken", "Do not print it again",
        Faults(paper_out_after_lines=10),
    ),
    Row(
        "cover opened in the middle",
        WAITING, "COVER_OPEN", "Bitte nicht noch einmal drucken", "Do not print it again",
        settings=SLOW, happens=while_printing(lambda printer: printer.switch("cover_open")),
    ),
    BrokenOff(
        "cancelled inside the printer",
        PrintState.PARTIAL, "CANCELLED", "mitten im Druck abgebrochen.", "cancelled in the middle of printing",
        Faults(paper_out_after_lines=10), happens=cancelled_inside,
    ),
    BrokenOff(
        "unplugged in the middle",
        UNCERTAIN, "LINK_LOST", BROKEN, "The connection to printer \"bon\" broke.",
        Faults(disconnect_after_bytes=700),
    ),
    BrokenOff(
        "power cut in the middle, buffers lost",
        UNCERTAIN, "LINK_LOST", BROKEN, ASKED[1],
        settings=SLOW, happens=while_printing(VirtualPrinterServer.power_cycle),
    ),
    BrokenOff(
        "stops reading",
        UNCERTAIN, "NOT_READING", "nahm mitten im Bon keine Daten mehr an.", "stopped taking data",
        Faults(stall_after_bytes=1500), lines=80,
    ),
    Row(
        "falls silent in the middle",
        UNCERTAIN, "ANSWER_OVERDUE", "hat den Druck nicht bestätigt.", "did not confirm the print.",
        happens=while_printing(lambda printer: printer.switch("mute_status")), settings=SLOW,
        complete=True, end=PrintState.PRINTED_BY_OPERATOR, proof=None,
    ),
    Row(
        "answers late",
        UNCERTAIN, "ANSWER_OVERDUE", ASKED[0], ASKED[1],
        settings=SLOW, happens=while_printing(lambda printer: printer.switch("process_id_delay_ms", 1200)),
        mended=lambda _printer: None,
    ),
    Row("answers no status at all", PrintState.SENT_UNVERIFIED, "NO_ANSWER", "meldet nichts zurück", "reports nothing back",
        Faults(mute_status=True), end=PrintState.SENT_UNVERIFIED, proof=None),
    Row("knows no process ids", PrintState.PRINTED, faults=Faults(no_process_ids=True), proof="processed"),
)  # fmt: skip
TCP_ONLY = (
    Row(
        "nobody listens",
        BLOCKED, "CONNECTION_REFUSED", "nimmt keine Verbindung an.", "refuses connections.",
        Faults(refuse_connections=True),
    ),
)  # fmt: skip
ROWS = [(front, row) for front in ("tcp", "pty") for row in TABLE] + [("tcp", row) for row in TCP_ONLY]


@pytest.mark.parametrize(("front", "row"), ROWS, ids=[f"{front}: {row.fault}" for front, row in ROWS])
async def test_what_a_fault_does_and_what_people_are_told(tmp_path: Path, front: str, row: Row) -> None:
    async with virtual_printer(tmp_path, front, settings=row.settings) as printer:
        device = device_at(printer)
        printer.set_faults(row.faults)
        async with open_shop(tmp_path, device) as shop:
            case = Case(shop, printer, await shop.sell(lines=row.lines))
            await row.happens(case)
            await shop.until(lambda: (case.job.state, case.job.reason) == (row.state, row.reason))
            told = case.job
            assert row.de in advice(told, "de")
            assert row.en in advice(told, "en")
            assert bool(advice(told, "de")) == bool(row.de)
            if told.state.asks_a_person:
                assert ASKED[0] in advice(told, "de")
            row.mended(printer)
            if told.state.asks_a_person and row.end is not PrintState.PRINTED:
                await shop.desk.resolve(told.job_id, row.complete, "anna")
            await shop.until(lambda: all(job.state.is_final and job.parted for job in shop.jobs_of(case.event)))
            ended = case.job
        printer.printer.tear_off(10**12)
    assert (ended.state, ended.proof) == (row.end, row.proof)
    assert on_paper(printer) == row.paper


def on_paper(printer: VirtualPrinterServer) -> tuple[int, int, int]:
    """Complete originals, complete copies, pieces."""
    slips = [slip for slip in printer.printer.slips if slip.text.strip()]
    whole = [slip for slip in slips if LAST_LINE in slip.text]
    return sum(not slip.copy for slip in whole), sum(slip.copy for slip in whole), len(slips) - len(whole)


async def test_a_line_that_another_program_holds_is_named(tmp_path: Path) -> None:
    async with virtual_printer(tmp_path, "pty") as printer:
        assert printer.pty_path is not None
        with Serial(str(printer.pty_path.resolve()), exclusive=True):
            async with open_shop(tmp_path, device_at(printer)) as shop:
                case = Case(shop, printer, await shop.sell())
                await shop.until(lambda: case.job.reason == "PORT_IN_USE")
                assert "benutzt gerade ein anderes Programm" in advice(case.job, "de")
        async with open_shop(tmp_path, device_at(printer)) as shop:
            await shop.reaches(case.event, PrintState.PRINTED)
