"""The demo's day: two tills sell, the WAN goes dark, the gateway is killed, and at the end a cashier settles what nobody knows."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import typer

from scripts.demonstration.processes import Child, Message
from scripts.demonstration.reckoning import Books
from scripts.demonstration.shopping import Command, Shopper, Wares
from scripts.demonstration.stage import Stage

FLOAT = "150,00"
PRINTED_WITHIN_S = 60
LOOK_EVERY_S = 0.25
BETWEEN_CUSTOMERS_S = 0.12
"""A queue at both tills: fast, but slow enough that the WAN and the gateway are missed by many receipts while they are away."""

FINAL = {
    "PRINT_JOB_STATE_PRINTED",
    "PRINT_JOB_STATE_SENT_UNVERIFIED",
    "PRINT_JOB_STATE_PRINTED_BY_OPERATOR",
    "PRINT_JOB_STATE_COPY",
    "PRINT_JOB_STATE_CANCELLED",
}

Progress = Callable[[int], None]


@dataclass(slots=True)
class Incident:
    """Something that goes wrong once so many receipts are sold."""

    after_receipts: int
    text: str
    happen: Callable[[], Any]


@dataclass(slots=True)
class Settled:
    """Print jobs by how they ended, and what the cashier answered."""

    jobs: dict[str, int] = field(default_factory=dict)
    answered_complete: int = 0
    answered_missing: int = 0
    still_open: int = 0
    """Jobs that had not ended when the demo stopped waiting, for example because no printer answers."""


class Day:
    """Sells until every receipt of the plan is sold. `books` holds what each till says it sold."""

    def __init__(self, stage: Stage, receipts: int, seed: int, baskets: Sequence[Sequence[Command]] = ()) -> None:
        self._stage = stage
        self._receipts = receipts
        self._seed = seed
        self._baskets = list(baskets)
        self._incidents: list[Incident] = []
        self._sold = 0
        self.books = [Books() for _ in stage.tills]
        self.kinds: dict[str, int] = dict.fromkeys(("sale", "voucher", "return", "void", "float", "paid-out"), 0)
        self.log: list[str] = []

    def plan(self) -> None:
        """The incidents of the day, in the order of receipts sold."""
        stage, total = self._stage, self._receipts
        self._incidents = [
            Incident(total * 30 // 100, "WAN gekappt / WAN cut", stage.wan.cut),
            Incident(total * 50 // 100, "Gateway mit SIGKILL beendet / gateway killed", stage.gateway.kill),
            Incident(total * 56 // 100, "Gateway neu gestartet / gateway restarted", stage.run_gateway),
            Incident(total * 80 // 100, "WAN wieder da / WAN restored", stage.wan.restore),
        ]

    async def sell(self, progress: Progress, say: Callable[[str], None]) -> None:
        """Both tills sell at once; incidents happen between two receipts of whichever till is first."""
        for till, books in zip(self._stage.tills, self.books, strict=True):
            await self._enter(till, books, {"do": "float", "amount": FLOAT}, "float")
        await asyncio.gather(*(self._sell_at(index, progress, say) for index in range(len(self._stage.tills))))

    async def settled(self) -> None:
        """Waits until every event of both tills is at the gateway and at central, and every drawer has answered."""
        for till in self._stage.tills:
            for what in ("drawer", "settled", "central"):
                await till.ask({"do": "wait", "for": what, "timeout_ms": 90_000})

    async def settle_paper(self) -> Settled:
        """Looks at the paper and answers for uncertain jobs, as a cashier would; waits until every job has ended."""
        result = Settled()
        deadline = asyncio.get_running_loop().time() + PRINTED_WITHIN_S
        while True:
            jobs = await self._stage.ask_gateway("jobs", "--limit", "1000")
            open_jobs = [job for job in jobs if job["state"] not in FINAL]
            for job in open_jobs:
                if job["state"] in ("PRINT_JOB_STATE_UNCERTAIN", "PRINT_JOB_STATE_PARTIAL"):
                    await self._answer(job, result)
            if not open_jobs or asyncio.get_running_loop().time() > deadline:
                break
            # The demo looks again, as a person would; nothing in the product waits this way.
            await asyncio.sleep(LOOK_EVERY_S)
        result.still_open = len(open_jobs)
        for job in jobs:
            kind = "copy" if job["copy_number"] else job["state"].removeprefix("PRINT_JOB_STATE_").lower()
            result.jobs[kind] = result.jobs.get(kind, 0) + 1
        return result

    async def _answer(self, job: Message, result: Settled) -> None:
        complete = await self._lies_there_complete(job)
        await self._stage.ask_gateway(
            "resolve", job["job_id"], "--complete" if complete else "--missing", "--user", "demo"
        )
        if complete:
            result.answered_complete += 1
        else:
            result.answered_missing += 1

    async def _lies_there_complete(self, job: Message) -> bool:
        """Looks at the virtual paper; at a real printer only a person can, and without one a marked copy is the safe answer."""
        if self._stage.prints_virtually:
            return job["title"] in (await self._stage.paper_at_rest()).originals()
        if not sys.stdin.isatty():
            return False
        return await asyncio.to_thread(
            typer.confirm, f"\nLiegt Bon {job['title']} vollständig vor? / is it complete on paper?"
        )

    async def _sell_at(self, index: int, progress: Progress, say: Callable[[str], None]) -> None:
        till, books = self._stage.tills[index], self.books[index]
        articles = (await till.ask({"do": "articles"}))["articles"]
        shopper = Shopper(Wares.of(articles), self._seed * 1000 + index)
        last: Message | None = None
        bought: tuple[Command, str] | None = None
        while self._sold < self._receipts:
            await self._incidents_due(say)
            self._sold += 1
            if last is not None and shopper.wants(0.015):
                await self._enter(till, books, {"do": "void", "receipt": last["receipt_number"]}, "void")
                # Nothing of it is left to be brought back.
                bought = None if bought is not None and bought[1] == last["receipt_number"] else bought
                last = None
            elif bought is not None and shopper.wants(0.025):
                await self._enter(till, books, shopper.return_of(*bought), "return")
                last = bought = None
            elif shopper.wants(0.01):
                await self._enter(till, books, {"do": "paid-out", "amount": "2,50", "text": "Porto"}, "paid-out")
            elif shopper.wants(0.015):
                last = await self._enter(till, books, shopper.voucher(f"G{index + 1}-{self._sold}"), "voucher")
            else:
                command = self._next_sale(shopper)
                last = await self._enter(till, books, command, "sale")
                line = command["lines"][0]
                bought = None if line.get("void") else (line, last["receipt_number"])
            progress(self._sold)
            await asyncio.sleep(BETWEEN_CUSTOMERS_S)

    def _next_sale(self, shopper: Shopper) -> Command:
        if self._baskets:
            return shopper.basket(self._baskets.pop(0))
        return shopper.next_sale()

    async def _enter(self, till: Child, books: Books, command: Command, kind: str) -> Message:
        sold = await till.ask(command)
        books.enter(sold)
        self.kinds[kind] += 1
        return sold

    async def _incidents_due(self, say: Callable[[str], None]) -> None:
        while self._incidents and self._sold >= self._incidents[0].after_receipts:
            incident = self._incidents.pop(0)
            say(incident.text)
            self.log.append(f"{incident.text} ({self._sold})")
            happening = incident.happen()
            if asyncio.iscoroutine(happening):
                await happening
