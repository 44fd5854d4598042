"""The till for people: what is typed becomes the same commands that a script sends, and what comes of them is shown."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

from rich.console import Console
from rich.text import Text

from branchgate.errors import BranchgateError, Refused
from branchgate.errors.texts import Language, sentence, sentence_for
from branchgate.money import euros, quantity_text
from branchgate.printable import clean_lines
from branchgate.receipts.basket import Basket
from branchgate.register.client import RegisterClient
from branchgate.register.held import Happened
from branchgate.register.till.commands import MoveCash, Return, Sell, Void, command_of
from branchgate.register.till.counter import Counter
from branchgate.register.till.paper import Prints
from branchgate.register.till.till import Till
from branchgate.register.till.typed import Typed, understood
from branchgate.register.till.words import word
from branchgate.v1 import printing_pb2

CANDIDATES = 8
NO_PAYMENT_YET = {"cash": "exact"}
DRAWER_WORDS = {"OPENED": "drawer_opened", "NOT_OPENED": "drawer_not_opened", "EXPIRED": "drawer_not_opened"}


class Terminal:
    """One cashier's session. Lines come from `run`'s argument, answers go to the console."""

    def __init__(
        self, register: RegisterClient, till: Till, language: Language, console: Console | None = None
    ) -> None:
        self._register = register
        self._till = till
        self._language: Language = language
        self._console = console or Console(highlight=False)
        self._lines: list[dict[str, object]] = []
        self._shown = 0
        self._started_ms: int | None = None
        self._selling = "sell"
        self._returned_receipt = ""
        self._counter = Counter(register.gateway, language)
        self._at_prompt = False
        self._prints = Prints(
            register,
            asked=lambda job: self._interrupt(self._question(job), style="bold yellow"),
            stuck=lambda job: self._interrupt(self._advice(job), style="yellow"),
            came_out=lambda job: self._interrupt(self._came_out(job)),
        )
        self._doing: dict[str, Callable[[Typed], Awaitable[None]]] = {
            "article": self._ring_up,
            "cash": self._pay,
            "card": self._pay,
            "take-off": self._take_off,
            "return": self._return,
            "abandon": self._abandon,
            "void": self._void,
            "float": self._move_cash,
            "paid-in": self._move_cash,
            "paid-out": self._move_cash,
            "drawer": self._drawer,
            "print": self._print,
            "yes": self._resolve,
            "no": self._resolve,
            "x": self._x,
            "close": self._close,
            "status": self._status,
            "help": self._help,
        }

    async def run(self, lines: AsyncIterator[str]) -> None:
        """Does what is typed until the input ends or somebody leaves."""
        self._greet()
        watching = asyncio.create_task(self._prints.run())
        try:
            self._prompt()
            async for line in lines:
                self._at_prompt = False
                typed = understood(line)
                if typed is not None and typed.do == "quit":
                    return
                if typed is not None:
                    await self._do(typed)
                self._prompt()
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)
            await self._counter.close()

    async def _do(self, typed: Typed) -> None:
        try:
            await self._doing[typed.do](typed)
        except BranchgateError as failure:
            self._tell(sentence(failure, self._language), style="red")

    async def _ring_up(self, typed: Typed) -> None:
        line: dict[str, object] = {
            "article": typed.rest,
            "quantity": typed.quantity or await self._amount_of(typed.rest),
        }
        try:
            basket = self._basket([*self._lines, line])
        except BranchgateError as failure:
            if failure.reason == "NOT_FOUND":
                self._suggest(typed.rest)
            raise
        if not self._lines:
            self._started_ms = self._till.now_ms()
        self._lines.append(line)
        for added in basket.lines[self._shown :]:
            quantity = quantity_text(added.quantity_thousandths, added.unit == "kg", self._language)
            self._pair(f"{quantity} {added.unit}  {added.text}", added.gross_cents)
        rung_up = basket.lines[self._shown]
        self._counter.show(rung_up.text, rung_up.gross_cents, self._word("total"), basket.total_cents)
        self._shown = len(basket.lines)
        self._pair(self._word("total"), basket.total_cents, style="bold")

    async def _amount_of(self, wanted: str) -> str:
        """One piece, or what the scale says: weighed goods without a weight are no kilogram."""
        try:
            article = self._till.article(wanted)
        except Refused:
            return "1"  # ringing it up will say what is wrong with it
        return await self._counter.weight_of(article) if article.weighed else "1"

    async def _pay(self, typed: Typed) -> None:
        if not self._lines:
            self._say("empty")
            return
        pay = {"cash": typed.rest or "exact"} if typed.do == "cash" else {"card": typed.rest or "girocard"}
        sold_with = {"receipt": self._returned_receipt} if self._selling == "return" else {}
        command = command_of({"do": self._selling, "lines": self._lines, "pay": pay, **sold_with})
        if isinstance(command, Return):
            happened = await self._till.take_back(command, self._started_ms)
        else:
            assert isinstance(command, Sell)
            happened = await self._till.sell(command, self._started_ms)
        self._start_over()
        self._show(happened)
        receipt = happened.receipt
        self._counter.show(self._word("total"), receipt.total_cents, self._word("change"), receipt.change_cents)

    async def _take_off(self, _typed: Typed) -> None:
        if not self._lines:
            self._say("empty")
            return
        # The line stays on the receipt, voided: a cashier cannot make it disappear.
        last = next((line for line in reversed(self._lines) if not line.get("void")), None)
        if last is not None:
            last["void"] = True
        total_cents = self._basket(self._lines).total_cents
        self._counter.show_total(self._word("total"), total_cents)
        self._pair(self._word("total"), total_cents, style="bold")

    async def _return(self, typed: Typed) -> None:
        if self._lines:
            self._say("unfinished")
            return
        self._start_over()
        self._selling = "return"
        self._returned_receipt = typed.rest
        self._say("returning")

    async def _abandon(self, _typed: Typed) -> None:
        self._start_over()
        self._counter.clear()
        self._say("abandoned")

    async def _void(self, typed: Typed) -> None:
        self._show(await self._till.void(Void(do="void", receipt=typed.rest)))

    async def _move_cash(self, typed: Typed) -> None:
        command = command_of({"do": typed.do, "amount": typed.rest})
        assert isinstance(command, MoveCash)
        self._show(await self._till.move_cash(command))

    async def _drawer(self, _typed: Typed) -> None:
        outcome = await self._till.open_drawer("NO_SALE")
        self._say(DRAWER_WORDS.get(outcome, "drawer_unknown"))

    async def _print(self, typed: Typed) -> None:
        event_id = self._till.remembered(typed.rest).event_id
        job = await self._register.gateway.print_receipt(event_id, self._till.user_id)
        self._say("copying" if job.copy_number else "printing", title=job.title)

    async def _resolve(self, typed: Typed) -> None:
        doubtful = self._prints.oldest_in_doubt
        if doubtful is None:
            self._say("no_question")
            return
        complete = typed.do == "yes"
        resolved = await self._register.gateway.resolve_print_job(
            doubtful.job_id, complete_on_paper=complete, user_id=self._till.user_id
        )
        self._prints.noted(resolved.job)
        self._say("resolved" if complete else "copied", title=doubtful.title)
        following = self._prints.oldest_in_doubt
        if following is not None:
            self._tell(self._question(following), style="bold yellow")

    async def _x(self, _typed: Typed) -> None:
        self._tell((await self._register.gateway.x_report()).text)

    async def _close(self, _typed: Typed) -> None:
        if self._lines:
            self._say("unfinished")
            return
        async for step in self._register.gateway.close_day(self._till.user_id, paper=True):
            if step.HasField("done"):
                self._tell(step.done.text)
            elif step.HasField("skipped"):
                skipped = step.skipped
                text = skipped.text_de if self._language == "de" else skipped.text_en
                self._tell(text or sentence_for(skipped.reason, self._language), style="yellow")

    async def _status(self, _typed: Typed) -> None:
        state = self._register.state
        self._say("connected" if state.connected else "offline")
        self._say("waiting", pending=state.pending, held=state.held, refused=state.refused)
        for event_id, found in await self._register.inspect(lambda outbox: outbox.findings()):
            text = sentence_for(found.reason, self._language, field=found.field, value=found.value, rule=found.rule)
            self._tell(f"{event_id.hex()[-8:]}: {text}", style="yellow")
        for refused in await self._register.inspect(lambda outbox: outbox.refused()):
            self._tell(refused.text, style="red")
        for job in await self._stuck_prints():
            self._tell(self._advice(job), style="yellow")

    async def _stuck_prints(self) -> list[printing_pb2.PrintJob]:
        """As the gateway knows them; without it as they were last told."""
        if not self._register.state.connected:
            return self._prints.stuck
        return await self._register.gateway.stuck_print_jobs()

    async def _help(self, _typed: Typed) -> None:
        self._say("help")

    def _basket(self, lines: list[dict[str, object]]) -> Basket:
        command = command_of({"do": self._selling, "lines": lines, "pay": NO_PAYMENT_YET})
        assert isinstance(command, Sell | Return)
        return self._till.rung_up(command.lines, sign=1 if isinstance(command, Sell) else -1)

    def _suggest(self, beginning: str) -> None:
        candidates = self._register.catalogue.search(beginning, CANDIDATES)
        if candidates:
            self._say("candidates")
        for article in candidates:
            self._tell(f"  {article.article_number:<14} {article.name}")

    def _show(self, happened: Happened) -> None:
        receipt = happened.receipt
        self._pair(self._word("receipt", number=receipt.receipt_number), receipt.total_cents, style="bold green")
        if receipt.change_cents:
            self._pair(self._word("change"), receipt.change_cents)

    def _question(self, job: printing_pb2.PrintJob) -> str:
        return self._word("question", title=job.title)

    def _advice(self, job: printing_pb2.PrintJob) -> str:
        advice = job.advice_de if self._language == "de" else job.advice_en
        return advice or self._word("stuck", title=job.title, reason=job.reason)

    def _came_out(self, job: printing_pb2.PrintJob) -> str:
        unproven = job.state == printing_pb2.PRINT_JOB_STATE_SENT_UNVERIFIED
        return self._advice(job) if unproven or job.intended_printer else self._word("came_out", title=job.title)

    def _greet(self) -> None:
        identity, state = self._register.identity, self._register.state
        self._say("greeting", register=identity.register_id, articles=state.articles)

    def _prompt(self) -> None:
        self._console.print("> ", end="")
        self._at_prompt = True

    def _interrupt(self, text: str, *, style: str = "") -> None:
        """Something that happened by itself, perhaps while somebody types: on a line of its own, and the prompt again below it."""
        if not self._at_prompt:
            self._tell(text, style=style)
            return
        self._console.print()
        self._tell(text, style=style)
        self._prompt()

    def _start_over(self) -> None:
        self._lines = []
        self._shown = 0
        self._selling = "sell"

    def _pair(self, left: str, cents: int, *, style: str = "") -> None:
        self._tell(f"{left:<44} {euros(cents, self._language):>10}", style=style)

    def _tell(self, text: str, *, style: str = "") -> None:
        """Shows a text that may hold what was made elsewhere: no markup, no emoji codes, no escape sequences."""
        self._console.print(Text(clean_lines(text), style=style))

    def _say(self, key: str, **values: object) -> None:
        self._tell(self._word(key, **values))

    def _word(self, key: str, **values: object) -> str:
        return word(key, self._language, **values)
