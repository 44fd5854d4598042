"""Which transport serves which kind of address. A new medium adds one line here and one file in `drivers.transport`."""

from __future__ import annotations

from typing import assert_never

from drivers.transport.address import DeviceAddress, SerialAddress, TcpAddress, UsbAddress, UsblpAddress, parse_address
from drivers.transport.contract import OpenTransport, Transport
from drivers.transport.serial import SerialTransport
from drivers.transport.tcp import TcpTransport
from drivers.transport.usb import UsbTransport
from drivers.transport.usblp import UsblpTransport
from drivers.virtual.address import is_virtual


def transport_for(address: DeviceAddress) -> Transport:
    """A transport for the address, not opened yet."""
    match address:
        case TcpAddress():
            return TcpTransport(address)
        case SerialAddress():
            return SerialTransport(address)
        case UsbAddress():
            return UsbTransport(address)
        case UsblpAddress():
            return UsblpTransport(address)
        case _:
            assert_never(address)


def transport_factory(address: str) -> OpenTransport:
    """What an actor takes: a new, unopened transport per call. Raises AddressInvalid at once, not at the first call.

    A `virtual:` address is a printer here; `display_factory` and `scale_factory` have theirs.
    """
    if is_virtual(address):
        # Draws paper, for which it loads what no real printer needs.
        from drivers.virtual.inprocess import parse_virtual, virtual_factory

        return virtual_factory(parse_virtual(address))
    parsed = parse_address(address)
    return lambda: transport_for(parsed)


def display_factory(address: str, protocol: str) -> OpenTransport:
    """As `transport_factory`, for customer displays: a `virtual:` address is one that understands `protocol`."""
    if not is_virtual(address):
        return transport_factory(address)
    from drivers.virtual.small_inprocess import display_behind

    return display_behind(address, protocol)


def scale_factory(address: str, protocol: str) -> OpenTransport:
    """As `transport_factory`, for scales: a `virtual:` address is one that answers in `protocol`."""
    if not is_virtual(address):
        return transport_factory(address)
    from drivers.virtual.small_inprocess import scale_behind

    return scale_behind(address, protocol)
