"""The till for people: what is typed becomes the same steps that a script takes, and what comes of them is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from rich.console import Console

from branchgate.errors import BranchgateError
from branchgate.errors.texts import Language, sentence, sentence_for
from branchgate.register.client import RegisterClient
from branchgate.register.till.counter import Counter
from branchgate.register.till.day import Day
from branchgate.register.till.paper import Prints
from branchgate.register.till.paper_words import PaperWords
from branchgate.register.till.parking import Parking
from branchgate.register.till.putting_aside import PuttingAside
from branchgate.register.till.ringing_up import Doing, RingingUp
from branchgate.register.till.screen import Screen
from branchgate.register.till.till import Till
from branchgate.register.till.typed import Typed, understood

ASKED_BACK = frozenset({"CASH_DOUBTFUL", "DRAWER_NOT_EMPTY", "DRAWER_TOO_EMPTY", "FLOAT_BOOKED"})
"""Refusals that the cashier may confirm: what was typed is done when he says yes."""


class Terminal:
    """One cashier's session. Lines come from `run`'s argument, answers go to the console.

    What each word does is one dictionary, put together from the parts of the till; see `words`.
    """

    def __init__(
        self, register: RegisterClient, till: Till, language: Language, console: Console | None = None
    ) -> None:
        self._register = register
        self._screen = Screen(console or Console(highlight=False), language)
        self._counter = Counter(register.gateway, language)
        self._ringing_up = RingingUp(till, self._screen, self._counter, register.catalogue)
        parking = Parking(register, till.user_id)
        self._putting_aside = PuttingAside(parking, self._ringing_up, self._screen, till.now_ms)
        self._day = Day(register, till, self._screen, self._ringing_up)
        self._paper = PaperWords(register, till, self._screen)
        self._prints: Prints = self._paper.prints
        self._asked_back: Typed | None = None
        self._words = self.words()

    def words(self) -> dict[str, Doing]:
        """What the cashier can do, by the meaning of its word (see `typed`)."""
        return {
            **self._ringing_up.words(),
            **self._putting_aside.words(),
            **self._day.words(),
            **self._paper.words(),
            "status": self._status,
            "help": self._help,
        }

    async def run(self, lines: AsyncIterator[str]) -> None:
        """Does what is typed until the input ends or somebody leaves."""
        self._greet()
        watching = asyncio.create_task(self._prints.run())
        try:
            self._screen.prompt()
            async for line in lines:
                self._screen.typed()
                typed = understood(line)
                if typed is not None and typed.do == "quit":
                    break
                meant = self._meant(typed)
                if meant is not None:
                    await self._do(meant)
                self._screen.prompt()
            await self._leave()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self._counter.close()

    def _meant(self, typed: Typed | None) -> Typed | None:
        """The answer to a question of the till is what it asked about; no, and anything else, forgets it."""
        if typed is None:
            return None
        asked, self._asked_back = self._asked_back, None
        if asked is None or typed.do not in {"yes", "no"}:
            return typed
        return replace(asked, sure=True) if typed.do == "yes" else None

    async def _do(self, typed: Typed) -> None:
        try:
            await self._words[typed.do](typed)
        except BranchgateError as failure:
            self._screen.tell(sentence(failure, self._screen.language), style="red")
            if failure.reason in ASKED_BACK:
                self._asked_back = typed
                self._screen.say("sure", style="bold yellow")

    async def _leave(self) -> None:
        try:
            await self._ringing_up.leave()
        except BranchgateError as failure:
            self._screen.tell(sentence(failure, self._screen.language), style="red")

    async def _status(self, _typed: Typed) -> None:
        state, language = self._register.state, self._screen.language
        self._screen.say("connected" if state.connected else "offline")
        self._screen.say("waiting", pending=state.pending, held=state.held, refused=state.refused)
        self._tell_of_numbers()
        numbers = await self._register.inspect(lambda outbox: outbox.numbers_of_findings())
        for event_id, found in await self._register.inspect(lambda outbox: outbox.findings()):
            text = sentence_for(found.reason, language, field=found.field, value=found.value, rule=found.rule)
            self._screen.tell(f"{numbers.get(event_id, event_id.hex()[-8:])}: {text}", style="yellow")
        for refused in await self._register.inspect(lambda outbox: outbox.refused()):
            self._screen.tell(refused.text, style="red")
        await self._paper.tell_of_stuck()

    async def _help(self, _typed: Typed) -> None:
        self._screen.say("help")

    def _greet(self) -> None:
        identity, state = self._register.identity, self._register.state
        self._screen.say("greeting", register=identity.register_id, articles=state.articles)
        self._tell_of_numbers()

    def _tell_of_numbers(self) -> None:
        state = self._register.state
        if state.numbers_run_low:
            self._screen.say("numbers_run_low", style="yellow", left=state.numbers_left)
