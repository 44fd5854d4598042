"""The scale desk: finds a register's scale and weighs on it. A weight is the scale's own and stable, or there is none."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from branchgate.catalogue import BranchSettings
from branchgate.clock import Clock
from branchgate.errors import Refused, TryAgain
from drivers.errors import DeviceUnavailable
from drivers.line import DeviceState as LinkState
from drivers.line import LineLimits
from drivers.scale.actor import Patience, ScaleActor
from gateway.config import Scale
from gateway.counter_devices import chosen, on_the_board, scale_line, trouble
from gateway.equipment import Board, DeviceKind

ROLE: Final = "scale"
LONGEST_WAIT_MS: Final = 10_000
USUAL_WAIT_MS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Weight:
    """A stable weight. `text` as the scale sent it, `price_cents` when it computed one, `at_ms` UTC milliseconds."""

    scale: str
    text: str
    grams: int
    unit: str
    net: bool
    price_cents: int | None
    at_ms: int


class ScaleDesk:
    """Owns the actors of all scales, and tells the board how they stand.

    Raises Refused (SETTINGS_INVALID) for an address or protocol that cannot be.
    """

    def __init__(
        self,
        configured: tuple[Scale, ...],
        settings: Callable[[], BranchSettings | None],
        board: Board,
        clock: Clock,
        limits: LineLimits | None = None,
        patience: Patience | None = None,
    ) -> None:
        self._settings, self._board, self._clock = settings, board, clock
        self.addresses: Mapping[str, str] = {scale.name: scale.address for scale in configured}
        self._actors = {scale.name: _actor(scale, limits, patience) for scale in configured}
        for name, actor in self._actors.items():
            self._tell(name, actor.state)
            actor.subscribe(partial(self._tell, name))

    def work(self) -> Mapping[str, Callable[[], Awaitable[None]]]:
        """What must be kept going, by name."""
        return {f"scale {name}": actor.run for name, actor in self._actors.items()}

    def plugged(self, name: str) -> None:
        """A scale was plugged in: it is tried at once."""
        self._actors[name].reconnect()

    async def weigh(self, register_id: str, *, scale: str = "", within_ms: int = 0) -> Weight:
        """The stable weight of what lies on the register's scale now; `within_ms` 0 means five seconds.

        Raises Refused (INVALID_VALUE, DEVICE_NOT_FOUND, NO_DEVICE_FOR_ROLE), and TryAgain (SCALE_…) when there is no weight: nothing has
        happened then.
        """
        if not 0 <= within_ms <= LONGEST_WAIT_MS:
            rule = f"1 to {LONGEST_WAIT_MS}, or 0 for {USUAL_WAIT_MS}"
            raise Refused("INVALID_VALUE", field="within_ms", value=within_ms, rule=rule)
        name = chosen(ROLE, self._actors, self._settings(), register_id, scale)
        try:
            found = await self._actors[name].weigh((within_ms or USUAL_WAIT_MS) / 1000)
        except DeviceUnavailable as none:
            raise TryAgain(trouble(DeviceKind.SCALE, none.reason), field=name, value=name, rule=none.reason) from none
        assert found.grams is not None  # a stable reading has them
        return Weight(name, found.text, found.grams, found.unit, found.net, found.price_cents, self._clock.now_ms())

    def _tell(self, name: str, state: LinkState) -> None:
        self._board.tell(on_the_board(DeviceKind.SCALE, name, self.addresses[name], state))


def _actor(scale: Scale, limits: LineLimits | None, patience: Patience | None) -> ScaleActor:
    make_protocol, opened = scale_line(scale)
    return ScaleActor(scale.name, opened, make_protocol, limits=limits, patience=patience)
