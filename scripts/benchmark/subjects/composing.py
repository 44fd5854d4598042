"""From a recorded receipt to the bytes of a printer, beside python-escpos writing the same lines by itself."""

from __future__ import annotations

import itertools
import statistics
import time
from collections.abc import Callable
from typing import Any

from escpos.printer import Dummy

from branchgate.catalogue import BranchSettings
from branchgate.numbers import NumberRange
from branchgate.receipts.codec import decode_receipt
from drivers.escpos.compose import compose
from drivers.escpos.document import Document, QrCode
from drivers.escpos.layout import to_text
from drivers.escpos.profile import PROFILES
from gateway.printing.templates.receipt import receipt_document
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, median_of
from tests.rigs.receipts import Receipts

PROFILE = PROFILES["generic-80"]
QR = QrCode("V0;KASSE-1;Kassenbeleg-V1;Beleg^19.99_0.00_0.00_0.00_0.00^19.99:Bar;42;84;" + "A" * 88)
POLICY = "template, layout and bytes of a receipt of six lines with a QR code, no logo; python-escpos gets the finished lines"


async def measure(bench: Bench) -> list[Figure]:
    """The median receipt of each, warm."""
    settings = BranchSettings("filiale-1", "Mitte", company="Feinkost Bergmann", street="Markt 1", town="Ulm")
    bodies = Receipts().bodies(NumberRange("K1-", 7), 1)
    receipts = [decode_receipt(body) for body in itertools.islice(bodies, bench.amount(200, 50))]

    def document(index: int) -> Document:
        made = receipt_document(receipts[index], "kasse-1", settings, PROFILE.columns)
        return Document((*made.elements, QR))

    pages = [to_text(document(index), PROFILE.columns).splitlines() for index in range(len(receipts))]
    rounds = [
        {
            "ours ms": _median_ms(lambda index: compose(document(index), PROFILE), len(receipts)),
            "python-escpos ms": _median_ms(lambda index: _bare(pages[index]), len(receipts)),
        }
        for _ in range(bench.rounds)
    ]
    details = {name: median_of(rounds, name) for name in rounds[0]}
    ratio = details["ours ms"] / details["python-escpos ms"]
    return [
        Figure(
            "composing a receipt with a QR code / python-escpos' bare renderer", ratio, "×", Goal(1.5), POLICY, details
        )
    ]


def _bare(lines: list[str]) -> bytes:
    printer: Any = Dummy()
    for line in lines:
        printer.text(line + "\n")
    printer.qr(QR.data, size=QR.dots, native=True)
    output: bytes = printer.output
    return output


def _median_ms(work: Callable[[int], object], times: int) -> float:
    taken = []
    for index in range(times):
        began = time.perf_counter()
        work(index)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
