"""One physical device, as it was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import parse_qsl, urlsplit


class Medium(StrEnum):
    """The scheme of an address."""

    SERIAL = "serial"
    USB = "usb"
    USBLP = "usblp"


class Kind(StrEnum):
    """What a device probably is; a guess, because printers tell a USB host little and serial lines tell nothing."""

    PRINTER = "printer"
    SERIAL_LINE = "serial-line"
    """A port or an adapter: what hangs at its other end cannot be seen from here."""

    INPUT = "input"
    """A keyboard, or a scanner that plays one."""

    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """One physical device and every way to it.

    address: the suggested one, by serial number where that is unique, else by port; empty when no medium of ours reaches it.
    port: the USB port path (`1-1.4`), empty for ports of the machine itself. addresses: all of them, the suggested one first.
    nodes: device nodes and the links to them. attachment: another one after every replug, empty for built-in ports.
    """

    address: str
    medium: Medium | None
    vendor_id: int | None
    product_id: int | None
    maker: str
    model: str
    serial: str
    port: str
    kind_guess: Kind
    addresses: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    attachment: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """The same for the same device as long as it stays plugged in, whatever drivers do to its nodes meanwhile."""
        place = self.attachment or self.nodes
        return self.vendor_id, self.product_id, self.serial, self.port, place

    def is_reached_by(self, address: str) -> bool:
        """Whether a configured address means this device, however it is written."""
        try:
            parts = urlsplit(address.strip())
        except ValueError:
            return False
        path = parts.netloc + parts.path
        if parts.scheme in (Medium.SERIAL, Medium.USBLP) and path.startswith("/"):
            return path in self.nodes
        if parts.scheme not in (Medium.USB, Medium.USBLP) or self.vendor_id is None or self.product_id is None:
            return False
        options = dict(parse_qsl(parts.query))
        return (
            path.strip("/").lower() == f"{self.vendor_id:04x}:{self.product_id:04x}"
            and options.get("serial", self.serial) == self.serial
            and options.get("port", self.port) == self.port
        )
