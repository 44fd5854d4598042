"""Work that must go on: what fails in a way nobody foresaw is logged and begun again, and takes nothing else with it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

_log = structlog.get_logger(__name__)

PAUSE_S = 5.0


async def kept_going(name: str, make: Callable[[], Awaitable[None]], *, pause_s: float = PAUSE_S) -> None:
    """Runs work until it is cancelled; begins it again after a pause when it fails."""
    while True:
        try:
            await make()
        except Exception:  # noqa: BLE001 - logged with its traceback, and begun again: that is the purpose
            _log.exception("work_failed", work=name)
        await asyncio.sleep(pause_s)
