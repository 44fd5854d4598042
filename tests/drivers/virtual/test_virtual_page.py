from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from drivers.virtual.events import Complaint, DrawerMoved, DrawerPulsed, PowerCycled, SlipDone
from drivers.virtual.folder import PaperFolder
from drivers.virtual.page import SHOWN, PaperPage
from drivers.virtual.printer import VirtualPrinter
from tests.drivers.virtual.jobs import CUT, INIT, receipt, text

HOSTILE = '<script>alert(1)</script>" onerror="x\n&amp; </pre><img src=x>\n'


class Tags(HTMLParser):
    """The elements and their attributes, and the texts between them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def printed(job: bytes) -> SlipDone:
    printer = VirtualPrinter()
    printer.receive(job, 0)
    return SlipDone(printer.slips[0])


def test_the_newest_slip_stands_first_and_its_picture_is_there(tmp_path: Path) -> None:
    folder = PaperFolder(tmp_path, 576)
    assert "noch kein Bon" in (tmp_path / "index.html").read_text("utf-8")
    for number in (4711, 4712):
        folder.write(printed(receipt(number, copy=number == 4712)), 1_795_000_000_000)
    page = (tmp_path / "index.html").read_text("utf-8")
    assert page.index("Nr. 4712") < page.index("Nr. 4711")
    assert (page.count("<b>KOPIE</b>"), "2 Bons / slips" in page) == (1, True)
    pictures = [value for name, value in Tags(page).attributes if name == "src"]
    assert pictures == ["slip-0002.png", "slip-0001.png"]
    assert all((tmp_path / str(name)).exists() for name in pictures)


def test_the_drawer_the_power_and_what_was_not_understood_are_seen(tmp_path: Path) -> None:
    folder = PaperFolder(tmp_path, 576)
    for event in (DrawerMoved(True, "tcp-1"), DrawerMoved(False), PowerCycled(2), Complaint("<unknown>")):
        folder.write(event, 1_795_000_000_000)
    folder.write(DrawerPulsed(2, True, True, "tcp-1"), 1_795_000_000_000)
    page = Tags((tmp_path / "index.html").read_text("utf-8"))
    assert page.tags.count("p") == 4
    assert "unverstanden / not understood: <unknown> " in page.texts


def test_what_a_host_printed_cannot_act_on_the_page(tmp_path: Path) -> None:
    PaperFolder(tmp_path, 576).write(printed(INIT + text(HOSTILE) + CUT), 0)
    page = Tags((tmp_path / "index.html").read_text("utf-8"))
    assert "script" not in page.tags
    assert page.tags.count("img") == 1
    assert not any(name.startswith("on") for name, _ in page.attributes)
    assert HOSTILE in page.texts


@given(st.text(), st.text())
def test_no_text_whatsoever_becomes_an_element(body: str, number: str) -> None:
    plain = {"kind": "slip", "number": 1, "png": "slip-0001.png", "complete": False, "time": 0}
    page = PaperPage([{**plain, "text": body, "receipt_number": number, "interruption": body}])
    assert Tags(page.html()).tags == Tags(PaperPage([{**plain, "text": "", "interruption": ""}]).html()).tags


def test_the_page_shows_what_earlier_runs_printed_and_forgives_a_line_cut_off(tmp_path: Path) -> None:
    PaperFolder(tmp_path, 576).write(printed(receipt(4711)), 0)
    with (tmp_path / "paper.jsonl").open("a") as journal:
        journal.write('{"kind": "slip", "numb')
    PaperFolder(tmp_path, 576)
    assert "Nr. 4711" in (tmp_path / "index.html").read_text("utf-8")


def test_a_line_after_one_that_was_cut_off_is_not_lost(tmp_path: Path) -> None:
    (tmp_path / "paper.jsonl").write_text('{"kind": "slip", "numb')
    PaperFolder(tmp_path, 576).write(PowerCycled(2), 0)
    last = (tmp_path / "paper.jsonl").read_text("utf-8").splitlines()[-1]
    assert json.loads(last)["kind"] == "power_cycle"


def test_the_page_stays_short() -> None:
    page = PaperPage({"kind": "drawer", "open": True} for _ in range(SHOWN * 3))
    assert page.html().count("<p ") == SHOWN
