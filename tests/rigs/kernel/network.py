"""A till and a printer on a network of their own: two network namespaces of the running kernel and a virtual Ethernet cable.

The calling thread is the till's while the network exists; `at_printer` takes it to the other side, where servers are made. A
socket stays where it was made. Nothing has a name on the machine, so nothing is left behind by a test that is killed.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Final

TILL: Final = "10.91.0.1"
PRINTER: Final = "10.91.0.2"
_BITS: Final = "/24"
_LINK: Final = "cable"
_NEW_NETWORK: Final = 0x40000000  # CLONE_NEWNET, sched.h
_TOOLS: Final = {"ip": "iproute2", "tc": "iproute2", "nft": "nftables"}


@cache
def missing() -> str | None:
    """Why there can be no such network on this machine, None when there can."""
    absent = sorted({package for tool, package in _TOOLS.items() if shutil.which(tool) is None})
    if absent:
        return f"not installed (apt): {' '.join(absent)}"
    try:
        with Network() as network:
            network.crawl(1_000_000)
            network.lose_every(5)
    except (AttributeError, OSError) as error:
        return f"network namespaces need root and a kernel that has them: {error}"
    except subprocess.CalledProcessError as error:
        return f"this kernel has not all of a network: {error}: {error.stderr.decode(errors='replace').strip()}"
    return None


class Network:
    """Both ends and the cable between them. Enter and leave it in the same thread."""

    def __enter__(self) -> Network:
        with ExitStack() as undo:
            self._home = _opened(undo, _own_namespace())
            self._till = _opened(undo, self._till_made())
            undo.callback(_go, self._home)
            self._printer = _opened(undo, _namespace())
            other_end = f"/proc/{os.getpid()}/fd/{self._printer}"
            _run("ip", "link", "add", _LINK, "type", "veth", "peer", "name", _LINK, "netns", other_end)
            _set_up(TILL)
            with self.at_printer():
                _set_up(PRINTER)
            self._undo = undo.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._undo.close()

    def _till_made(self) -> int:
        made = _namespace()
        _go(made)
        return made

    @contextmanager
    def at_printer(self) -> Iterator[None]:
        """Be at the printer's end for a moment; sockets made here are the printer's."""
        _go(self._printer)
        try:
            yield
        finally:
            _go(self._till)

    def listen(self, window: int = 4096, port: int = 9100) -> socket.socket:
        """A printer's listening socket."""
        with self.at_printer():
            listener = socket.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind((PRINTER, port))
            listener.listen()
            listener.setblocking(False)
            return listener

    def pull(self) -> None:
        """Pull the cable out of the printer: both ends see that there is no link."""
        with self.at_printer():
            _run("ip", "link", "set", _LINK, "down")

    def plug(self) -> None:
        """Put it back."""
        with self.at_printer():
            _run("ip", "link", "set", _LINK, "up")

    def vanish(self) -> None:
        """The printer is gone behind a switch: the till's link stays up, and nobody answers."""
        with self.at_printer():
            _run("ip", "address", "del", PRINTER + _BITS, "dev", _LINK)

    def appear(self) -> None:
        """It is there again."""
        with self.at_printer():
            _run("ip", "address", "add", PRINTER + _BITS, "dev", _LINK)

    def crawl(self, bits_per_second: int) -> None:
        """Make the till's way to the printer slow."""
        _run(
            "tc", "qdisc", "add", "dev", _LINK, "root", "tbf",
            "rate", f"{bits_per_second}bit", "burst", "2kb", "latency", "1s",
        )  # fmt: skip

    def lose_every(self, count: int) -> None:
        """Lose each so-manieth packet that arrives, at both ends: the same ones every time."""
        hook = "type filter hook input priority 0;"
        rule = f"table inet loss {{ chain arriving {{ {hook} numgen inc mod {count} 0 drop; }}; }}"
        _run("nft", rule)
        with self.at_printer():
            _run("nft", rule)


def _own_namespace() -> int:
    return os.open(Path(f"/proc/self/task/{threading.get_native_id()}/ns/net"), os.O_RDONLY | os.O_CLOEXEC)


def _namespace() -> int:
    """A descriptor of a new one. It is made by a thread, as the maker of a namespace stands in it."""
    made: list[int | OSError] = []

    def make() -> None:
        try:
            _system_call("unshare", _NEW_NETWORK)
            made.append(_own_namespace())
        except OSError as error:
            made.append(error)

    maker = threading.Thread(target=make)
    maker.start()
    maker.join()
    if isinstance(made[0], OSError):
        raise made[0]
    return made[0]


def _opened(undo: ExitStack, descriptor: int) -> int:
    undo.callback(os.close, descriptor)
    return descriptor


def _go(namespace: int) -> None:
    _system_call("setns", namespace, _NEW_NETWORK)


def _system_call(name: str, *arguments: int) -> None:
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)


def _set_up(address: str) -> None:
    _run("ip", "address", "add", address + _BITS, "dev", _LINK)
    _run("ip", "link", "set", _LINK, "up")
    _run("ip", "link", "set", "lo", "up")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
