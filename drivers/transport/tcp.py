"""Raw TCP printing, usually on port 9100.

Traps this avoids: closing with unread status bytes resets the connection and the printer loses what it has not yet read;
the first write after the peer's FIN "succeeds"; a peer that stopped reading hides how much it took.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from drivers.errors import DeviceRefused, DeviceUnavailable, LinkLost, Reason
from drivers.transport.address import TcpAddress
from drivers.transport.descriptor import read_some, read_to_end, write_counted


@dataclass(frozen=True, slots=True)
class Vigilance:
    """How soon a printer that is gone without a word is given up.

    `unacknowledged_ms` (TCP_USER_TIMEOUT) runs from the first byte the printer does not take. It ends a link to a printer that
    is gone, which the kernel would believe in for a quarter of an hour otherwise. Measured: a printer that is there and keeps
    its window shut is given up just the same, and what the kernel had accepted for it is thrown away. So it must do for a
    person who changes the paper of a printer that cannot say so, or puts a cable back, and no longer: until it is over,
    receipts go to a printer that is not there, and one that came back waits for the kernel's next attempt.

    A link on which nothing is sent is asked every `interval_s` after `idle_s`. When it is given up `unacknowledged_ms` says
    too; `probes` counts only on systems without TCP_USER_TIMEOUT.
    """

    unacknowledged_ms: int = 60_000
    idle_s: int = 30
    interval_s: int = 5
    probes: int = 3


_Found = tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[object, ...]]

_REASONS: Final = {
    errno.ECONNREFUSED: Reason.CONNECTION_REFUSED,
    errno.ECONNRESET: Reason.CONNECTION_REFUSED,
    errno.ETIMEDOUT: Reason.CONNECTION_TIMEOUT,
    errno.EHOSTUNREACH: Reason.CONNECTION_TIMEOUT,
    errno.ENETUNREACH: Reason.CONNECTION_TIMEOUT,
}


class TcpTransport:
    """One connection to a raw TCP printer. Many printers serve one connection only: refused may mean "in use"."""

    def __init__(self, address: TcpAddress, vigilance: Vigilance | None = None) -> None:
        self._address, self._vigilance = address, vigilance or Vigilance()
        self._socket: socket.socket | None = None

    @property
    def address(self) -> str:
        """The address as configured."""
        return str(self._address)

    async def open(self, deadline: float) -> None:
        """Connect to the first address of the name that answers. A host that no name can be is DeviceRefused."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout_at(deadline):
                found = await loop.getaddrinfo(self._address.host, self._address.port, type=socket.SOCK_STREAM)
                self._socket = await self._connect_first(found)
        except TimeoutError as error:
            raise DeviceUnavailable(Reason.CONNECTION_TIMEOUT, self.address) from error
        except socket.gaierror as error:
            raise DeviceUnavailable(Reason.HOST_UNKNOWN, self.address, str(error)) from error
        except UnicodeError as error:
            # The resolver's own for a name that it cannot even ask for, and no OSError.
            raise DeviceRefused(Reason.HOST_UNKNOWN, self.address, str(error)) from error
        except OSError as error:
            reason = _REASONS.get(error.errno or 0, Reason.CONNECTION_REFUSED)
            raise DeviceUnavailable(reason, self.address, str(error)) from error

    async def _connect_first(self, found: Sequence[_Found]) -> socket.socket:
        failure: OSError | None = None
        for family, kind, protocol, _name, address in found:
            candidate = socket.socket(family, kind, protocol)
            try:
                candidate.setblocking(False)
                _watch_over(candidate, self._vigilance)
                await asyncio.get_running_loop().sock_connect(candidate, address)
            except OSError as error:
                candidate.close()
                failure = error
            except BaseException:
                candidate.close()
                raise
            else:
                return candidate
        raise failure or OSError(errno.EHOSTUNREACH, "the name has no address")

    async def send(self, data: bytes, deadline: float) -> int:
        """Write what the peer's window takes, after a look whether the peer is still there."""
        link = self._link()
        self._refuse_if_peer_left(link)
        return await write_counted(link.fileno(), data, deadline, self.address)

    def _refuse_if_peer_left(self, link: socket.socket) -> None:
        try:
            gone = link.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            return
        except OSError as error:
            raise LinkLost(self.address, str(error)) from error
        if gone:
            raise LinkLost(self.address, "closed by the other side")

    async def read(self, deadline: float) -> bytes:
        """Read what the printer said; its FIN is LinkLost."""
        return await read_some(self._link().fileno(), deadline, self.address)

    async def close(self, deadline: float) -> bytes:
        """Announce the end, read up to the printer's own end, and only then close."""
        link, self._socket = self._socket, None
        if link is None:
            return b""
        try:
            with contextlib.suppress(OSError):  # the link is dead already: nothing left to announce
                link.shutdown(socket.SHUT_WR)
            return await read_to_end(link.fileno(), deadline, self.address)
        finally:
            link.close()

    def _link(self) -> socket.socket:
        if self._socket is None:
            raise LinkLost(self.address, "not open")
        return self._socket


def _watch_over(link: socket.socket, vigilance: Vigilance) -> None:
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    link.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (
        ("TCP_KEEPIDLE", vigilance.idle_s),
        ("TCP_KEEPINTVL", vigilance.interval_s),
        ("TCP_KEEPCNT", vigilance.probes),
        ("TCP_USER_TIMEOUT", vigilance.unacknowledged_ms),
    ):
        option = getattr(socket, name, None)  # not every platform has all of them
        if option is not None:
            link.setsockopt(socket.IPPROTO_TCP, option, value)
