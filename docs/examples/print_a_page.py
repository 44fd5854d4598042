"""The drivers library on its own: print one document and say how sure it is that it lies on paper.

python docs/examples/print_a_page.py tcp://192.168.1.50:9100
"""

import asyncio
import sys
import time

from drivers.escpos.document import Align, Columns, Cut, Document, Rule, Text
from drivers.escpos.profile import PROFILES
from drivers.media import transport_factory
from drivers.printing.actor import PrinterActor
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.states import JobEvidence, JobState

PAGE = Document(
    (
        Text("Hofladen", Align.CENTER, bold=True, double=True),
        Columns("2 Äpfel", "1,20 €"),
        Rule(),
        Columns("SUMME", "1,20 €", bold=True),
        Cut(),
    )
)


class WatchedLedger(MemoryLedger):
    """A ledger in memory that tells when a job has come to its end. One that must survive a power cut writes to disk instead."""

    def __init__(self) -> None:
        super().__init__()
        self.ended = asyncio.Event()

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Called by the actor before it goes on."""
        await super().moved(job_id, state, evidence)
        if state.is_settled or state is JobState.UNCERTAIN:
            self.ended.set()


def utc_ms() -> int:
    """The clock that the actor is given."""
    return time.time_ns() // 1_000_000


async def main(address: str) -> None:
    """Queues one job, lets the printer's actor work, and reads the ledger."""
    ledger = WatchedLedger()
    job_id = b"page-1"
    ledger.add(MemoryJob(job_id, PAGE))
    actor = PrinterActor("counter", transport_factory(address), ledger, PROFILES["generic-80"], utc_ms)
    running = asyncio.create_task(actor.run())
    try:
        await asyncio.wait_for(ledger.ended.wait(), timeout=20)
    except TimeoutError:
        print("no end within 20 s")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    state, evidence = ledger.state(job_id), ledger.evidence(job_id)
    print(f"{state} ({evidence.proof or evidence.reason or 'no proof'})")


asyncio.run(main(sys.argv[1]))
