"""One USB printer behind its device file: the kernel's requests answered live, and its faults by number of bytes taken."""

from __future__ import annotations

import errno
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import GLib, UMockdev  # noqa: E402  the version must be chosen first

from tests.drivers.fake_printer import FakePrinter  # noqa: E402
from tests.rigs.usb.descriptors import PACKET, Plug  # noqa: E402
from tests.rigs.usb.usbdevfs import (  # noqa: E402
    CAPABILITIES,
    FULL_SPEED,
    IS_INPUT,
    SETUP_SIZE,
    URB_ACTUAL,
    URB_BUFFER,
    URB_SIZE,
    URB_STATUS,
    Forwarded,
    Request,
    UrbType,
    urb_head,
)

REAP_PAUSE_MS: Final = 2
"""The stand-in for a node is always ready for poll(): without a pause libusb would turn in circles."""

STATUS_BUFFER: Final = 128
"""What a printer keeps for a host that does not listen; the rest is dropped (Epson EU-m30 guide, p. 16)."""

_Answer = Callable[[int, int], None]
"""Completes a request with a result and an errno."""


@dataclass
class Faults:
    """None is healthy. After so many bytes: takes no more, or is gone. `bytes_per_second`: slow. `busy`: claimed by another.
    `halted`: refuses what is written until the host clears that.
    `empty_packets`: so many empty answers come before the next one that says something.
    """

    stall_after: int | None = None
    unplug_after: int | None = None
    bytes_per_second: int | None = None
    busy: bool = False
    halted: bool = False
    empty_packets: int = 0


@dataclass(eq=False)
class Transfer:
    """A request block of the host that is under way."""

    block: Any
    buffer: Any
    kind: int
    endpoint: int
    length: int
    began: float = field(default_factory=time.monotonic)
    actual: int = 0
    status: int = 0


