"""What is told of an export that was checked: the faults under their rules, for people in German and English and for scripts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from branchgate.dsfinvk import Extent, Fault, Progress, Result
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
    """The faults in one table, how many more there are of a rule, what was not asked, and the sum of it."""
    if result.faults:
        table = Answers("Regel / rule", "Wo / where", "Was / what")
        for fault in sorted(result.faults, key=lambda fault: fault.code):
            table.add(fault.code, _place(fault), f"{fault.sentence('de')}\n{fault.sentence('en')}")
        console().print(table)
    for code, found in sorted(result.found.items()):
        more = found - sum(fault.code == code for fault in result.faults)
        if more:
            console().print(f"{code}: … und {_german(more)} weitere / and {more:,} more")
    if result.not_asked:
        console().print(f"[dim]nicht geprüft / not checked: {', '.join(result.not_asked)}[/]")
    german, english = _sum(result)
    console().print(f"[{'green' if result.clean else 'red'}]{german}[/]\n[dim]{english}[/]", soft_wrap=True)


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


def _place(fault: Fault) -> str:
    return f"{fault.file}:{fault.line}" if fault.line else fault.file


def _sum(result: Result) -> tuple[str, str]:
    faults, rules, rows = sum(result.found.values()), len(result.found), sum(result.rows.values())
    extent = {Extent.FULL: ("vollständig", "in full"), Extent.SMALL: ("nur TSE-Daten", "TSE data only")}[result.extent]
    german = f"{_german(faults)} Fehler in {rules} {'Regel' if rules == 1 else 'Regeln'}" if faults else "Ohne Fehler"
    words = "fault" if faults == 1 else "faults", "rule" if rules == 1 else "rules"
    english = f"{faults:,} {words[0]} in {rules} {words[1]}" if faults else "No faults"
    return (
        f"{german}; {_german(rows)} Zeilen geprüft ({extent[0]}).",
        f"{english}; {rows:,} rows checked ({extent[1]}).",
    )


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
