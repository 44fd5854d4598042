"""The virtual receipt printer: an ESC/POS printer with drawer as a pure state machine.

Bytes and a time (milliseconds of any steady clock) go in; bytes for the host, events and the wish to break the link come
out. The rules modelled here are those a driver can trip over, after the Epson ESC/POS reference:

- bytes wait in a receive buffer while the printer is offline or busy; real-time commands act on reception all the same;
- GS ( H and GS r are answered in order with the print data, and GS ( H not before the line it follows is on paper;
- ESC p waits in the buffer like print data, DLE DC4 1 does not;
- ESC @ resets modes and automatic status; power off loses buffers, settings and the line being built.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

from drivers.escpos.status import RealTimeQuery
from drivers.virtual import replies
from drivers.virtual.condition import Condition
from drivers.virtual.drawer import VirtualDrawer
from drivers.virtual.events import BuffersCleared, BytesLost, DrawerMoved, DrawerPulsed, Output, PowerCycled
from drivers.virtual.faults import Faults
from drivers.virtual.mechanism import Mechanism, is_process_id
from drivers.virtual.outbox import Outbox
from drivers.virtual.paper import Interruption, PaperCount, Slip, count_receipts
from drivers.virtual.realtime import RealTime, RealTimeCommand, RealTimeScanner
from drivers.virtual.reception import ReceiveBuffer
from drivers.virtual.settings import PrinterSettings
from drivers.virtual.switchboard import Switchboard
from drivers.virtual.tokenizer import Token

LINK_LOST: Final = "link lost"  # a mark between the bytes of two connections, not a command
CLEAR_BUFFERS: Final = b"\x02"
DRIVE_PINS: Final = {0: 2, 48: 2, 1: 5, 49: 5}


@dataclass(frozen=True, slots=True)
class PrinterState:
    """A look at everything: for tests, the control channel and people."""

    condition: Condition
    faults: Faults
    boot: int
    buffered_bytes: int
    drawer_open: bool
    lines: int
    cuts: int
    slips: int
    receipts: dict[str, PaperCount]


class VirtualPrinter:
    """One printer. Its owner calls `receive` with what a link read, and `tick` at `next_deadline`."""

    def __init__(self, settings: PrinterSettings | None = None, faults: Faults | None = None) -> None:
        self.settings = settings or PrinterSettings()
        self.boot = 1
        self._switches = Switchboard(faults or Faults())
        self._outbox = Outbox(self._switches)
        self._buffer = ReceiveBuffer(self.settings)
        self._scanner = RealTimeScanner()
        self._drawer = VirtualDrawer(self.settings.drawer_pin, self.settings.drawer_shuts_after_ms)
        self._mechanism = Mechanism(self.settings, self._switches, self._outbox)
        self._cutter_waits = self.faults.cutter_error
        self._broken = self.faults.unrecoverable_error

    @property
    def faults(self) -> Faults:
        """The fault switches as they stand; counted ones count down."""
        return self._switches.faults

    @property
    def slips(self) -> list[Slip]:
        """What has been cut off or given up so far, oldest first."""
        return self._mechanism.slips

    # What the owner of the links calls.

    def receive(self, data: bytes, now: int, connection: str = "") -> Output:
        """Take bytes from a link. Give no more than `intake` allows, or lose what does not fit."""
        self._settle(now)
        self._mechanism.connection = connection
        if not self._buffer:
            self._mechanism.wait_until(now)
        data = self._switches.arrived(data)
        while data and self._buffer.room > 0:
            piece, data = data[: self._buffer.room], data[self._buffer.room :]
            self._take(piece, now)
        if data:
            self._outbox.tell(BytesLost(len(data)))
        return self._output(now)

    def disconnected(self, now: int) -> Output:
        """The link ended: what was begun over it will not be finished."""
        self._settle(now)
        self._outbox.link_gone()
        self._switches.link_gone()
        self._buffer.mark(Token(LINK_LOST, b""))
        self._run(now)
        return self._output(now)

    def tick(self, now: int) -> Output:
        """Do what is due: printing that takes time, late replies, the person at the drawer."""
        self._settle(now)
        return self._output(now)

    def next_deadline(self) -> int | None:
        """When `tick` has something to do, if nothing else happens before."""
        waiting = self._outbox.deadlines
        if self._buffer and not self._condition.offline:
            waiting.append(self._mechanism.busy_until)
        shuts_at = self._drawer.shuts_at(self.faults)
        if shuts_at is not None:
            waiting.append(shuts_at)
        return math.ceil(min(waiting)) if waiting else None

    def intake(self, *, hold: bool) -> int:
        """How many bytes a link may read now; `hold` when the host can be made to wait."""
        if self.faults.busy_when_offline and self._condition.offline:
            return 0
        room, limit = self._buffer.intake(hold=hold), self._switches.link_limit()
        return room if limit is None else min(room, limit)

    # What a person, a test or the control channel does.

    def switch(self, name: str, value: object, now: int) -> Output:
        """Put one fault switch into another position. Raises `UnknownFault`."""
        return self.set_faults(self.faults.switched(name, value), now)

    def set_faults(self, faults: Faults, now: int) -> Output:
        """Put all fault switches into these positions."""
        self._settle(now)
        self._switches.set(faults)
        self._cutter_waits = self._cutter_waits or faults.cutter_error
        self._broken = self._broken or faults.unrecoverable_error
        self._resume(now)
        return self._output(now)

    def power_cycle(self, now: int) -> Output:
        """Off and on again: buffers, settings and the line being built are lost, links break, counters stay."""
        self._settle(now)
        self._mechanism.give_up(Interruption.POWER, self.boot, now)
        self.boot += 1
        self._buffer.clear()
        self._scanner = RealTimeScanner()
        self._outbox.forget()
        self._mechanism.initialise()
        self._mechanism.wait_until(now)
        self._cutter_waits = self.faults.cutter_error
        self._broken = self.faults.unrecoverable_error
        self._outbox.tell(PowerCycled(self.boot))
        return replace(self._output(now), disconnect=True)

    def move_drawer(self, open_it: bool, now: int) -> Output:
        """A hand opens or shuts the drawer."""
        self._settle(now)
        if self._drawer.move(open_it, self.faults, now):
            self._outbox.tell(DrawerMoved(open_it))
        return self._output(now)

    def tear_off(self, now: int) -> Output:
        """A hand tears off what hangs out uncut, for example when the printer is put away."""
        self._settle(now)
        self._mechanism.give_up(Interruption.STOPPED, self.boot, now)
        return self._output(now)

    def receipts(self) -> dict[str, PaperCount]:
        """Unmarked originals and copies on paper, by receipt number."""
        return count_receipts(self.slips)

    def state(self) -> PrinterState:
        """Everything at a glance."""
        return PrinterState(
            condition=self._condition,
            faults=self.faults,
            boot=self.boot,
            buffered_bytes=self._buffer.used,
            drawer_open=self._drawer.is_open,
            lines=self._mechanism.lines,
            cuts=self._mechanism.cuts,
            slips=len(self.slips),
            receipts=self.receipts(),
        )

    # How it works.

    @property
    def _condition(self) -> Condition:
        faults = self.faults
        return Condition(
            cover_open=faults.cover_open,
            paper_end=faults.paper_out,
            near_end=faults.paper_near_end,
            cutter_error=self._cutter_waits,
            head_hot=faults.head_hot,
            unrecoverable=self._broken,
            feeding=faults.feed_button,
            pin_3_high=self._drawer.pin_3_high(faults),
        )

    def _take(self, piece: bytes, now: int) -> None:
        at = 0
        for command in self._scanner.scan(piece):
            self._store(piece[at : command.end], now)
            at = command.end
            self._act(command, now)
        self._store(piece[at:], now)

    def _store(self, data: bytes, now: int) -> None:
        for token in self._buffer.store(data):
            if self.faults.early_process_ids and is_process_id(token):
                self._outbox.answer(token.body[5:9], now)
        self._run(now)

    def _act(self, command: RealTimeCommand, now: int) -> None:
        match command.kind:
            case RealTime.STATUS if not self.faults.no_real_time_status:
                self._outbox.send(bytes((self._condition.real_time(RealTimeQuery(command.parameters[0])),)))
            case RealTime.BASIC_ASB if not self.faults.no_automatic_status:
                self._outbox.send(self._condition.asb())
            case RealTime.PULSE if self._mechanism.real_time_pulses and not self._condition.error:
                self._pulse(command.parameters[0], now, real_time=True)
            case RealTime.CLEAR:
                self._clear_buffers()
                self._outbox.send(replies.BUFFERS_CLEARED)
            case RealTime.RECOVER if self._cutter_waits and not self.faults.cutter_error:
                self._cutter_waits = False
                if command.parameters == CLEAR_BUFFERS:
                    self._clear_buffers()
                self._resume(now)

    def _clear_buffers(self) -> None:
        self._outbox.tell(BuffersCleared(self._buffer.clear()))
        self._mechanism.clear()

    def _settle(self, now: int) -> None:
        """Do what was due up to now."""
        self._run(now)
        self._outbox.send_due(now)
        shuts_at = self._drawer.shuts_at(self.faults)
        if shuts_at is not None and shuts_at <= now and self._drawer.move(False, self.faults, now):
            self._outbox.tell(DrawerMoved(False))

    def _resume(self, now: int) -> None:
        """Go on after a state in which time did not count."""
        self._mechanism.wait_until(now)
        self._run(now)

    @property
    def _can_print(self) -> bool:
        return not self._condition.offline

    def _run(self, now: int) -> None:
        while self._buffer and self._mechanism.busy_until <= now and self._can_print:
            self._execute(self._buffer.next(), now)
        if not self._buffer and self._mechanism.busy_until <= now and self._can_print:
            self._buffer.drained()

    def _execute(self, token: Token, now: int) -> None:
        match token.name:
            case "ESC p":
                self._pulse(token.body[0], now, real_time=False)
            case "GS r":
                if not self.faults.no_ordered_status:
                    self._outbox.send(self._condition.ordered(token.body[0]))
            case "GS a":
                self._outbox.send(self._mechanism.automatic_status(token.body[0], self._condition))
            case name if name == LINK_LOST:
                self._mechanism.interrupted(Interruption.LINK)
            case _:
                self._mechanism.execute(token, self.boot, now)

    def _pulse(self, connector: int, now: int, *, real_time: bool) -> None:
        connection = self._mechanism.connection
        pin = DRIVE_PINS.get(connector)
        opened = pin is not None and self._drawer.pulse(pin, self.faults, now)
        self._outbox.tell(DrawerPulsed(pin or connector, real_time, opened, connection))
        if opened:
            self._outbox.tell(DrawerMoved(True, connection))

    def _output(self, now: int) -> Output:
        self._outbox.send_due(now)
        self._outbox.send(self._mechanism.changed_status(self._condition))
        return self._outbox.take(self._buffer.handshake(), now)
