"""The table for people and the lines for machines."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import grpc
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.benchmark.figures import Figure

_COLOURS = {"reached": "green", "indicative": "yellow", "missed": "red"}


@dataclass
class Report:
    """Collects what a run finds out, in the order in which it is found."""

    command: str
    rounds: int
    figures: list[tuple[str, Figure]] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    failed: list[tuple[str, str]] = field(default_factory=list)

    def show(self, console: Console) -> None:
        """The table."""
        table = Table(title=f"{self.command} · medians of {self.rounds} interleaved rounds", show_lines=True)
        for heading in ("operation", "measured", "goal", "verdict", "made from"):
            table.add_column(heading, overflow="fold")
        for _, figure in self.figures:
            made_from = "\n".join(f"{name} {_number(value)}" for name, value in figure.details.items())
            colour = _COLOURS[figure.verdict]
            table.add_row(
                figure.operation,
                f"{_number(figure.value)} {figure.unit}",
                _goal(figure),
                f"[{colour}]{figure.verdict}[/]",
                made_from,
            )
        for subject, reason in self.skipped:
            table.add_row(subject, "", "", "skipped", reason)
        for subject, reason in self.failed:
            table.add_row(subject, "", "", "[red]failed[/]", escape(reason))
        console.print(table)
        for policy in dict.fromkeys(figure.policy for _, figure in self.figures if figure.policy):
            console.print(f"[dim]{policy}[/]")

    def write(self, path: Path) -> None:
        """One JSON object a line: the machine, then each figure, then what was skipped."""
        lines: list[dict[str, Any]] = [{"machine": machine(), "command": self.command, "rounds": self.rounds}]
        lines += [{"subject": subject, **figure.as_json()} for subject, figure in self.figures]
        lines += [{"subject": subject, "skipped": reason} for subject, reason in self.skipped]
        lines += [{"subject": subject, "failed": reason} for subject, reason in self.failed]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "grpc": grpc.__version__,
        "duckdb": duckdb.__version__,
    }


def _goal(figure: Figure) -> str:
    sign = "≥" if figure.goal.at_least else "≤"
    return f"{sign} {_number(figure.goal.limit)} {figure.unit}" + (" (indicative)" if figure.goal.indicative else "")


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
