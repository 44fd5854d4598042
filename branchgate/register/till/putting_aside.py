"""The words of parking at the terminal till: put the open receipt aside, show what waits, go on with one."""

from __future__ import annotations

from collections.abc import Callable

from branchgate.money import euros
from branchgate.register.till.open_receipt import OpenReceipt
from branchgate.register.till.parking import Parking
from branchgate.register.till.ringing_up import Doing, RingingUp
from branchgate.register.till.screen import Screen
from branchgate.register.till.typed import Typed
from branchgate.showing import age
from branchgate.v1 import parked_pb2


class PuttingAside:
    """Hands the receipt in work to the parking and takes one up from it. `now_ms` is the register's clock, UTC."""

    def __init__(self, parking: Parking, ringing_up: RingingUp, screen: Screen, now_ms: Callable[[], int]) -> None:
        self._parking = parking
        self._ringing_up = ringing_up
        self._screen = screen
        self._now_ms = now_ms

    def words(self) -> dict[str, Doing]:
        """What each of its words does."""
        return {"park": self._park, "parked": self._list, "resume": self._resume}

    async def _park(self, typed: Typed) -> None:
        receipt = self._ringing_up.open
        if receipt is None or receipt.is_empty:
            self._screen.say("empty")
            return
        row = await self._parking.park(receipt, typed.rest)
        self._ringing_up.let_go()
        self._screen.say("parked", title=row.receipt.title)

    async def _list(self, _typed: Typed) -> None:
        rows = await self._parking.listed()
        for number, row in enumerate(rows, start=1):
            self._show(number, row)
        if not rows:
            self._screen.say("no_parked")

    async def _resume(self, typed: Typed) -> None:
        receipt = self._ringing_up.open
        if receipt is not None and not receipt.is_empty:
            self._screen.say("unfinished")
            return
        resumed = await self._parking.resume(typed.rest)
        self._screen.say("resumed", title=resumed.title)
        self._ringing_up.take_up(OpenReceipt.resumed(resumed))

    def _show(self, number: int, row: parked_pb2.ParkedRow) -> None:
        screen, owner = self._screen, row.owner_register_id
        self._screen.say(
            "parked_row",
            number=number,
            title=row.receipt.title,
            total=euros(row.receipt.total_cents, screen.language),
            age=age(self._now_ms() - row.parked_at_ms, screen.language),
            where=screen.word("parked_at", register=owner)
            if owner
            else screen.word("parked_waits", register=row.parked_at_register_id),
        )
