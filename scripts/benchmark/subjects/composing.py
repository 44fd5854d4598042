"""From a recorded receipt to the bytes of a printer, beside python-escpos writing the same lines by itself."""

from __future__ import annotations

import io
import itertools
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, replace
from typing import Any

from escpos.printer import Dummy, Network
from PIL import Image, ImageDraw

from branchgate.catalogue import BranchSettings
from branchgate.numbers import NumberRange
from branchgate.receipts.codec import decode_receipt
from branchgate.receipts.model import Receipt
from drivers.escpos.compose import compose
from drivers.escpos.document import Bitmap, Document, QrCode
from drivers.escpos.layout import to_text
from drivers.escpos.pictures import read_picture
from drivers.escpos.profile import PROFILES
from gateway.printing.templates.receipt import receipt_document
from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, median_of
from tests.rigs.receipts import Receipts

PROFILE = PROFILES["generic-80"]
QR = QrCode("V0;KASSE-1;Kassenbeleg-V1;Beleg^19.99_0.00_0.00_0.00_0.00^19.99:Bar;42;84;" + "A" * 88)
SETTINGS = BranchSettings("filiale-1", "Mitte", company="Feinkost Bergmann", street="Markt 1", town="Ulm")
LOGO_DOTS = (384, 120)
LINES = 40
POLICY = "template, layout and bytes of a receipt of six lines with a QR code, no logo; python-escpos gets the finished lines"
LOGO_POLICY = f"the same of {LINES} articles with a logo of {LOGO_DOTS[0]} x {LOGO_DOTS[1]} dots; python-escpos gets the finished lines and a picture of the right size"
DEVICE_POLICY = (
    "the same, sent to a socket that reads at once; python-escpos used the usual way, on its Network printer"
)


@dataclass(frozen=True, slots=True)
class Page:
    """One receipt both ways: what the gateway composes, and the finished lines that python-escpos gets."""

    receipt: Receipt
    logo: Bitmap | None

    def document(self) -> Document:
        """From the template."""
        made = receipt_document(self.receipt, "kasse-1", SETTINGS, PROFILE.columns, logo=self.logo)
        return Document((*made.elements, QR))

    def lines(self) -> list[str]:
        """What is to be read on it."""
        plain = receipt_document(self.receipt, "kasse-1", SETTINGS, PROFILE.columns)
        return to_text(Document((*plain.elements, QR)), PROFILE.columns).splitlines()


async def measure(bench: Bench) -> list[Figure]:
    """The median receipt of each, warm."""
    times = bench.amount(200, 50)
    picture = _logo_file()
    logo = read_picture(picture, "logo.png").fitted(PROFILE.dots)
    image = Image.open(io.BytesIO(picture))
    image.load()
    short = [Page(receipt, None) for receipt in _receipts(times)]
    long = [Page(_lengthened(receipt), logo) for receipt in _receipts(times)]
    with redirect_stdout(io.StringIO()), _sink() as port:
        device: Any = Network("127.0.0.1", port)
        device.open()
        with socket.create_connection(("127.0.0.1", port)) as ours:
            ours.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            rounds = [_round(short, long, image, device, ours) for _ in range(bench.rounds)]
        device.close()
    details = {name: median_of(rounds, name) for name in rounds[0]}

    def figure(name: str, what: str, ours: str, theirs: str, goal: Goal, policy: str) -> Figure:
        shown = {ours: details[ours], theirs: details[theirs]}
        return Figure(f"{what} / {name}", details[ours] / details[theirs], "×", goal, policy, shown)

    bare = "python-escpos' bare renderer"
    return [
        figure(bare, "composing a receipt with a QR code", "ours ms", "python-escpos ms", Goal(1.5), POLICY),
        figure(
            bare,
            f"composing {LINES} lines with logo and QR code",
            "with logo, ours ms",
            "with logo, python-escpos ms",
            Goal(1.5),
            LOGO_POLICY,
        ),
        figure(
            "python-escpos on its device",
            "composing and sending the same",
            "sent, ours ms",
            "sent, python-escpos ms",
            Goal(1.0),
            DEVICE_POLICY,
        ),
    ]


def _round(
    short: list[Page], long: list[Page], image: Image.Image, device: Any, ours: socket.socket
) -> dict[str, float]:
    plain, full = [page.lines() for page in short], [page.lines() for page in long]
    times = len(short)

    def send(index: int) -> None:
        ours.sendall(b"".join(compose(long[index].document(), PROFILE)))

    return {
        "ours ms": _median_ms(lambda index: compose(short[index].document(), PROFILE), times),
        "python-escpos ms": _median_ms(lambda index: _write(Dummy(), plain[index], None), times),
        "with logo, ours ms": _median_ms(lambda index: compose(long[index].document(), PROFILE), times),
        "with logo, python-escpos ms": _median_ms(lambda index: _write(Dummy(), full[index], image), times),
        "sent, ours ms": _median_ms(send, times),
        "sent, python-escpos ms": _median_ms(lambda index: _write(device, full[index], image), times),
    }


def _write(printer: Any, lines: list[str], image: Image.Image | None) -> None:
    if image is not None:
        printer.image(image, impl="bitImageRaster")
    for line in lines:
        printer.text(line + "\n")
    printer.qr(QR.data, size=QR.dots, native=True)


def _receipts(count: int) -> Iterator[Receipt]:
    bodies = Receipts().bodies(NumberRange("K1-", 7), 1)
    return (decode_receipt(body) for body in itertools.islice(bodies, count))


def _lengthened(receipt: Receipt) -> Receipt:
    """The same with its articles over and over, for their look only: sums stay as they were."""
    lines = itertools.islice(itertools.cycle(receipt.lines), LINES)
    return replace(receipt, lines=tuple(lines))


def _logo_file() -> bytes:
    width, height = LOGO_DOTS
    drawn = Image.new("L", LOGO_DOTS, "white")
    brush = ImageDraw.Draw(drawn)
    brush.ellipse((4, 4, height - 4, height - 4), fill="black")
    for left in range(height + 16, width - 8, 24):
        brush.rectangle((left, 20, left + 12, height - 20), fill="black")
    packed = io.BytesIO()
    drawn.save(packed, "PNG")
    return packed.getvalue()


@contextmanager
def _sink() -> Iterator[int]:
    """A port on loopback that reads everything at once, on both connections."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        readers = [threading.Thread(target=_read_all, args=(server,), daemon=True) for _ in range(2)]
        for reader in readers:
            reader.start()
        yield server.getsockname()[1]
        for reader in readers:
            reader.join(5)


def _read_all(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        while connection.recv(65536):
            pass


def _median_ms(work: Callable[[int], object], times: int) -> float:
    taken = []
    for index in range(times):
        began = time.perf_counter()
        work(index)
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)
