"""Holds everybody's figures against what was sold, and says so in one table and one line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.table import Table

from branchgate.money import euros
from scripts.demonstration.day import Settled
from scripts.demonstration.paper import Paper
from scripts.demonstration.reckoning import Books


@dataclass(slots=True)
class Verdict:
    """Figures by who holds them, and every disagreement found."""

    sold: Books
    rows: list[tuple[str, int, int | None]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def figures(self, whose: str, books: Books, figures: dict[str, Any], *, row: bool = True) -> None:
        """Takes somebody's figures and compares them with the books they should equal."""
        self.problems += books.differences(figures, whose)
        if row:
            self.rows.append((whose, figures["receipt_count"], figures["gross_cents"]))

    def arrived(self, receipts: int) -> None:
        """How many receipts central has, counted one by one."""
        if receipts != self.sold.receipts:
            self.problems.append(f"central has {receipts} receipts, sold {self.sold.receipts}")

    def paper(self, paper: Paper, settled: Settled, numbers: list[str]) -> None:
        """Every receipt lies there complete: as one unmarked original, or as a copy in place of one that did not come out."""
        originals = paper.originals()
        doubled = [number for number, slips in originals.items() if len(slips) > 1]
        copied = {slip.receipt_number for slip in paper.copies()}
        missing = [number for number in numbers if number not in originals and number not in copied]
        self.problems += [f"receipt {number} has more than one unmarked original" for number in doubled]
        self.problems += [f"receipt {number} is not on paper" for number in missing]
        if settled.jobs.get("copy", 0) != len(paper.copies()):
            self.problems.append(f"{settled.jobs.get('copy', 0)} copies ordered, {len(paper.copies())} on paper")
        printed = [slips[0] for number, slips in originals.items() if number in set(numbers)]
        extra = [slip for slip in paper.copies() if slip.receipt_number not in originals]
        totals = [slip.total_cents for slip in (*printed, *extra)]
        cents = None if None in totals else sum(total for total in totals if total is not None)
        if cents != self.sold.gross:
            self.problems.append(f"paper adds up to {cents}, sold {self.sold.gross}")
        self.rows.append(("gedruckt / printed", len(printed) + len(extra), cents))

    def agrees(self) -> bool:
        """True if nothing disagrees."""
        return not self.problems

    def show(self, console: Console) -> None:
        """The table."""
        table = Table(title="Ein Tag in der Filiale / a day in the branch", title_justify="left")
        table.add_column("Zahlen von / figures of")
        table.add_column("Bons / receipts", justify="right")
        table.add_column("Summe / total", justify="right")
        table.add_column("")
        expected = (self.sold.receipts, self.sold.gross)
        for name, receipts, cents in [("verkauft / sold", *expected), *self.rows]:
            whole = name.endswith("*") or (receipts, cents) == expected
            table.add_row(name.rstrip("*"), str(receipts), _euros(cents), "[green]✓[/]" if whole else "[red]✗[/]")
        console.print(table)
        for problem in self.problems:
            console.print(f"[red]✗[/] {problem}")


def paper_table(paper: Paper, settled: Settled) -> Table:
    """Originals, copies and settled jobs apart."""
    table = Table(title="Auf dem Papier / on paper", title_justify="left", show_header=False)
    rows = [
        ("Originale ohne Kennzeichnung / unmarked originals", sum(len(slips) for slips in paper.originals().values())),
        ("Kopien (KOPIE) / copies", len(paper.copies())),
        ("unvollständige Zettel / fragments", len(paper.fragments())),
        ("ungeklärt, lag vollständig vor / in doubt, was complete", settled.answered_complete),
        ("ungeklärt, fehlte: Kopie gedruckt / in doubt, missing: copy made", settled.answered_missing),
        ("Kassenlade geöffnet / drawer openings", paper.drawer_openings),
    ]
    for name, count in rows:
        table.add_row(name, str(count))
    return table


def _euros(cents: int | None) -> str:
    return "?" if cents is None else f"{euros(cents)} €"
