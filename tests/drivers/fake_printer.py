"""A small scripted printer for the actor's tests: a core without I/O, and a TCP and a pty front for it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import re
import tty
from dataclasses import dataclass, field

_TOKENS = re.compile(
    rb"\x1d\(H\x06\x0000(?P<pid>.{4})|\x1dg2\x00(?P<counter>..)|\x1dr(?P<ordered>\x01)|\x1da(?P<asb>.)"
    rb"|\x1dV[\x41\x42](?P<cut>.)|\x1b(?P<init>@)|\x1bp(?P<kick>...)|\x1d\(k(?P<code>..)|\x1dI(?P<name>.)",
    re.DOTALL,
)
_REAL_TIME = re.compile(
    rb"\x10\x04(?P<query>[\x01-\x04])|\x10\x14\x01(?P<pulse>..)|\x10\x14\x08\x01\x03\x14\x01\x06\x02(?P<clear>\x08)",
    re.DOTALL,
)


@dataclass
class FakePrinter:
    """What it can do and what is wrong with it are plain fields; tests change them and call `refresh`."""

    process_ids: bool = True
    ordered: bool = True
    counter: int | None = 100
    mute: bool = False
    reports: bool = True
    paper_out: bool = False
    cover_open: bool = False
    drawer_works: bool = True
    drawer_open: bool = False
    paper_out_after_bytes: int | None = None
    deaf_to_fences: bool = False
    model: str = "fake"
    asked: int = 0
    buffer: bytearray = field(default_factory=bytearray)
    paper: bytearray = field(default_factory=bytearray)
    pulses: int = 0
    cuts: int = 0
    asb: bool = False
    out: bytearray = field(default_factory=bytearray)

    @property
    def offline(self) -> bool:
        return self.paper_out or self.cover_open

    def feed(self, data: bytes) -> None:
        for match in _REAL_TIME.finditer(data):
            self._real_time(match)
        self.buffer += _REAL_TIME.sub(b"", data) if b"\x10" in data else data
        self._print()

    def refresh(self) -> None:
        """Something was changed by hand: report it and go on printing."""
        if self.asb and self.reports:
            self._say(self._unit())
        self._print()

    def power_cycle(self) -> None:
        self.buffer.clear()
        self.asb = False

    def _real_time(self, match: re.Match[bytes]) -> None:
        if match["query"]:
            self._say(bytes((self._eot(match["query"][0]),)))
        elif match["pulse"]:
            self.pulses += 1
            self.drawer_open = self.drawer_open or self.drawer_works
            self.refresh()
        else:
            self.buffer.clear()
            self._say(b"\x37\x25\x00")

    def _print(self) -> None:
        while self.buffer and not self.offline:
            match = _TOKENS.search(bytes(self.buffer))
            upto = match.start() if match else len(self.buffer)
            ink = self.buffer[:upto].replace(b"\x00", b"")  # NUL prints nothing
            limit = self.paper_out_after_bytes
            if limit is not None and len(self.paper) + len(ink) > limit:
                self.paper_out, self.paper_out_after_bytes = True, None
                self.refresh()
                return
            self.paper += ink
            del self.buffer[: match.end() if match else upto]
            if match:
                self._command(match)

    def _command(self, match: re.Match[bytes]) -> None:
        kind = match.lastgroup
        self.asked += kind == "pid"
        if kind == "name" and self.model:
            self._say(b"\x5f" + self.model.encode() + b"\x00")
        elif kind == "pid" and self.process_ids and not self.deaf_to_fences:
            self._say(b"\x37\x22" + match["pid"] + b"\x00")
        elif kind == "ordered" and self.ordered and not self.deaf_to_fences:
            self._say(b"\x00")
        elif kind == "counter" and self.counter is not None:
            self._say(b"\x5f" + str(self.counter).encode() + b"\x00")
        elif kind == "asb":
            self.asb = True
            self.refresh()
        elif kind == "cut":
            self.cuts += 1
            self.counter = None if self.counter is None else self.counter + 1
        elif kind == "code":
            size = int.from_bytes(match["code"], "little")
            self.paper += self.buffer[:size]
            del self.buffer[:size]

    def _say(self, data: bytes) -> None:
        if not self.mute:
            self.out += data

    def _eot(self, query: int) -> int:
        flags = {
            1: (0 if self.drawer_open else 0x04) | (0x08 if self.offline else 0),
            2: (0x04 if self.cover_open else 0) | (0x20 if self.paper_out else 0),
            3: 0,
            4: 0x60 if self.paper_out else 0,
        }
        return 0x12 | flags[query]

    def _unit(self) -> bytes:
        first = 0x10 | (0 if self.drawer_open else 0x04) | (0x08 if self.offline else 0)
        return bytes((first | (0x20 if self.cover_open else 0), 0, 0x0C if self.paper_out else 0, 0))


class Front:
    """What both ways to reach a fake printer have in common: faults by number of bytes received."""

    address: str

    def __init__(self, printer: FakePrinter) -> None:
        self.printer = printer
        self.received = 0
        self.links = 0
        self.stall_after: int | None = None
        self.unplug_after: int | None = None

    def refresh(self) -> None:
        """Let the printer speak after its fields were changed."""
        self.printer.refresh()
        self._flush()

    def _flush(self) -> None:
        raise NotImplementedError

    def _quota(self) -> int:
        limits = [limit - self.received for limit in (self.stall_after, self.unplug_after) if limit is not None]
        return min([4096, *limits])

    def _took(self, data: bytes) -> None:
        self.received += len(data)
        self.printer.feed(data)


class TcpFront(Front):
    """The printer on a TCP port."""

    def __init__(self, printer: FakePrinter) -> None:
        super().__init__(printer)
        self._server: asyncio.Server | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._writers: list[asyncio.StreamWriter] = []
        self._handlers: list[asyncio.Task[None]] = []
        self._port = 0

    async def __aenter__(self) -> TcpFront:
        await self.listen()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.vanish()

    async def listen(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.address = f"tcp://127.0.0.1:{self._port}"

    async def vanish(self) -> None:
        """Refuse connections from now on, and reset the one there is."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for handler in self._handlers:
            with contextlib.suppress(ConnectionError):
                await handler
        for writer in self._writers:
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def unplug(self) -> None:
        if self._writer is not None:
            self._writer.transport.abort()
        self.unplug_after = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.links += 1
        self._writer = writer
        self._writers.append(writer)
        handler = asyncio.current_task()
        assert handler is not None
        self._handlers.append(handler)
        with contextlib.suppress(ConnectionError):
            while True:
                quota = self._quota()
                if quota <= 0:
                    if self.unplug_after is not None:
                        self.unplug()
                        return
                    await writer.wait_closed()
                    return
                data = await reader.read(quota)
                if not data:
                    break
                self._took(data)
                self._flush()
        writer.close()

    def _flush(self) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(bytes(self.printer.out))
        self.printer.out.clear()


