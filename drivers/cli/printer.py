"""`status` and `test-page`: is the printer ready, and does its paper look right?"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import asdict
from typing import Final

from drivers.cli.options import Address, Json, Patience, Profile, printer_profile
from drivers.cli.report import Exit, Report, not_now
from drivers.cli.visit import visit
from drivers.cli.words import FACTS, JOBS, VALUES, both, told, told_cause
from drivers.errors import Reason
from drivers.escpos.commands import PROCESS_IDS
from drivers.printing.actor import PrinterActor
from drivers.printing.condition import PrinterStatus
from drivers.printing.ledger import MemoryJob, MemoryLedger
from drivers.printing.states import JobEvidence, JobState
from drivers.trial_page import trial_page

_OPEN_VERDICTS: Final = (JobState.UNCERTAIN, JobState.SENT_UNVERIFIED, JobState.PARTIAL)
_PAGE: Final = b"test-page"


def status(address: Address, profile: Profile = "generic-80", patience: Patience = 5.0, as_json: Json = False) -> None:
    """Wie geht es dem Drucker? / Ask a printer how it is: online, cover, paper, drawer. Prints nothing on paper.

    Exit code 0: ready to print. 4: not ready or not reachable; the reason is named.
    """

    async def look(actor: PrinterActor) -> Report:
        known = await _status_of(actor, patience)
        headline = f"{address}{_headline(known)}"
        code = Exit.DONE if known.ready else not_now(known.reason)
        return Report(
            code,
            asdict(known) | {"ready": known.ready},
            "\n".join([headline, *(_rows(known) if known.online is not None else [])]),
        )

    visit(address, profile, look).tell(as_json=as_json)


def print_test_page(
    address: Address, profile: Profile = "generic-80", patience: Patience = 20.0, as_json: Json = False
) -> None:
    """Eine Seite zur Probe / Print a page with ruler, umlauts, euro sign, QR code, barcode and cut; say how sure it is on paper.

    Exit code 0: the printer confirmed it. 4: nothing was sent. 5: sent, but not confirmed; look at the paper.
    """
    ledger = _WatchedLedger()
    page = trial_page(address, printer_profile(profile))

    async def print_it(actor: PrinterActor) -> Report:
        ledger.add(MemoryJob(_PAGE, page))
        actor.wake()
        state = await ledger.verdict(_PAGE, patience)
        evidence = ledger.evidence(_PAGE)
        facts = {"state": state, "proof": evidence.proof, "reason": evidence.reason}
        return Report(_exit_of(state, evidence.reason), facts, f"{address}\n  {_verdict(state, evidence)}")

    visit(address, profile, print_it, ledger=ledger).tell(as_json=as_json)


class _WatchedLedger(MemoryLedger):
    """A ledger that tells when a job has moved."""

    def __init__(self) -> None:
        super().__init__(first_process_id=secrets.randbelow(PROCESS_IDS))
        self._moved = asyncio.Event()

    async def moved(self, job_id: bytes, state: JobState, evidence: JobEvidence) -> None:
        """Record, and tell."""
        await super().moved(job_id, state, evidence)
        self._moved.set()

    async def decline(self, printer: str, job_id: bytes, state: JobState, reason: Reason) -> None:
        """Record, and tell."""
        await super().decline(printer, job_id, state, reason)
        self._moved.set()

    async def verdict(self, job_id: bytes, patience: float) -> JobState:
        """Wait until nothing more can be expected, or for as long as the patience lasts."""
        try:
            async with asyncio.timeout(patience):
                while not (self.state(job_id).is_settled or self.state(job_id) is JobState.UNCERTAIN):
                    await self._moved.wait()
                    self._moved.clear()
        except TimeoutError:
            return self.state(job_id)
        return self.state(job_id)


async def _status_of(actor: PrinterActor, patience: float) -> PrinterStatus:
    """The first status that is complete, or says why there is none."""
    complete = asyncio.Event()

    def look(now: PrinterStatus) -> None:
        if now.paper_out is not None or now.online is None:
            complete.set()

    unsubscribe = actor.subscribe(look)
    try:
        await asyncio.wait_for(complete.wait(), patience)
    except TimeoutError:
        return actor.status
    finally:
        unsubscribe()
    return actor.status


def _headline(known: PrinterStatus) -> str:
    if known.ready:
        return ": bereit / ready"
    return f": {both(VALUES[None])}" if known.reason is None else f"\n  {told_cause(known.reason)}"


def _rows(known: PrinterStatus) -> list[str]:
    return [
        f"  {both(FACTS[name]) + ':':36} {both(VALUES[value])}"
        for name, value in asdict(known).items()
        if name in FACTS
    ]


def _verdict(state: JobState, evidence: JobEvidence) -> str:
    codes = ", ".join(str(part) for part in (state, evidence.proof) if part)
    words = told(JOBS[state], codes) if state in JOBS else f"[{codes}]"
    return words if evidence.reason is None else f"{words}\n  {told_cause(evidence.reason)}"


def _exit_of(state: JobState, reason: Reason | None) -> Exit:
    if state is JobState.PRINTED:
        return Exit.DONE
    return Exit.UNKNOWN if state.is_open or state in _OPEN_VERDICTS else not_now(reason)
