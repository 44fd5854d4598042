"""libusb as the USB transport needs it, on pyusb's binding of the C library: devices found afresh, transfers counted exactly.

pyusb's own device class resets the bus when it opens, keeps a list that is stale after a replug where no udevd runs, and
forgets how much of a write went out when the cable is pulled in the middle. So only its lowest layer is used, with a
library context of one's own per opening.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import usb.backend.libusb1
from usb.core import USBError

from drivers.errors import DeviceRefused, Reason
from drivers.transport.opening import not_opened
from drivers.transport.usb_identity import SeenUsb

PASSING: Final = frozenset({-7, -10})
"""LIBUSB_ERROR_TIMEOUT and _INTERRUPTED: the transfer ended early, the device is still there."""
PIPE_ERROR: Final = -9
_TEXT_SIZE: Final = 256


@dataclass(frozen=True, slots=True)
class Moved:
    """A transfer's end: how many bytes went over, and libusb's code (0 for all, else an error)."""

    count: int
    code: int

    @property
    def broken(self) -> bool:
        """Whether the device is gone or out of order."""
        return self.code < 0 and self.code not in PASSING


class LibUsb:
    """One context of the library: what was plugged in when it was made. Every call blocks."""

    def __init__(self, device: str) -> None:
        """Raises DeviceRefused when the library is not installed; `device` names the address in errors."""
        shared = usb.backend.libusb1.get_backend()
        if shared is None:
            raise DeviceRefused(Reason.LIBRARY_MISSING, device, "libusb-1.0")
        self._device = device
        self._calls = type(shared)(shared.lib)
        self._references: list[Any] = []

    def release(self) -> None:
        """Let go of the library's context; handles must be closed before."""
        for reference in self._references:  # one that outlives its context crashes the process when it is collected
            reference.finalize()
        self._references.clear()
        self._calls.finalize()

    def of_model(self, vendor: int, product: int) -> list[Any]:
        """Devices of a model, as the library's references."""
        listed = self._calls.enumerate_devices()
        found = list(listed)
        listed.finalize()
        self._references += found
        return [one for one in found if self._is_model(one, vendor, product)]

    def _is_model(self, reference: Any, vendor: int, product: int) -> bool:
        described = self._calls.get_device_descriptor(reference)
        return (described.idVendor, described.idProduct) == (vendor, product)

    def port(self, reference: Any) -> str:
        """The port path as the kernel names it: bus, then the ports of the hubs on the way."""
        described = self._calls.get_device_descriptor(reference)
        return f"{described.bus}-{'.'.join(map(str, described.port_numbers or ()))}"

    def seen(self, reference: Any, handle: Any | None) -> SeenUsb:
        """The device by what tells it from its twins; without a handle its serial number stays unknown."""
        return SeenUsb("" if handle is None else self._serial(reference, handle), self.port(reference))

    def _serial(self, reference: Any, handle: Any) -> str:
        index = self._calls.get_device_descriptor(reference).iSerialNumber
        if not index:
            return ""
        text = (ctypes.c_ubyte * _TEXT_SIZE)()
        length = self._calls.lib.libusb_get_string_descriptor_ascii(handle.handle, index, text, _TEXT_SIZE)
        return bytes(text[: max(0, length)]).decode("ascii", "replace")

    def open(self, reference: Any) -> Any:
        """A handle. Raises DeviceRefused or DeviceUnavailable."""
        with self.errors_named():
            return self._calls.open_device(reference)

    @contextmanager
    def errors_named(self) -> Iterator[None]:
        """What the library calls an errno becomes ours."""
        try:
            yield
        except USBError as error:
            raise not_opened(self._device, error.errno or 0, str(error)) from error

    @property
    def calls(self) -> Any:
        """The library's calls by pyusb's names."""
        return self._calls

    def transfer(self, handle: Any, endpoint: int, buffer: Any, patience_s: float) -> Moved:
        """Move bytes over a bulk endpoint, in or out. Never waits for ever: zero would mean that to the library."""
        moved = ctypes.c_int()
        milliseconds = max(1, int(patience_s * 1000))
        code = self._calls.lib.libusb_bulk_transfer(
            handle.handle, endpoint, buffer, len(buffer), ctypes.byref(moved), milliseconds
        )
        return Moved(moved.value, code)
