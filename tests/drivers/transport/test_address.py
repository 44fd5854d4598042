"""Device addresses: what is read, and what a wrong one says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import AddressInvalid
from drivers.transport.address import BAUD_RATES, FlowControl, Parity, SerialAddress, TcpAddress, parse_address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://192.168.1.50", TcpAddress("192.168.1.50", 9100)),
        ("tcp://bondrucker.local:9101", TcpAddress("bondrucker.local", 9101)),
        ("tcp://[fe80::1]:9100", TcpAddress("fe80::1", 9100)),
        ("serial:///dev/ttyUSB0", SerialAddress("/dev/ttyUSB0", 38400, FlowControl.RTSCTS)),
        ("serial:///dev/ttyS1?baud=9600&flow=xonxoff", SerialAddress("/dev/ttyS1", 9600, FlowControl.XONXOFF)),
    ],
)
def test_addresses_are_read(text: str, address: TcpAddress | SerialAddress) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "scheme"),
        ("usb://1", "scheme"),
        ("tcp://", "host"),
        ("tcp://printer:0", "port"),
        ("tcp://printer:99999", "port"),
        ("tcp://printer:abc", "port"),
        ("tcp://printer/queue", "address"),
        ("tcp://[broken", "address"),
        ("serial://", "path"),
        ("serial:///dev/ttyS0?baud=fast", "baud"),
        ("serial:///dev/ttyS0?baud=12345", "baud"),
        ("serial:///dev/ttyS0?flow=maybe", "flow"),
        ("serial:///dev/ttyS0?dtr=on", "dtr"),
    ],
)
def test_a_wrong_address_names_field_and_rule(text: str, field: str) -> None:
    with pytest.raises(AddressInvalid) as caught:
        parse_address(text)
    assert caught.value.field == field
    assert caught.value.rule


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
