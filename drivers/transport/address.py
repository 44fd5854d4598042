"""Device addresses as people write them: `tcp://192.168.1.50:9100`, `serial:///dev/ttyUSB0?baud=38400&flow=rtscts`,
`usb://04b8:0202?serial=J4FF012345`, `usblp:///dev/usb/lp0`.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from drivers.errors import AddressInvalid
from drivers.transport.usb_identity import UsbIdentity, parse_identity

RAW_PRINT_PORT: Final = 9100
BAUD_RATES: Final = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800)


class FlowControl(StrEnum):
    """How a serial printer says "wait".

    RTSCTS is right for a printer in DTR/DSR mode on a full null-modem cable, because its RTS pin follows DTR (Epson
    TM-T88V, TM-T20II technical references). NONE loses bytes silently once the printer's buffer is full.
    """

    RTSCTS = "rtscts"
    XONXOFF = "xonxoff"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class TcpAddress:
    """A raw TCP printer."""

    host: str
    port: int = RAW_PRINT_PORT

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"tcp://{host}:{self.port}"


class Parity(StrEnum):
    """The bit that shows a damaged character. Printers go without; scales have EVEN or ODD, and it is all the protection they have."""

    NONE = "none"
    EVEN = "even"
    ODD = "odd"


@dataclass(frozen=True, slots=True)
class SerialAddress:
    """A device on a serial line. The usual form is that of printers and displays: 8 data bits, no parity, 1 stop bit."""

    path: str
    baud: int = 38400
    flow: FlowControl = FlowControl.RTSCTS
    bits: int = 8
    parity: Parity = Parity.NONE
    stop: int = 1

    def __str__(self) -> str:
        usual = (self.bits, self.parity, self.stop) == (8, Parity.NONE, 1)
        form = "" if usual else f"&bits={self.bits}&parity={self.parity}&stop={self.stop}"
        return f"serial://{self.path}?baud={self.baud}&flow={self.flow}{form}"


@dataclass(frozen=True, slots=True)
class UsbAddress:
    """A USB printer that the process talks to itself, through libusb."""

    identity: UsbIdentity

    def __str__(self) -> str:
        return f"usb://{self.identity}"


@dataclass(frozen=True, slots=True)
class UsblpAddress:
    """A USB printer through the kernel's `usblp`, by device file or by what it is."""

    target: str | UsbIdentity

    def __str__(self) -> str:
        return f"usblp://{self.target}"


_SERIAL_OPTIONS: Final = {
    "baud": tuple(map(str, BAUD_RATES)),
    "flow": tuple(FlowControl),
    "bits": ("7", "8"),
    "parity": tuple(Parity),
    "stop": ("1", "2"),
}
_USUAL_SERIAL: Final = {"baud": "38400", "flow": "rtscts", "bits": "8", "parity": "none", "stop": "1"}

_LABEL: Final = re.compile(r"[\w-]{1,63}")
_LONGEST_HOST: Final = 253
"""Of a name, and 63 characters between two dots (RFC 1035); Python's resolver raises UnicodeError for what breaks this."""

DeviceAddress = TcpAddress | SerialAddress | UsbAddress | UsblpAddress


def parse_address(text: str) -> DeviceAddress:
    """Read an address. Raises AddressInvalid naming the field, the value and the rule."""
    try:
        parts = urlsplit(text.strip())
    except ValueError as error:
        raise AddressInvalid(text, "address", text, f"is not an address: {error}") from error
    if parts.scheme == "tcp":
        return _parse_tcp(text, parts)
    if parts.scheme == "serial":
        return _parse_serial(text, parts)
    if parts.scheme == "usb":
        return UsbAddress(parse_identity(text, parts))
    if parts.scheme == "usblp":
        return _parse_usblp(text, parts)
    rule = "must be tcp://, serial://, usb://, usblp:// or virtual:"
    raise AddressInvalid(text, "scheme", parts.scheme, rule)


def _parse_tcp(text: str, parts: SplitResult) -> TcpAddress:
    if not parts.hostname:
        raise AddressInvalid(text, "host", "", "is missing; write tcp://192.168.1.50:9100")
    if not _may_be_a_host(parts.hostname):
        rule = "must be an IP address or a name: letters, digits and dashes with single dots between them"
        raise AddressInvalid(text, "host", parts.hostname, rule)
    if parts.path.strip("/") or parts.query or parts.username:
        raise AddressInvalid(text, "address", text, "a TCP address is tcp://HOST:PORT and nothing more")
    try:
        port = RAW_PRINT_PORT if parts.port is None else parts.port
    except ValueError as error:
        raise AddressInvalid(
            text, "port", parts.netloc.rpartition(":")[2], "must be a number from 1 to 65535"
        ) from error
    if port == 0:
        raise AddressInvalid(text, "port", "0", "must be a number from 1 to 65535")
    return TcpAddress(parts.hostname, port)


def _may_be_a_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    if ":" in host or all(label.isdecimal() for label in labels):
        return _is_ip_address(host)
    if not all(map(_LABEL.fullmatch, labels)):
        return False
    try:
        return len(host.encode("idna")) <= _LONGEST_HOST
    except UnicodeError:
        return False


def _is_ip_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _check_path(text: str, path: str) -> None:
    if not path.isprintable():
        raise AddressInvalid(text, "path", path, "must be a path without control characters")


def _parse_serial(text: str, parts: SplitResult) -> SerialAddress:
    path = parts.netloc + parts.path
    if not path.strip("/"):
        raise AddressInvalid(text, "path", path, "is missing; write serial:///dev/ttyUSB0")
    _check_path(text, path)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - set(_SERIAL_OPTIONS))
    if unknown:
        rule = f"is not an option; there are {', '.join(_SERIAL_OPTIONS)}"
        raise AddressInvalid(text, unknown[0], options[unknown[0]], rule)
    chosen = _USUAL_SERIAL | options
    for name, value in chosen.items():
        if value not in _SERIAL_OPTIONS[name]:
            raise AddressInvalid(text, name, value, f"must be one of {', '.join(_SERIAL_OPTIONS[name])}")
    return SerialAddress(
        path,
        int(chosen["baud"]),
        FlowControl(chosen["flow"]),
        int(chosen["bits"]),
        Parity(chosen["parity"]),
        int(chosen["stop"]),
    )


def _parse_usblp(text: str, parts: SplitResult) -> UsblpAddress:
    if parts.netloc:
        return UsblpAddress(parse_identity(text, parts))
    if not parts.path.strip("/"):
        raise AddressInvalid(text, "path", parts.path, "is missing; write usblp:///dev/usb/lp0 or usblp://04b8:0e28")
    if parts.query:
        raise AddressInvalid(text, "path", f"{parts.path}?{parts.query}", "a device file takes no options")
    _check_path(text, parts.path)
    return UsblpAddress(parts.path)
