"""What is told of an export that was checked: the faults under their rules, for people in German and English and for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from branchgate.dsfinvk import Fault, Progress, Result
from branchgate.showing import Answers, console, foreign


def plain_result(result: Result) -> dict[str, Any]:
    """The result by the names that scripts read."""
    return {
        "clean": result.clean,
        "extent": result.extent.value,
        "rows": result.rows,
        "found": result.found,
        "not_asked": list(result.not_asked),
        "faults": [_plain(fault) for fault in result.faults],
    }


def show_result(result: Result) -> None:
    """The faults, a table for each rule, and how many more there are."""
    faults = sorted(result.faults, key=lambda fault: fault.code)
    for code, of_rule in groupby(faults, key=lambda fault: fault.code):
        _show_rule(code, list(of_rule), result.found[code])
    rows = sum(result.rows.values())
    extent = {"full": ("vollständig", "in full"), "small": ("nur TSE-Daten", "TSE data only")}[result.extent.value]
    if result.not_asked:
        console().print(f"[dim]nicht geprüft / not checked: {', '.join(result.not_asked)}[/]")
    count = sum(result.found.values())
    if count:
        german = f"{_german(count)} Fehler in {len(result.found)} Regeln; {_german(rows)} Zeilen geprüft ({extent[0]})."
        english = f"{count:,} faults in {len(result.found)} rules; {rows:,} rows checked ({extent[1]})."
        console().print(f"[red]{german}[/]\n[dim]{english}[/]")
        return
    console().print(f"[green]Ohne Fehler: {_german(rows)} Zeilen geprüft ({extent[0]}).[/]")
    console().print(f"[dim]No faults: {rows:,} rows checked ({extent[1]}).[/]")


@contextmanager
def progress_bar() -> Iterator[Any]:
    """Something to call with `Progress`: a bar on a terminal, nothing elsewhere."""
    screen = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Bar(*columns, console=screen, transient=True, disable=not screen.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def show(progress: Progress) -> None:
            bar.update(task, description=foreign(progress.file), completed=progress.done, total=progress.total or None)

        yield show


def _show_rule(code: str, faults: list[Fault], found: int) -> None:
    table = Answers("Datei / file", "Zeile / line", "Was / what")
    for fault in faults:
        said = f"{fault.sentence('de')}\n{fault.sentence('en')}"
        table.add(fault.file, str(fault.line or "–"), said)
    console().print(f"[bold]{code}[/] ({_german(found)})")
    console().print(table)
    if found > len(faults):
        more = found - len(faults)
        console().print(f"… und {_german(more)} weitere / and {more:,} more")


def _german(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _plain(fault: Fault) -> dict[str, Any]:
    return {
        "code": fault.code,
        "file": fault.file,
        "line": fault.line,
        "column": fault.column,
        "value": fault.value,
        "rule": fault.rule,
        "de": fault.sentence("de"),
        "en": fault.sentence("en"),
    }
