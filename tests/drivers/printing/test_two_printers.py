"""Two printers share a ledger while receipts are given from one to the other, cancelled, and everything breaks at any moment.

Random interleavings, each with a seed of its own; BRANCHGATE_INTERLEAVINGS runs more of them, BRANCHGATE_INTERLEAVING_SEED others.
"""

from __future__ import annotations

import asyncio
import os
from random import Random

from drivers.escpos.document import Columns, Document, Text
from drivers.escpos.profile import PrinterProfile
from drivers.printing.actor import PrinterActor
from drivers.printing.job import JobLimits
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.session import ActorLimits
from drivers.printing.states import JobState
from drivers.virtual.printer import VirtualPrinter
from tests.drivers.printing.breaking_link import BreakingLink
from tests.drivers.printing.test_breaks import WatchedLedger, job_id, undecided

RUNS = int(os.environ.get("BRANCHGATE_INTERLEAVINGS", "16"))
FIRST_SEED = int(os.environ.get("BRANCHGATE_INTERLEAVING_SEED", "1"))
SIDE_BY_SIDE = 50
PROFILE = PrinterProfile("fenced", has_process_id=True)
LIMITS = ActorLimits(job=JobLimits(progress=1.0, waiting=20.0), retry_first=0.01, retry_most=0.02, look_blocked=0.02)
RECEIPTS = range(1, 9)
ACTIONS = 14
SECONDS = 60.0


def receipt(number: int) -> Document:
    return Document((Text(f"Bon-Nr. {number}"), *(Columns(f"Artikel {number}-{n}", "1,00 €") for n in range(60))))


class Station:
    """One printer, a link that may break, and the task that is killed and started again."""

    def __init__(self, name: str, ledger: MemoryLedger, random: Random) -> None:
        self.name, self._ledger = name, ledger
        self.printer = VirtualPrinter()
        breaks = [random.randint(1, 6000) if random.random() < 0.5 else 10**9 for _ in range(3)]
        self.link = BreakingLink(self.printer, iter(breaks))
        self.start()

    def start(self) -> None:
        self.actor = PrinterActor(self.name, self.link, self._ledger, PROFILE, lambda: 0, limits=LIMITS)
        self._task = asyncio.create_task(self.actor.run(), name=self.name)

    async def kill(self) -> None:
        """As by SIGKILL: what it noted and had not recorded is gone."""
        self._task.cancel()
        (ending,) = await asyncio.gather(self._task, return_exceptions=True)
        assert isinstance(ending, asyncio.CancelledError), repr(ending)
        self.link.breaks()


class Shop:
    """What may happen, drawn from the seed."""

    def __init__(self, seed: int) -> None:
        self.seed, self._random = seed, Random(seed)
        self.ledger = WatchedLedger()
        for number in RECEIPTS:
            self.ledger.add(MemoryJob(job_id(number), receipt(number), printer=self._random.choice("ab")))
        self.stations = {name: Station(name, self.ledger, self._random) for name in "ab"}
        self._cancelling: list[asyncio.Task[JobState | None]] = []

    async def live(self) -> None:
        async with asyncio.timeout(SECONDS):
            await self.ledger.until(lambda: any(self.ledger.history(job_id(number)) for number in RECEIPTS))
        for _ in range(ACTIONS):
            for _ in range(self._random.randint(0, 30)):
                await asyncio.sleep(0)  # so many steps of the others come in between
            await self._random.choice(
                [
                    self.give_away,
                    self.give_away,
                    self.cancel,
                    self.cancel_inside,
                    self.crash,
                    self.cover,
                    self.paper,
                    self.power,
                    self.pause,
                    self.pause,
                    self.pause,
                ]
            )()
        await self.settle()

    async def give_away(self) -> None:
        self.ledger.reroute(job_id(self._random.choice(RECEIPTS)), self._random.choice("ab"))
        for station in self.stations.values():
            station.actor.wake()

    async def cancel(self) -> None:
        self.ledger.cancel(job_id(self._random.choice(RECEIPTS)))

    async def cancel_inside(self) -> None:
        actor = self._any().actor
        self._cancelling.append(asyncio.create_task(actor.cancel(job_id(self._random.choice(RECEIPTS)))))

    async def crash(self) -> None:
        station = self._any()
        await station.kill()
        station.start()

    async def cover(self) -> None:
        self._any().link.switch("cover_open", self._random.random() < 0.5)

    async def paper(self) -> None:
        """The roll ends somewhere inside a receipt, or somebody puts one in."""
        if self._random.random() < 0.6:
            self._any().link.switch("paper_out_after_lines", self._random.randint(0, 80))
        else:
            self._any().link.switch("paper_out", False)

    async def power(self) -> None:
        if self._random.random() < 0.3:
            self._any().link.power_cycle()

    async def pause(self) -> None:
        await asyncio.sleep(self._random.random() / 10)

    async def settle(self) -> None:
        """Every receipt finds its end, or a person who is asked."""
        for station in self.stations.values():
            for fault in ("paper_out_after_lines", "cover_open", "paper_out"):
                station.link.switch(fault, False)
        async with asyncio.timeout(SECONDS):
            await self.ledger.until(
                lambda: not any(undecided(self.ledger.state(job_id(number))) for number in RECEIPTS)
            )
        for cancelling in self._cancelling:
            cancelling.cancel()
        await asyncio.gather(*self._cancelling, return_exceptions=True)
        for station in self.stations.values():
            await station.kill()
            station.printer.tear_off(10**12)

    def check(self) -> None:
        for number in RECEIPTS:
            state, history = self.ledger.state(job_id(number)), self.ledger.history(job_id(number))
            slips = [
                slip for s in self.stations.values() for slip in s.printer.slips if f"Artikel {number}-" in slip.text
            ]
            complete = [slip for slip in slips if all(f"Artikel {number}-{line} " in slip.text for line in range(60))]
            told = f"seed {self.seed}, receipt {number}: {history}, {len(slips)} on paper"
            assert len(slips) <= 1, told
            assert state is not JobState.PRINTED or len(complete) == 1, told
            assert JobState.SENDING in history or not slips, told

    def _any(self) -> Station:
        return self.stations[self._random.choice("ab")]


async def test_at_most_one_original_under_any_interleaving() -> None:
    seen: set[JobState] = set()

    async def one(seed: int) -> None:
        shop = Shop(seed)
        await shop.live()
        shop.check()
        seen.update(state for number in RECEIPTS for state in shop.ledger.history(job_id(number)))

    seeds = range(FIRST_SEED, FIRST_SEED + RUNS)
    for first in range(0, RUNS, SIDE_BY_SIDE):
        async with asyncio.TaskGroup() as group:
            for seed in seeds[first : first + SIDE_BY_SIDE]:
                group.create_task(one(seed))
    assert seen >= {JobState.PRINTED, JobState.UNCERTAIN, JobState.CANCELLED_CLEAN, JobState.BLOCKED}
