"""Data bits, parity and stop bits reach pyserial, and the kernel is told to look at the parity. A pty has none of them to show."""

from __future__ import annotations

import os
import pty
import termios
from collections.abc import Iterator
from typing import Any

import pytest
import serial

from drivers.media import transport_factory
from tests.drivers.transport.peers import soon


@pytest.fixture
def line() -> Iterator[str]:
    ours, theirs = pty.openpty()
    yield os.ttyname(theirs)
    os.close(ours)
    os.close(theirs)


@pytest.mark.parametrize(
    ("options", "form"),
    [
        ("bits=7&parity=even", (7, "E", 1)),
        ("bits=7&parity=odd&stop=2", (7, "O", 2)),
        ("baud=9600", (8, "N", 1)),
    ],
)
async def test_the_form_of_the_line_is_set(
    line: str, options: str, form: tuple[int, str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[dict[str, Any]] = []
    real = serial.Serial

    def recording(*arguments: Any, **settings: Any) -> serial.Serial:
        made.append(settings)
        # A pty refuses any form but 8N1, so it gets that.
        return real(*arguments, **(settings | {"bytesize": 8, "parity": "N"}))

    monkeypatch.setattr(serial, "Serial", recording)
    transport = transport_factory(f"serial://{line}?flow=none&{options}")()
    await transport.open(soon())
    descriptor = os.open(line, os.O_RDWR | os.O_NOCTTY)
    try:
        modes = termios.tcgetattr(descriptor)[0]
    finally:
        os.close(descriptor)
        await transport.close(soon())
    (settings,) = made
    assert (settings["bytesize"], settings["parity"], settings["stopbits"]) == form
    assert bool(modes & termios.INPCK) is (form[1] != "N"), "a damaged character must not pass for a good one"
    assert modes & termios.IGNBRK, (
        "a device that is switched off must not be heard as NULs, which are a printer's answers"
    )