class UsbPrinter(UMockdev.IoctlBase):  # type: ignore[misc]  # the bindings come without types
    """What the host did to it is in plain fields, for the tests to look at."""

    __gtype_name__ = "BranchgateUsbPrinter"

    def prepare(self, plug: Plug, printer: FakePrinter, gone: Callable[[], None]) -> None:
        """Tell it who it is; GObject's own constructor takes no arguments. `gone` is called when it unplugs itself."""
        self.plug, self.printer, self._tell_gone = plug, printer, gone
        self.faults = Faults()
        self.received = bytearray()
        self.dropped = 0
        self.resets = 0
        self.claims = 0
        self.claimed = False
        self.kernel_driver = "usblp" if plug.interface_class == 7 else ""
        self.unplugged = False
        self._under_way: list[Transfer] = []
        self._done: list[Transfer] = []

    def say(self, data: bytes) -> None:
        """Put bytes into the printer's mouth."""
        self.printer.out += data
        self._move()
        self._keep_what_fits()

    def pull(self) -> None:
        """Be unplugged: every transfer under way ends."""
        self.unplugged = True
        self._move()

    def do_handle_ioctl(self, client: Any) -> bool:
        """Umockdev's entry: answers at once or, for a reap with nothing done, a moment later."""
        request, argument = client.get_request() & 0xFFFFFFFF, client.get_arg()
        if self.unplugged and request not in {Request.REAP_URB, Request.REAP_URB_AT_ONCE, Request.DISCARD_URB}:
            client.complete(-1, errno.ENODEV)
            return True
        handlers: dict[int, Callable[[Any, _Answer], None]] = {
            Request.SUBMIT_URB: self._submit,
            Request.DISCARD_URB: self._discard,
            Request.REAP_URB: self._reap,
            Request.REAP_URB_AT_ONCE: self._reap,
            Request.GET_DRIVER: self._get_driver,
            Request.FORWARD: self._forward,
            Request.CLAIM_INTERFACE: self._claim,
        }
        if request in handlers:
            handlers[request](argument, client.complete)
        elif request == Request.GET_CAPABILITIES:
            argument.resolve(0, 4).update(0, struct.pack("I", CAPABILITIES))
            client.complete(0, 0)
        elif request == Request.GET_SPEED:
            client.complete(FULL_SPEED, 0)
        elif request in set(Request):
            self.resets += request == Request.RESET
            self.claimed = self.claimed and request != Request.RELEASE_INTERFACE
            self.faults.halted = self.faults.halted and request != Request.CLEAR_HALT
            client.complete(0, 0)
        else:
            client.complete(-1, errno.ENOTTY)
        return True

    # -- who has the interface ---------------------------------------------------------------------------------------

    def _get_driver(self, argument: Any, answer: _Answer) -> None:
        if not self.kernel_driver:
            return answer(-1, errno.ENODATA)
        argument.resolve(0, 260).update(4, self.kernel_driver.encode() + b"\0")
        return answer(0, 0)

    def _forward(self, argument: Any, answer: _Answer) -> None:
        _interface, code = struct.unpack_from("ii", bytes(argument.resolve(0, 16).retrieve()))
        self.kernel_driver = {Forwarded.DISCONNECT: "", Forwarded.CONNECT: "usblp"}.get(code, self.kernel_driver)
        answer(0, 0)

    def _claim(self, _argument: Any, answer: _Answer) -> None:
        if self.faults.busy or self.kernel_driver:
            return answer(-1, errno.EBUSY)
        self.claims += 1
        self.claimed = True
        return answer(0, 0)

    # -- transfers ---------------------------------------------------------------------------------------------------

    def _submit(self, argument: Any, answer: _Answer) -> None:
        block = argument.resolve(0, URB_SIZE)
        kind, endpoint, length = urb_head(bytes(block.retrieve()))
        buffer = block.resolve(URB_BUFFER, length) if length else None
        self._under_way.append(Transfer(block, buffer, kind, endpoint, length))
        self._move()
        answer(0, 0)

    def _discard(self, argument: Any, answer: _Answer) -> None:
        address = struct.unpack("Q", bytes(argument.retrieve())[:8])[0]
        for transfer in self._under_way:
            if transfer.block.client_addr == address:
                self._finish(transfer, -errno.ENOENT)
                return answer(0, 0)
        return answer(-1, errno.EINVAL)

    def _reap(self, argument: Any, answer: _Answer) -> None:
        self._move()
        if self._done:
            transfer = self._done.pop(0)
            transfer.block.update(URB_STATUS, struct.pack("i", transfer.status))
            transfer.block.update(URB_ACTUAL, struct.pack("i", transfer.actual))
            argument.resolve(0, 8).set_ptr(0, transfer.block)
            answer(0, 0)
        elif self.unplugged:
            answer(-1, errno.ENODEV)
        else:
            GLib.timeout_add(REAP_PAUSE_MS, _once(lambda: answer(-1, errno.EAGAIN)))

    def _finish(self, transfer: Transfer, status: int = 0) -> None:
        transfer.status = status
        self._under_way.remove(transfer)
        self._done.append(transfer)

    def _move(self) -> None:
        for transfer in list(self._under_way):
            if self.unplugged:
                self._finish(transfer, -errno.ESHUTDOWN)
            elif transfer.kind == UrbType.CONTROL:
                self._control(transfer)
            elif transfer.endpoint == self.plug.endpoint_out:
                self._take(transfer)
            elif transfer.endpoint == self.plug.endpoint_in:
                self._give(transfer)
            else:
                self._finish(transfer, -errno.ENOENT)

    def _control(self, transfer: Transfer) -> None:
        kind, request, value, _index, length = struct.unpack("<BBHHH", bytes(transfer.buffer.retrieve())[:SETUP_SIZE])
        known = {(IS_INPUT, 6): lambda: self._descriptor(value >> 8, value & 0xFF)}
        reply = known.get((kind, request), lambda: b"")()[:length]
        if not reply:
            return self._finish(transfer, -errno.EPIPE)
        transfer.buffer.update(SETUP_SIZE, reply)
        transfer.actual = len(reply)
        return self._finish(transfer)

    def _descriptor(self, kind: int, number: int) -> bytes:
        if kind == 1:
            return self.plug.device_descriptor()
        if kind == 2:
            return self.plug.configuration_descriptor()
        if kind == 3 and number == 0:
            return b"\x04\x03\x09\x04"  # the one language: English
        text = self.plug.strings().get(number, "").encode("utf-16le")
        return bytes((len(text) + 2, 3)) + text if text else b""

    def _give(self, transfer: Transfer) -> None:
        if self.faults.empty_packets:
            self.faults.empty_packets -= 1
            self._finish(transfer)
        elif said := bytes(self.printer.out[: min(transfer.length, PACKET)]):
            del self.printer.out[: len(said)]
            transfer.buffer.update(0, said)
            transfer.actual = len(said)
            self._finish(transfer)

    def _take(self, transfer: Transfer) -> None:
        if self.faults.halted:
            return self._finish(transfer, -errno.EPIPE)
        data = bytes(transfer.buffer.retrieve()) if transfer.buffer else b""
        due = self._due(transfer)
        if due > transfer.actual:
            self._accept(data[transfer.actual : due])
            transfer.actual = due
        limit = self.faults.unplug_after
        if limit is not None and due < len(data) and limit - len(self.received) < PACKET:
            self._finish(transfer, -errno.ESHUTDOWN)
            self.pull()
            self._tell_gone()
        elif due == len(data):
            self._finish(transfer)
        return None

    def _due(self, transfer: Transfer) -> int:
        """How much of the transfer the printer has taken by now, in whole packets."""
        due = transfer.length
        if self.faults.bytes_per_second:
            due = min(due, int((time.monotonic() - transfer.began) * self.faults.bytes_per_second))
        for limit in (self.faults.stall_after, self.faults.unplug_after):
            if limit is not None:
                due = min(due, max(0, transfer.actual + limit - len(self.received)))
        return due if due == transfer.length else max(transfer.actual, due // PACKET * PACKET)

    def _accept(self, data: bytes) -> None:
        self.received += data
        self.printer.feed(data)
        self._keep_what_fits()

    def _keep_what_fits(self) -> None:
        self.dropped += max(0, len(self.printer.out) - STATUS_BUFFER)
        del self.printer.out[STATUS_BUFFER:]


def _once(action: Callable[[], None]) -> Callable[[], bool]:
    def tick() -> bool:
        action()
        return False

    return tick
