"""Serves one virtual printer over TCP and over a pseudo terminal, and keeps what comes out.

Every call into the printer happens on the event loop, so there are no locks. One TCP connection at a time; replies and
automatic status go to the link that was heard last.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from types import TracebackType
from typing import Any

from drivers.virtual.control import serve_control
from drivers.virtual.events import BytesLost, Complaint, Output, PrinterEvent
from drivers.virtual.faults import Faults
from drivers.virtual.folder import PaperFolder
from drivers.virtual.links import Link, PtyLink, TcpLink, listen
from drivers.virtual.pace import BITS_PER_BYTE, Pace
from drivers.virtual.paperwork import Paperwork
from drivers.virtual.printer import PrinterState, VirtualPrinter
from drivers.virtual.settings import Flow


class WhenBusy(StrEnum):
    """What a second host meets on TCP."""

    REFUSE = "refuse"
    """Its connection is reset."""

    WAIT = "wait"
    """It connects and is served when the first has gone."""


@dataclass(frozen=True, slots=True)
class Places:
    """Where the printer can be reached and where its paper goes; None leaves a place out. Port 0 takes a free one."""

    tcp: tuple[str, int] | None = None
    pty: Path | None = None
    paper: Path | None = None
    control: Path | None = None


class VirtualPrinterServer:
    """A virtual printer on the air: `async with VirtualPrinterServer(printer, Places(...)) as server`.

    `baud` makes all links as slow as a serial line. `on_event` hears everything that happens, on the event loop.
    Raises OSError when a place cannot be opened.
    """

    def __init__(
        self,
        printer: VirtualPrinter | None = None,
        places: Places | None = None,
        *,
        baud: int | None = None,
        when_busy: WhenBusy = WhenBusy.REFUSE,
        on_event: Callable[[PrinterEvent], None] | None = None,
    ) -> None:
        self.printer = printer or VirtualPrinter()
        self.places = places or Places(tcp=("127.0.0.1", 0))
        self.tcp_address: tuple[str, int] | None = None
        self._pace = Pace(baud) if baud else None
        self._slow: Pace | None = None
        self._when_busy = when_busy
        self._on_event = on_event
        self._links: dict[Link, asyncio.Task[None]] = {}
        self._latest: Link | None = None
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._serving = False
        self._control: asyncio.Server | None = None
        self._paperwork: Paperwork | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._connections = 0
        self._dirt: list[str] = []
        self._failure: BaseException | None = None

    async def __aenter__(self) -> VirtualPrinterServer:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    @property
    def pty_path(self) -> Path | None:
        """The device a serial host opens."""
        return self.places.pty

    @property
    def dirt(self) -> tuple[str, ...]:
        """What a clean test leaves empty: commands not understood, bytes lost, connections still open."""
        still_open = tuple(f"{link.name} is still connected" for link in self._links if not isinstance(link, PtyLink))
        return (*self._dirt, *still_open)

    async def start(self) -> None:
        """Open every place, or close what was opened and raise OSError."""
        try:
            if self.places.paper:
                self._paperwork = Paperwork(PaperFolder(self.places.paper, self.printer.settings.width))
            if self.places.control:
                self._control = await serve_control(self.places.control, self)
            self._serving = True
            self._follow_switches()
        except OSError:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything; what hangs out of the printer is torn off. Safe to call twice."""
        self._serving = False
        self._close_listener()
        for link in list(self._links):
            self._drop(link, abrupt=False)
        self._apply(self.printer.tear_off(_now()))
        if self._timer:
            self._timer.cancel()
        if self._control and self.places.control:
            self._control.close()
            self.places.control.unlink(missing_ok=True)
            self._control = None
        paperwork, self._paperwork = self._paperwork, None
        if paperwork:
            await paperwork.finish()
        failure, self._failure = self._failure, None
        if failure:
            raise failure

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for something to become true; looked at after everything that happens to the printer."""
        while not condition():
            waiter = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter

    async def paper_written(self) -> None:
        """Wait until the folder holds everything that has come out so far, or cannot be written to."""
        if self._paperwork:
            await self._paperwork.written()

    # The hand at the printer; see `drivers.virtual.control.Controlled`.

    def switch(self, name: str, value: object = True) -> None:
        """Put one fault switch into another position. Raises `UnknownFault`."""
        self._apply(self.printer.switch(name, value, _now()))

    def set_faults(self, faults: Faults) -> None:
        """Put all fault switches into these positions."""
        self._apply(self.printer.set_faults(faults, _now()))

    def power_cycle(self) -> None:
        """Off and on again; every link breaks."""
        self._apply(self.printer.power_cycle(_now()))

    def move_drawer(self, *, open_it: bool) -> None:
        """Open or shut the drawer by hand."""
        self._apply(self.printer.move_drawer(open_it, _now()))

    def state(self) -> PrinterState:
        """The printer at a glance."""
        return self.printer.state()

    # Links.

    def _follow_switches(self) -> None:
        """Be there, or not be there, as the switches say."""
        if not self._serving:
            return
        if self.printer.faults.refuse_connections:
            self._close_listener()
            if self._pty:
                self._drop(self._pty, abrupt=True)
        else:
            self._open_links()

    def _open_links(self) -> None:
        if self.places.tcp and not self._listener:
            host, port = self.places.tcp
            self._listener = listen(host, self.tcp_address[1] if self.tcp_address else port)
            address = self._listener.getsockname()
            self.tcp_address = (address[0], address[1])
            self._accepting = self._spawn(self._accept(self._listener))
        if self.places.pty and not self._pty:
            hold = self.printer.settings.flow is Flow.HOLD
            self._connected(PtyLink(self.places.pty, self._name("pty"), hold=hold))

    def _close_listener(self) -> None:
        if self._accepting and self._listener:
            self._accepting.cancel()
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._accepting = self._listener = None

    @property
    def in_use(self) -> bool:
        """Whether a host is connected; a serial device is always there and does not count."""
        return any(not isinstance(link, PtyLink) for link in self._links)

    def connect(self, link: Link) -> None:
        """Serve a host that comes by neither of the places."""
        self._connected(link)

    def _name(self, medium: str) -> str:
        self._connections += 1
        return f"{medium}-{self._connections}"

    @property
    def _pty(self) -> PtyLink | None:
        return next((link for link in self._links if isinstance(link, PtyLink)), None)

    async def _accept(self, listener: socket.socket) -> None:
        while True:
            if self._when_busy is WhenBusy.WAIT:
                await self.until(lambda: not self.in_use)
            connection, _ = await asyncio.get_running_loop().sock_accept(listener)
            link = TcpLink(connection, self._name("tcp"))
            if self.in_use:
                link.close(abrupt=True)
            else:
                self._connected(link)

    def _connected(self, link: Link) -> None:
        self._latest = link
        self._links[link] = self._spawn(self._pump(link))

    async def _pump(self, link: Link) -> None:
        """Carry bytes from a link to the printer until the link ends or is broken."""
        while link in self._links:
            await self.until(lambda: self.printer.intake(hold=link.hold) > 0)
            limit = self.printer.intake(hold=link.hold)
            pace = self._speed()
            data = await link.read(min(limit, pace.piece) if pace else limit)
            if not data:
                self._drop(link, abrupt=False)
                return
            if pace:
                await asyncio.sleep(pace.passed(len(data), time.monotonic()))
            self._latest = link
            self._apply(self.printer.receive(data, _now(), link.name))

    def _speed(self) -> Pace | None:
        baud = self.printer.faults.bytes_per_second * BITS_PER_BYTE
        if baud and (self._slow is None or self._slow.baud != baud):
            self._slow = Pace(baud)
        return self._slow if baud else self._pace

    def _drop(self, link: Link, *, abrupt: bool) -> None:
        pumping = self._links.pop(link)
        if pumping is not asyncio.current_task():
            pumping.cancel()
        link.close(abrupt=abrupt)
        self._apply(self.printer.disconnected(_now()))

    # What comes out.

    def _apply(self, output: Output) -> None:
        if output.write and self._latest is not None and self._latest in self._links:
            lost = self._latest.write(output.write)
            if lost:
                self._dirt.append(f"{lost} bytes of replies were not read by the host")
        for event in output.events:
            self._publish(event)
        if output.hang_up:
            for link in self._links:
                link.hang_up()
        if output.disconnect:
            for link in list(self._links):
                self._drop(link, abrupt=True)
        self._follow_switches()
        self._arm()
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _publish(self, event: PrinterEvent) -> None:
        if isinstance(event, Complaint):
            self._dirt.append(event.text)
        if isinstance(event, BytesLost):
            self._dirt.append(f"{event.count} bytes did not fit the receive buffer")
        if self._paperwork:
            self._paperwork.hand_in(event, time.time_ns() // 1_000_000)
        if self._on_event:
            self._on_event(event)

    def _arm(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None
        deadline = self.printer.next_deadline()
        if deadline is not None:
            delay = max(0, deadline - _now()) / 1000
            self._timer = asyncio.get_running_loop().call_later(delay, lambda: self._apply(self.printer.tick(_now())))

    def _spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[None]) -> None:
        if not task.cancelled() and task.exception():
            self._failure = self._failure or task.exception()


def _now() -> int:
    return time.monotonic_ns() // 1_000_000
