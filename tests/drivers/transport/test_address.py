"""Device addresses: what is read, and what a wrong one says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import AddressInvalid
from drivers.transport.address import (
    BAUD_RATES,
    DeviceAddress,
    FlowControl,
    Parity,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    UsblpAddress,
    parse_address,
)
from drivers.transport.usb_identity import UsbIdentity


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://192.168.1.50", TcpAddress("192.168.1.50", 9100)),
        ("tcp://bondrucker.local:9101", TcpAddress("bondrucker.local", 9101)),
        ("tcp://[fe80::1]:9100", TcpAddress("fe80::1", 9100)),
        ("serial:///dev/ttyUSB0", SerialAddress("/dev/ttyUSB0", 38400, FlowControl.RTSCTS)),
        ("serial:///dev/ttyS1?baud=9600&flow=xonxoff", SerialAddress("/dev/ttyS1", 9600, FlowControl.XONXOFF)),
        ("usb://04B8:0e28", UsbAddress(UsbIdentity(0x04B8, 0x0E28))),
        ("usb://04b8:0202?serial=J4FF012345", UsbAddress(UsbIdentity(0x04B8, 0x0202, serial="J4FF012345"))),
        ("usb://0416:5011?port=1-1.4", UsbAddress(UsbIdentity(0x0416, 0x5011, port="1-1.4"))),
        ("usblp:///dev/usb/lp0", UsblpAddress("/dev/usb/lp0")),
        ("usblp://04b8:0e28?port=3-2", UsblpAddress(UsbIdentity(0x04B8, 0x0E28, port="3-2"))),
    ],
)
def test_addresses_are_read(text: str, address: DeviceAddress) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "scheme"),
        ("lpt://1", "scheme"),
        ("tcp://", "host"),
        ("tcp://printer:0", "port"),
        ("tcp://printer:99999", "port"),
        ("tcp://printer:abc", "port"),
        ("tcp://printer/queue", "address"),
        ("tcp://[broken", "address"),
        ("tcp://192.168.1.500", "host"),
        ("tcp://192.168.1", "host"),
        ("serial://", "path"),
        ("serial:///dev/ttyS0?baud=fast", "baud"),
        ("serial:///dev/ttyS0?baud=12345", "baud"),
        ("serial:///dev/ttyS0?flow=maybe", "flow"),
        ("serial:///dev/ttyS0?dtr=on", "dtr"),
        ("usb://", "device"),
        ("usb://epson", "device"),
        ("usb://04b8:02020", "device"),
        ("usb://04b8:0202/1", "device"),
        ("usb://04b8:0202?bus=1", "bus"),
        ("usb://04b8:0202?serial=", "serial"),
        ("usb://04b8:0202?port=1", "port"),
        ("usb://04b8:0202?serial=J4FF&port=1-1", "port"),
        ("usblp://", "path"),
        ("usblp://lp0", "device"),
        ("usblp:///dev/usb/lp0?serial=J4FF", "path"),
    ],
)
def test_a_wrong_address_names_field_and_rule(text: str, field: str) -> None:
    with pytest.raises(AddressInvalid) as caught:
        parse_address(text)
    assert caught.value.field == field
    assert caught.value.rule


@pytest.mark.parametrize(
    "host",
    [
        "192.168.1..50",
        ".printer",
        "printer..",
        "x" * 64,
        ".".join(["x" * 60] * 5),
        "my printer",
        "a\0b",
        "a%b",
        "-ä" * 40,
    ],
    ids=range(9),
)
def test_a_host_that_the_resolver_cannot_ask_for_is_refused(host: str) -> None:
    """`192.168.1..50` passed: the resolver's UnicodeError ended the printer's task again and again, and no fallback got its receipts."""
    with pytest.raises(AddressInvalid) as caught:
        parse_address(f"tcp://{host}:9100")
    assert (caught.value.field, caught.value.value) == ("host", host)


@pytest.mark.parametrize("host", ["bon_drucker", "küche.local", "drucker-2.", "::1", "fe80::1%eth0", "x" * 63])
def test_a_host_that_can_be_is_taken(host: str) -> None:
    assert parse_address(str(TcpAddress(host))) == TcpAddress(host)


@pytest.mark.parametrize("text", ["serial:///dev/tty\0USB0", "usblp:///dev/usb/lp\0"])
def test_a_path_that_no_file_can_have_is_refused(text: str) -> None:
    """A NUL in a path ended the device's task with ValueError at every attempt."""
    with pytest.raises(AddressInvalid, match="path"):
        parse_address(text)


@given(st.text(min_size=1))
def test_every_host_that_passes_can_be_asked_for(host: str) -> None:
    try:
        address = parse_address(f"tcp://{host}")
    except AddressInvalid:
        return
    assert isinstance(address, TcpAddress)
    assert address.host.encode("idna") or ":" in address.host


@given(st.sampled_from(BAUD_RATES), st.sampled_from(FlowControl))
def test_an_address_reads_back_as_it_was_written(baud: int, flow: FlowControl) -> None:
    address = SerialAddress("/dev/ttyUSB0", baud, flow)
    assert parse_address(str(address)) == address


@given(st.text())
def test_no_text_is_worse_than_invalid(text: str) -> None:
    try:
        parse_address(text)
    except AddressInvalid:
        return


def test_a_scale_has_seven_bits_and_parity() -> None:
    scale = parse_address("serial:///dev/ttyUSB0?baud=9600&flow=none&bits=7&parity=even")
    assert scale == SerialAddress("/dev/ttyUSB0", 9600, FlowControl.NONE, bits=7, parity=Parity.EVEN)
    assert parse_address(str(scale)) == scale


@pytest.mark.parametrize(("option", "value"), [("bits", "9"), ("parity", "mark"), ("stop", "1.5"), ("parity", "")])
def test_a_form_that_no_line_has_is_refused(option: str, value: str) -> None:
    with pytest.raises(AddressInvalid) as refused:
        parse_address(f"serial:///dev/ttyUSB0?{option}={value}")
    assert (refused.value.field, refused.value.value) == (option, value)


_NUMBERS = st.integers(0, 0xFFFF)
_IDENTITIES = st.one_of(
    st.builds(UsbIdentity, _NUMBERS, _NUMBERS),
    st.builds(UsbIdentity, _NUMBERS, _NUMBERS, serial=st.text(st.characters(codec="ascii"), min_size=1)),
    st.builds(UsbIdentity, _NUMBERS, _NUMBERS, port=st.sampled_from(["1-1", "12-3.4.10"])),
)


@given(_IDENTITIES, st.sampled_from([UsbAddress, UsblpAddress]))
def test_whatever_serial_number_a_maker_writes_the_address_reads_back(
    identity: UsbIdentity, medium: type[UsbAddress] | type[UsblpAddress]
) -> None:
    """Serial numbers with spaces, question marks and plus signs exist; unquoted, a plus sign came back as a space."""
    address = medium(identity)
    assert parse_address(str(address)) == address
