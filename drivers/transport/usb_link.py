"""An open USB printer, claimed and counted, in blocking calls; a thread of its owner's makes them.

The kernel's `usblp` is detached and gets the printer back at the end. There is no bus reset: the printer would see a
disconnect and lose what it has not printed.
"""

from __future__ import annotations

import contextlib
import ctypes
import time
from threading import Event
from typing import Any, Final

from usb.core import USBError

from drivers.errors import DeviceError, DeviceRefused, LinkLost, Reason
from drivers.transport.libusb import PIPE_ERROR, LibUsb
from drivers.transport.usb_identity import UsbIdentity, choose
from drivers.transport.usb_interface import UsbInterface, interfaces_of, printer_interface

CHUNK: Final = 4096
SLICE_S: Final = 0.25
"""A write looks up this often whether it was called off."""
READ_SIZE: Final = 512
"""A multiple of every bulk packet size: with less, an answer that does not fit is an error instead of an answer."""


class UsbLink:
    """Whoever writes and whoever reads may be two threads; `close` comes after both."""

    def __init__(self, library: LibUsb, handle: Any, interface: UsbInterface, device: str) -> None:
        self._library, self._handle, self._interface, self._device = library, handle, interface, device
        self._took_from_kernel = False

    def claim(self) -> None:
        """Take the interface from the kernel's driver, and from nobody else. Raises DeviceUnavailable."""
        calls, number = self._library.calls, self._interface.number
        with self._library.errors_named():
            with contextlib.suppress(NotImplementedError):  # only Linux has drivers to take a device from
                if calls.is_kernel_driver_active(self._handle, number):
                    calls.detach_kernel_driver(self._handle, number)
                    self._took_from_kernel = True
            calls.claim_interface(self._handle, number)
            if self._interface.alternate:
                calls.set_interface_altsetting(self._handle, number, self._interface.alternate)

    def write(self, data: bytes, until: float, stop: Event) -> int:
        """Return the bytes the printer took until then (monotonic seconds); LinkLost only when there was not one."""
        sent, endpoint = 0, self._interface.endpoint_out or 0
        while sent < len(data) and not stop.is_set() and (left := until - time.monotonic()) > 0:
            chunk = data[sent : sent + CHUNK]
            buffer = (ctypes.c_ubyte * len(chunk)).from_buffer_copy(chunk)
            moved = self._library.transfer(self._handle, endpoint, buffer, min(left, SLICE_S))
            sent += moved.count
            if moved.broken:
                lost = self._lost(moved.code, endpoint)
                if not sent:
                    raise lost
                break
        return sent

    def read(self, patience_s: float) -> bytes:
        """What the printer says within that time, b"" for nothing. Raises LinkLost."""
        buffer = (ctypes.c_ubyte * READ_SIZE)()
        endpoint = self._interface.endpoint_in or 0
        moved = self._library.transfer(self._handle, endpoint, buffer, patience_s)
        if moved.broken and not moved.count:
            raise self._lost(moved.code, endpoint)
        return bytes(buffer[: moved.count])

    def _lost(self, code: int, endpoint: int) -> LinkLost:
        if code == PIPE_ERROR:  # halted: without this the next opening would find it so
            with contextlib.suppress(USBError):  # gone for good: the error below says so
                self._library.calls.clear_halt(self._handle, endpoint)
        return LinkLost(self._device, f"libusb error {code}")

    def close(self) -> None:
        """Give everything back. On an unplugged device there is nobody to give it to."""
        calls, number = self._library.calls, self._interface.number
        with contextlib.suppress(USBError):
            calls.release_interface(self._handle, number)
            if self._took_from_kernel:
                calls.attach_kernel_driver(self._handle, number)
        calls.close_device(self._handle)
        self._library.release()


def open_link(identity: UsbIdentity, device: str) -> UsbLink:
    """Find the printer and claim it. Raises DeviceUnavailable (absent, in use) or DeviceRefused (rights, ambiguous, no printer)."""
    library = LibUsb(device)
    try:
        handle, configuration = _find(library, identity, device)
        try:
            interface = printer_interface(interfaces_of(configuration))
            if interface is None:
                raise DeviceRefused(Reason.NO_PRINTER_INTERFACE, device, "no bulk endpoints for both ways")
            link = UsbLink(library, handle, interface, device)
            link.claim()
        except BaseException:
            library.calls.close_device(handle)
            raise
    except BaseException:
        library.release()
        raise
    return link


def _find(library: LibUsb, identity: UsbIdentity, device: str) -> tuple[Any, Any]:
    """A handle of the one device that is meant, and its configuration's descriptor."""
    references = library.of_model(identity.vendor, identity.product)
    if identity.port is not None:
        references = [one for one in references if library.port(one) == identity.port]
    handles: list[Any] = []
    try:
        refusal = _open_each(library, references, handles)
        opened = [(one, handle) for one, handle in zip(references, handles, strict=True) if handle is not None]
        try:
            chosen = choose(identity, [library.seen(one, handle) for one, handle in opened], device)
        except DeviceError as error:
            raise refusal or error from None
        reference, handle = opened[chosen]
        configuration = _configured(library, reference, handle)
    except BaseException:
        _close(library, handles)
        raise
    _close(library, [other for other in handles if other is not handle])
    return handle, configuration


def _open_each(library: LibUsb, references: list[Any], handles: list[Any]) -> DeviceError | None:
    """Fill in a handle or None for each; returns the last refusal, which explains why a device could not be recognised."""
    refusal: DeviceError | None = None
    for reference in references:
        try:
            handles.append(library.open(reference))
        except DeviceError as error:
            refusal = error
            handles.append(None)
    return refusal


def _close(library: LibUsb, handles: list[Any]) -> None:
    for handle in handles:
        if handle is not None:
            library.calls.close_device(handle)


def _configured(library: LibUsb, reference: Any, handle: Any) -> Any:
    """The active configuration's descriptor; a device that has none active gets its first."""
    calls = library.calls
    with library.errors_named():
        active = calls.get_configuration(handle)
        count = calls.get_device_descriptor(reference).bNumConfigurations
        descriptors = [calls.get_configuration_descriptor(reference, index) for index in range(count)]
        for descriptor in descriptors:
            if descriptor.bConfigurationValue == active:
                return descriptor
        calls.set_configuration(handle, descriptors[0].bConfigurationValue)
    return descriptors[0]
