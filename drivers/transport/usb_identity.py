"""Which of the plugged-in USB devices is meant: `04b8:0202`, told apart by serial number or by the port it hangs in.

Device numbers change with every replug and `/dev/usb/lp*` with the order of plugging; only these two stay. Many clones
share one serial number: for them the port is the name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, parse_qsl, quote

from drivers.errors import AddressInvalid, DeviceRefused, DeviceUnavailable, Reason

_IDS: Final = re.compile(r"([0-9a-f]{4}):([0-9a-f]{4})", re.IGNORECASE)
_PORT: Final = re.compile(r"[0-9]+-[0-9]+(\.[0-9]+)*")


@dataclass(frozen=True, slots=True)
class UsbIdentity:
    """Vendor and product, and at most one of: the device's serial number, the port path as the kernel writes it (`1-1.4`)."""

    vendor: int
    product: int
    serial: str | None = None
    port: str | None = None

    def __str__(self) -> str:
        ids = f"{self.vendor:04x}:{self.product:04x}"
        if self.serial is not None:
            return f"{ids}?serial={quote(self.serial, safe='')}"
        return ids if self.port is None else f"{ids}?port={self.port}"

    def fits(self, seen: SeenUsb) -> bool:
        """Whether serial number or port are the ones asked for; without either every device of the model is."""
        return self.serial in {None, seen.serial} and self.port in {None, seen.port}


@dataclass(frozen=True, slots=True)
class SeenUsb:
    """A plugged-in device of the wanted model. `serial` is empty when the device has none."""

    serial: str
    port: str

    def __str__(self) -> str:
        return f"serial={self.serial or '-'} port={self.port}"


def choose(identity: UsbIdentity, seen: Sequence[SeenUsb], device: str) -> int:
    """The index of the device that is meant. DeviceUnavailable when it is not there, DeviceRefused when it could be several."""
    fitting = [index for index, one in enumerate(seen) if identity.fits(one)]
    if not fitting:
        others = f"there are {'; '.join(map(str, seen))}" if seen else "nothing of that model is plugged in"
        raise DeviceUnavailable(Reason.DEVICE_ABSENT, device, others)
    if len(fitting) > 1:
        several = "; ".join(str(seen[index]) for index in fitting)
        raise DeviceRefused(Reason.DEVICE_AMBIGUOUS, device, f"several fit, add serial or port: {several}")
    return fitting[0]


def parse_identity(text: str, parts: SplitResult) -> UsbIdentity:
    """Read what follows `usb://`. Raises AddressInvalid."""
    ids = _IDS.fullmatch(parts.netloc)
    if ids is None or parts.path.strip("/"):
        rule = "must be vendor and product as lsusb shows them: 04b8:0202"
        raise AddressInvalid(text, "device", parts.netloc + parts.path, rule)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - {"serial", "port"})
    if unknown:
        raise AddressInvalid(text, unknown[0], options[unknown[0]], "is not an option; there are serial and port")
    serial, port = options.get("serial"), options.get("port")
    if serial is not None and port is not None:
        raise AddressInvalid(text, "port", port, "serial or port, not both")
    if serial == "":
        raise AddressInvalid(text, "serial", serial, "is empty; a device without serial number is named by its port")
    if port is not None and not _PORT.fullmatch(port):
        raise AddressInvalid(text, "port", port, "must be a port path as in /sys/bus/usb/devices: 1-1.4")
    return UsbIdentity(int(ids[1], 16), int(ids[2], 16), serial, port)
