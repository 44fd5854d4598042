"""Two ways to reach the virtual printer: a TCP connection, and the printer's end of a pseudo terminal.

A link reads no more than it is asked for, so that what the printer has not taken stays with the kernel or the host. Replies
go out at once or are lost, as from the small status buffer of a printer whose host does not read.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pty
import socket
import struct
import tty
from pathlib import Path
from typing import Final, Protocol

# A receive window as small as a network interface's; the rest waits at the host.
WINDOW: Final = 4096
ABORT: Final = struct.pack("ii", 1, 0)


class Link(Protocol):
    """One host's way to the printer."""

    name: str
    hold: bool
    """Whether the host waits when nothing is read."""

    async def read(self, limit: int) -> bytes:
        """Up to `limit` bytes; none when the link has ended."""

    def write(self, data: bytes) -> int:
        """Send a reply; return how many bytes were lost."""

    def hang_up(self) -> None:
        """Tell the host that the printer will say no more."""

    def close(self, *, abrupt: bool) -> None:
        """End the link, in order or as if the cable were pulled."""


class TcpLink:
    """An accepted connection."""

    def __init__(self, connection: socket.socket, name: str) -> None:
        self.name = name
        self.hold = True
        self._socket = connection
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    async def read(self, limit: int) -> bytes:
        """Up to `limit` bytes; none when the peer has closed or vanished."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._socket, limit)
        except OSError:
            return b""

    def write(self, data: bytes) -> int:
        """Send a reply; return how many bytes were lost."""
        try:
            return len(data) - self._socket.send(data)
        except OSError:
            return len(data)

    def hang_up(self) -> None:
        """Send a FIN; the host may go on sending."""
        with contextlib.suppress(OSError):  # it was faster
            self._socket.shutdown(socket.SHUT_WR)

    def close(self, *, abrupt: bool) -> None:
        """Close the connection, by a reset if abrupt."""
        if abrupt:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()


class PtyLink:
    """A pseudo terminal in raw mode; `path` is a symbolic link to the host's end.

    The host's end is kept open here as well: without it, reading fails whenever no host has the device open.
    """

    def __init__(self, path: Path, name: str, *, hold: bool) -> None:
        self.name = name
        self.hold = hold
        self._path = path
        self._printer, self._host = pty.openpty()
        tty.setraw(self._host)
        os.set_blocking(self._printer, False)
        path.unlink(missing_ok=True)
        path.symlink_to(os.ttyname(self._host))

    async def read(self, limit: int) -> bytes:
        """Up to `limit` bytes; none when the link was closed from this side."""
        loop = asyncio.get_running_loop()
        readable = loop.create_future()
        loop.add_reader(self._printer, _settle, readable)
        try:
            await readable
            return os.read(self._printer, limit)
        except OSError:
            return b""
        finally:
            if self._printer >= 0:
                loop.remove_reader(self._printer)

    def write(self, data: bytes) -> int:
        """Send a reply; return how many bytes were lost."""
        try:
            return len(data) - os.write(self._printer, data)
        except OSError:
            return len(data)

    def hang_up(self) -> None:
        """A serial line has no end that could be told."""

    def close(self, *, abrupt: bool) -> None:
        """Take the device away; a host that has it open gets an input/output error."""
        asyncio.get_running_loop().remove_reader(self._printer)
        os.close(self._printer)
        os.close(self._host)
        self._printer = self._host = -1
        self._path.unlink(missing_ok=True)


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket with a small receive window. Raises OSError when the address is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW)
        listener.setblocking(False)
        listener.bind((host, port))
        listener.listen(8)
    except OSError as cause:
        listener.close()
        raise OSError(cause.errno, cause.strerror, f"{host}:{port}") from cause
    return listener
