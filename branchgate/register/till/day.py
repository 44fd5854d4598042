"""The drawer and the day at the terminal: money without goods, voids, the count, X and Z."""

from __future__ import annotations

from branchgate.errors import BranchgateError, Refused, RefusedKind
from branchgate.errors.texts import sentence_for
from branchgate.money import euros
from branchgate.receipts.movements import MOVEMENTS
from branchgate.register.client import RegisterClient
from branchgate.register.till.commands import Close, Count, Void
from branchgate.register.till.ringing_up import Doing, RingingUp
from branchgate.register.till.screen import Screen
from branchgate.register.till.till import Till
from branchgate.register.till.typed import Typed, close_of, count_of, movement_of
from branchgate.v1 import report_pb2

DRAWER_WORDS = {"OPENED": "drawer_opened", "NOT_OPENED": "drawer_not_opened", "EXPIRED": "drawer_not_opened"}


class Day:
    """What a cashier does with the drawer and the day, one receipt or question each."""

    def __init__(self, register: RegisterClient, till: Till, screen: Screen, ringing_up: RingingUp) -> None:
        self._register = register
        self._till = till
        self._screen = screen
        self._ringing_up = ringing_up

    def words(self) -> dict[str, Doing]:
        """What each of its words does."""
        return {
            **dict.fromkeys(MOVEMENTS, self._move_cash),
            "void": self._void,
            "drawer": self._drawer,
            "count": self._count,
            "x": self._x,
            "close": self._close,
        }

    async def _void(self, typed: Typed) -> None:
        if not self._ringing_up.is_free():
            return
        happened = await self._till.void(Void(do="void", receipt=typed.rest))
        self._show(happened.receipt.receipt_number, happened.receipt.total_cents)

    async def _move_cash(self, typed: Typed) -> None:
        if not self._ringing_up.is_free():
            return
        command = movement_of(typed)
        if not command.sure and MOVEMENTS[command.do].sign < 0:
            there = await self._in_drawer()
            if there is not None and command.amount > there:
                raise Refused("DRAWER_TOO_EMPTY", field="amount", value=euros(command.amount), rule=euros(there))
        happened = await self._till.move_cash(command)
        self._show(happened.receipt.receipt_number, happened.receipt.total_cents)

    async def _drawer(self, _typed: Typed) -> None:
        outcome = await self._till.open_drawer("NO_SALE")
        self._screen.say(DRAWER_WORDS.get(outcome, "drawer_unknown"))

    async def _count(self, typed: Typed) -> None:
        self._screen.tell((await counted(self._register, self._till, count_of(typed))).text)

    async def _x(self, _typed: Typed) -> None:
        self._screen.tell((await self._register.gateway.x_report()).text)

    async def _close(self, typed: Typed) -> None:
        if self._ringing_up.open is not None and not self._ringing_up.open.is_empty:
            self._screen.say("unfinished")
            return
        command: Close = close_of(typed)
        if not command.carry_float and not typed.sure:
            there = await self._in_drawer()
            if there:
                raise Refused("DRAWER_NOT_EMPTY", field="carry_float", value=euros(there), kind=RefusedKind.NOT_NOW)
        async for step in self._register.gateway.close_day(
            self._till.user_id, paper=True, carry_float=command.carry_float, carry_parked=command.carry_parked
        ):
            if step.HasField("done"):
                self._till.day_closed()
                self._screen.tell(step.done.text)
            elif step.HasField("skipped"):
                skipped, language = step.skipped, self._screen.language
                text = skipped.text_de if language == "de" else skipped.text_en
                self._screen.tell(text or sentence_for(skipped.reason, language), style="yellow")

    async def _in_drawer(self) -> int | None:
        """Cents that should be there; None without the gateway, which alone knows."""
        if not self._register.state.connected:
            return None
        try:
            return (await self._register.gateway.expected_cash()).expected_cents
        except BranchgateError:
            return None

    def _show(self, number: str, cents: int) -> None:
        self._screen.pair(self._screen.word("receipt", number=number), cents, style="bold green")


async def counted(register: RegisterClient, till: Till, command: Count) -> report_pb2.CountCashResponse:
    """Counts the register's drawer at the gateway, which knows what should be there."""
    return await register.gateway.count_cash(
        till.user_id,
        denominations=command.denominations,
        counted_cents=command.amount or 0,
        blind=command.blind,
        note=command.note,
    )
