"""Waiting for what an actor knows of its device."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from drivers.line import DeviceState


class Actor(Protocol):
    @property
    def state(self) -> DeviceState: ...

    def subscribe(self, callback: Callable[[DeviceState], None]) -> Callable[[], None]: ...


async def until_online(actor: Actor, online: bool | None) -> None:
    changed = asyncio.Event()
    unsubscribe = actor.subscribe(lambda _state: changed.set())
    try:
        while actor.state.online is not online:
            changed.clear()
            await changed.wait()
    finally:
        unsubscribe()