class PtyFront(Front):
    """The printer on a pseudo terminal."""

    def __init__(self, printer: FakePrinter, flow: str = "none") -> None:
        super().__init__(printer)
        self._flow = flow
        self._master = self._slave = -1

    async def __aenter__(self) -> PtyFront:
        self._plug()
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._pull()

    def _plug(self) -> None:
        self._master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        os.set_blocking(self._master, False)
        self.address = f"serial://{os.ttyname(self._slave)}?baud=38400&flow={self._flow}"
        asyncio.get_running_loop().add_reader(self._master, self._readable)

    def unplug(self) -> None:
        """Pull the cable and plug it in again: a fresh line under a new name."""
        self._pull()
        self.unplug_after = None
        self.links += 1
        self._plug()

    def _pull(self) -> None:
        asyncio.get_running_loop().remove_reader(self._master)
        os.close(self._slave)
        os.close(self._master)

    def _readable(self) -> None:
        quota = self._quota()
        if quota <= 0:
            asyncio.get_running_loop().remove_reader(self._master)
            return
        try:
            data = os.read(self._master, quota)
        except BlockingIOError:
            return
        self._took(data)
        self._flush()
        if self._quota() <= 0 and self.unplug_after is not None:
            self.unplug()

    def _flush(self) -> None:
        os.write(self._master, bytes(self.printer.out))
        self.printer.out.clear()
