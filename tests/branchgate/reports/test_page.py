"""Reports as HTML: one file that needs nothing else, charts with their tables, nothing in it but text where text was meant."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from branchgate.figures import ArticleFigure, CategoryFigure, HourFigure, PaymentFigure, UserFigure
from branchgate.printable import clean
from branchgate.reports import Report, Reprint, page, period_content, z_content
from branchgate.reports.charts import Mark, bars, columns
from tests.branchgate.reports import strategies
from tests.branchgate.reports.rich_day import CLOSED_MS, CLOSING, FIGURES, SETTINGS

HOSTILE = "<script>alert(1)</script><img src=x onerror=y>\"'&\x1b[2J"
VOID = {"meta", "br"}
ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "article", "header", "p", "br", "h1", "h2", "ul", "li", "dl", "div"),
    *("dt", "dd", "section", "figure", "svg", "rect", "line", "text", "table", "caption", "thead", "tbody", "tr", "th", "td"),
    "footer",
}  # fmt: skip


class Reader(HTMLParser):
    """Which elements and attributes there are, and that every element is closed where it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag not in VOID and not (self.get_starttag_text() or "").endswith("/>"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


@given(st.lists(strategies.reports(), min_size=1, max_size=2))
@settings(max_examples=40, deadline=None)
def test_any_report_is_a_page_of_known_elements_that_loads_and_runs_nothing(found: list[Report]) -> None:
    reader = read(page(found))
    assert reader.tags <= ALLOWED
    assert not {name for name in reader.attributes if name.startswith("on") or name in ("href", "src", "style")}


def test_names_from_elsewhere_are_text_wherever_they_stand() -> None:
    hostile = replace(
        FIGURES,
        categories=(CategoryFigure(HOSTILE, HOSTILE, 1), CategoryFigure("b", HOSTILE, 2)),
        users=(UserFigure(HOSTILE, 1, 1, HOSTILE),),
        payments=(PaymentFigure("Bar", HOSTILE, HOSTILE, 1, 1), PaymentFigure(HOSTILE, "", "EUR", 1, 1)),
        top_articles=(ArticleFigure(HOSTILE, HOSTILE, 1, 1, HOSTILE), ArticleFigure("2", HOSTILE, 1, 1, HOSTILE)),
        first_receipt_number=HOSTILE,
    )
    closing = replace(CLOSING, register_id=HOSTILE, user_id=HOSTILE, figures=hostile, business_day=HOSTILE)
    shop = replace(SETTINGS, company=HOSTILE, name=HOSTILE, tax_id=HOSTILE)
    text = page([z_content(replace(closing, master_data=None), shop, Reprint(CLOSED_MS, HOSTILE))])
    assert read(text).tags <= ALLOWED
    assert "<script" not in text
    assert "<img" not in text
    assert "\x1b" not in text


def test_nothing_points_outside_and_the_page_forbids_it() -> None:
    text = page([z_content(CLOSING, SETTINGS)])
    assert not re.search(r"https?:|@import|url\(", text)
    assert "default-src 'none'" in text
    assert '<html lang="de">' in text
    assert '<html lang="en">' in page([z_content(CLOSING, replace(SETTINGS, language="en"))])


def test_a_copy_is_marked_on_the_page_too() -> None:
    assert "<li>KOPIE</li>" in page([z_content(CLOSING, SETTINGS, Reprint(CLOSED_MS))])
    assert "KOPIE" not in page([z_content(CLOSING, SETTINGS)])


def test_every_chart_is_named_and_stands_above_the_table_with_its_figures() -> None:
    sections = re.findall(r"<section.*?</section>", page([z_content(CLOSING, SETTINGS)]), re.DOTALL)
    drawn = [each for each in sections if "<svg" in each]
    assert [re.search(r'id="(\w+)"', each)[1] for each in drawn] == [  # type: ignore[index]
        "vat", "payments", "categories", "hours", "articles",
    ]  # fmt: skip
    for each in drawn:
        (title,) = re.findall(r"<h2>(.*?)</h2>", each)
        assert f'role="img" aria-label="{title}"' in each
        assert each.index("<svg") < each.index("<table>")


def test_a_chart_of_many_categories_shows_the_largest_and_the_rest_while_the_table_has_all() -> None:
    figures = replace(FIGURES, categories=tuple(CategoryFigure(f"k{at}", f"K {at}", at + 1) for at in range(60)))
    text = page([z_content(replace(CLOSING, figures=figures), SETTINGS)])
    (drawn,) = re.findall(r'<section id="categories".*?</section>', text, re.DOTALL)
    assert drawn.count("<rect") == 12
    assert "49 weitere" in drawn
    assert drawn.count('<tr data-key="k') == 60


def test_a_year_is_one_page_with_a_row_for_every_day() -> None:
    year = [
        replace(CLOSING, business_day=f"2026-{month:02d}-{day:02d}") for month in range(1, 13) for day in range(1, 29)
    ]
    text = page([period_content(year, CLOSED_MS, SETTINGS)])
    (days,) = re.findall(r'<section id="days".*?</section>', text, re.DOTALL)
    assert days.count('<tr data-key="2026-') == 336
    assert days.count("<rect") == 336
    assert "3.452.124,48" in days


marks = st.lists(
    st.builds(Mark, st.text(max_size=40), st.integers(-(10**12), 10**12), st.text(max_size=20)), min_size=1
)


@given(marks)
@settings(deadline=None)
def test_nothing_that_is_drawn_leaves_the_drawing(found: list[Mark]) -> None:
    for draw in (bars, columns):
        drawing = ET.fromstring(draw("Umsatz", [replace(mark, name=clean(mark.name)) for mark in found]))
        _, _, width, height = map(int, drawing.attrib["viewBox"].split())
        bodies = drawing.findall("rect")
        assert len(bodies) == len(found)
        for body in bodies:
            x, y, w, h = (int(body.attrib[name]) for name in ("x", "y", "width", "height"))
            assert min(x, y, w, h) >= 0
            assert y + h <= height
            assert x + w <= width + 4 or len(found) > width


def test_a_loss_goes_the_other_way() -> None:
    drawing = ET.fromstring(bars("Zahlarten", [Mark("Bar", 300, "3,00"), Mark("Karte", -100, "-1,00")]))
    above, below = drawing.findall("rect")
    assert (above.attrib["class"], below.attrib["class"]) == ("above", "below")
    assert int(below.attrib["x"]) + int(below.attrib["width"]) == int(above.attrib["x"])


def test_a_single_row_needs_no_chart() -> None:
    alone = replace(FIGURES, hours=(HourFigure(9, 1, 100),))
    text = page([z_content(replace(CLOSING, figures=alone), SETTINGS)])
    (hours,) = re.findall(r'<section id="hours".*?</section>', text, re.DOTALL)
    assert "<svg" not in hours
