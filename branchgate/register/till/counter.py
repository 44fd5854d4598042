"""What stands on the counter: the customer display follows the basket, the scale weighs what came without a quantity."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

import structlog

from branchgate.catalogue import Article
from branchgate.errors import BranchgateError, Refused
from branchgate.errors.texts import Language
from branchgate.money import euros, quantity_text
from branchgate.register.calls import GatewayCalls

_log = structlog.get_logger(__name__)

NO_DEVICE: Final = "NO_DEVICE_FOR_ROLE"
_WITHOUT_SCALE: Final = (NO_DEVICE, "NOT_REACHABLE", "UNIMPLEMENTED")


async def weighed_grams(gateway: GatewayCalls, article: Article, field: str = "quantity") -> int:
    """What lies on the register's scale: grams, which are thousandths of the kilogram that weighed goods are priced by.

    Raises Refused (SCALE_EMPTY; WEIGHT_NEEDED when there is no scale to ask) and TryAgain (SCALE_…) when it gives no weight.
    """
    try:
        weight = await gateway.weigh()
    except BranchgateError as failure:
        if failure.reason in _WITHOUT_SCALE:
            raise Refused("WEIGHT_NEEDED", field=field, value=article.name, rule=failure.reason) from failure
        raise
    if weight.grams <= 0:
        raise Refused("SCALE_EMPTY", field=weight.scale, value=article.name)
    return weight.grams


@dataclass(frozen=True, slots=True)
class _Lines:
    text: str = ""
    figure: str = ""
    lower_text: str = ""
    lower_figure: str = ""


class Counter:
    """Display and scale of one register, if it has them. A sale never waits for its display."""

    def __init__(self, gateway: GatewayCalls, language: Language) -> None:
        self._gateway = gateway
        self._language: Language = language
        self._wanted: _Lines | None = None
        self._showing: asyncio.Task[None] | None = None
        self._has_display = True

    async def weight_of(self, article: Article) -> str:
        """What lies on the scale, in kilograms as a cashier would type it. Raises as `weighed_grams`."""
        return quantity_text(await weighed_grams(self._gateway, article), True, self._language)

    def show(self, text: str, cents: int, word: str, total_cents: int) -> None:
        """The customer reads an article with its price and the total from now on."""
        self._show(_Lines(text, euros(cents, self._language), word, euros(total_cents, self._language)))

    def show_total(self, word: str, total_cents: int) -> None:
        """The customer reads the total alone, after a line was taken off."""
        self._show(_Lines(lower_text=word, lower_figure=euros(total_cents, self._language)))

    def clear(self) -> None:
        """Nobody is served."""
        self._show(_Lines())

    async def close(self) -> None:
        """Gives up on what was not shown yet."""
        if self._showing is not None:
            self._showing.cancel()
            await asyncio.gather(self._showing, return_exceptions=True)

    def _show(self, lines: _Lines) -> None:
        self._wanted = lines
        if self._has_display and (self._showing is None or self._showing.done()):
            self._showing = asyncio.create_task(self._keep_showing())

    async def _keep_showing(self) -> None:
        """One call at a time, and only the latest: what was replaced meanwhile is never sent."""
        while (lines := self._wanted) is not None:
            self._wanted = None
            try:
                if lines == _Lines():
                    await self._gateway.clear_display()
                else:
                    await self._gateway.show_on_display(lines.text, lines.figure, lines.lower_text, lines.lower_figure)
            except BranchgateError as failure:
                # A shop without a display says so once; the others have their say in the list of devices.
                self._has_display = failure.reason != NO_DEVICE
                _log.debug("not_shown_to_customer", reason=failure.reason)
