"""Non-blocking reading and writing of one file descriptor on the event loop, shared by sockets and serial lines."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Final

from drivers.errors import LinkLost

READ_SIZE: Final = 4096
MOST_AT_THE_END: Final = 64 * 1024
"""Bytes worth waiting for when a link is closed; no printer has so much left to say, and whoever never ends must not fill the memory."""


def _settle(turn: asyncio.Future[None]) -> None:
    if not turn.done():
        turn.set_result(None)


async def _ready(
    watch: Callable[..., object], forget: Callable[[int], object], descriptor: int, deadline: float
) -> bool:
    turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    watch(descriptor, _settle, turn)
    try:
        async with asyncio.timeout_at(deadline):
            await turn
    except TimeoutError:
        return False
    finally:
        forget(descriptor)
    return True


async def readable(descriptor: int, deadline: float) -> bool:
    """Wait until there is something to read, or return False at the deadline."""
    loop = asyncio.get_running_loop()
    return await _ready(loop.add_reader, loop.remove_reader, descriptor, deadline)


async def writable(descriptor: int, deadline: float) -> bool:
    """Wait until there is room to write, or return False at the deadline."""
    loop = asyncio.get_running_loop()
    return await _ready(loop.add_writer, loop.remove_writer, descriptor, deadline)


async def write_counted(descriptor: int, data: bytes, deadline: float, device: str) -> int:
    """Return the bytes accepted until the deadline or the end of the link; LinkLost only when there was not one."""
    sent = 0
    while sent < len(data):
        try:
            sent += os.write(descriptor, data[sent:])
        except BlockingIOError:
            if not await writable(descriptor, deadline):
                break
        except OSError as error:
            if not sent:
                raise LinkLost(device, str(error)) from error
            break
    return sent


async def read_once(descriptor: int, deadline: float, device: str) -> bytes | None:
    """Return one read's bytes, b"" for an end of file, None for silence; LinkLost when the device has been unplugged."""
    while await readable(descriptor, deadline):
        try:
            return os.read(descriptor, READ_SIZE)
        except BlockingIOError:
            continue
        except OSError as error:
            raise LinkLost(device, str(error)) from error
    return None


async def read_some(descriptor: int, deadline: float, device: str) -> bytes:
    """Return what has come, b"" at the deadline; LinkLost at end of file and when the device has been unplugged."""
    data = await read_once(descriptor, deadline, device)
    if data == b"":
        raise LinkLost(device, "closed by the other side")
    return data or b""


async def read_to_end(descriptor: int, deadline: float, device: str) -> bytes:
    """Collect everything up to the end of the link or the deadline, or MOST_AT_THE_END."""
    heard = bytearray()
    try:
        while len(heard) < MOST_AT_THE_END and (data := await read_some(descriptor, deadline, device)):
            heard += data
    except LinkLost:
        return bytes(heard)
    return bytes(heard)
