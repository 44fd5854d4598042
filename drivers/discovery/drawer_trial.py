"""Finding out how a drawer is wired: shut it, read the sensor, kick, read again.

Which level of the sensor means open differs from drawer to drawer, and one without a sensor shows the same level for ever.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from drivers.discovery.conversation import Conversation
from drivers.discovery.introduction import drawer_level
from drivers.drawer import Level
from drivers.escpos.commands import drawer_pulse_now

OPENS_WITHIN_S: Final = 1.0
SHUTS_WITHIN_S: Final = 3.0
LOOK_EVERY_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Trial:
    """One pulse on one pin, and the sensor's level before and after; None: the printer did not say."""

    pin: int
    before: Level | None
    after: Level | None

    @property
    def open_level(self) -> Level | None:
        """The level that means open, None when the sensor did not move: no sensor, or the drawer stayed shut."""
        return self.after if self.before is not None and self.after is not self.before else None


async def try_pin(talk: Conversation, pin: int) -> Trial:
    """Pulse the pin, 2 or 5, with the drawer shut before, and watch the sensor until it moves or had its time."""
    before = await drawer_level(talk)
    await talk.tell(drawer_pulse_now(pin))
    end, after = _now() + OPENS_WITHIN_S, await drawer_level(talk)
    while after is not None and after is before and _now() < end:
        await asyncio.sleep(LOOK_EVERY_S)  # paces the questions; the answer itself is awaited
        after = await drawer_level(talk)
    return Trial(pin, before, after)


async def goes_back(talk: Conversation, level: Level | None) -> bool:
    """Whether the sensor shows the level, at once or within the time that a drawer takes to be pushed shut."""
    end = _now() + SHUTS_WITHIN_S
    now = await drawer_level(talk)
    while now is not None and now is not level and _now() < end:
        await asyncio.sleep(LOOK_EVERY_S)
        now = await drawer_level(talk)
    return now is level


def _now() -> float:
    return asyncio.get_running_loop().time()
