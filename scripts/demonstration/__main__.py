"""`./scripts/demo`: runs a branch for a day in under two minutes and reckons it up."""

from __future__ import annotations

import asyncio
import json
import shutil
import signal
import tempfile
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from scripts.demonstration.day import Day, Settled
from scripts.demonstration.processes import DemoFailed
from scripts.demonstration.reckoning import Books
from scripts.demonstration.shopping import read_baskets
from scripts.demonstration.stage import BRANCH, REGISTERS, Props, Stage
from scripts.demonstration.verdict import Verdict, paper_table

RECEIPTS = 400
Z_TEXT, Z_NAME = "z-report.txt", "Z-Bericht / Z report"
Z_PAGE, Z_PAGE_NAME = "z-report.html", "Z-Bericht mit Diagrammen / Z report with charts"
CONSOLE = Console(stderr=False, highlight=False)


def demo(
    receipts: Annotated[int, typer.Option(min=20, max=5000, help="How many receipts the two tills sell.")] = RECEIPTS,
    seed: Annotated[int, typer.Option(help="The same seed makes the same day.")] = 7,
    baskets: Annotated[
        Path | None,
        typer.Option(help="Real baskets: CSV, one basket a line, article names.", exists=True, dir_okay=False),
    ] = None,
    articles: Annotated[
        Path | None,
        typer.Option(help="Other articles: CSV in the form that JTL-Ameise exports.", exists=True, dir_okay=False),
    ] = None,
    mapping: Annotated[
        str, typer.Option(help='Mapping file (TOML) for --articles; "shipped" for the one of the shipped articles.')
    ] = "",
    printer: Annotated[
        list[str] | None,
        typer.Option(help="A real printer, tcp://host:9100 or serial:///dev/ttyUSB0?baud=38400; may be given twice."),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", help="Write the figures to this file, for machines.")
    ] = None,
    keep: Annotated[Path | None, typer.Option(help="Keep all data in this new folder.", file_okay=False)] = None,
) -> None:
    """Runs central, a gateway, two tills and two printers for real, cuts the WAN, kills the gateway, and reckons up to the cent.

    Exit code 0 only if every figure agrees.
    """
    if keep is not None and keep.exists() and any(keep.iterdir()):
        raise typer.BadParameter(f"{keep} is not empty", param_hint="--keep")
    if json_file is not None and not json_file.resolve().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {json_file.resolve().parent}", param_hint="--json")
    root = keep or Path(tempfile.mkdtemp(prefix="branchgate-demo-"))
    root.mkdir(parents=True, exist_ok=True)
    props = Props(
        articles=str(articles.resolve()) if articles else "shipped",
        mapping=mapping or ("" if articles else "shipped"),
        printers=tuple(printer or ())[: len(REGISTERS)],
    )
    try:
        agreed = asyncio.run(
            _interruptible(_run(root.resolve(), props, receipts, seed, baskets, json_file, kept=keep is not None))
        )
    except (DemoFailed, asyncio.CancelledError) as failure:
        CONSOLE.print(
            f"[red]Die Vorführung ist abgebrochen / the demo broke off[/]: {str(failure) or 'Ctrl-C'}", markup=True
        )
        agreed = False
    finally:
        if keep is None:
            shutil.rmtree(root, ignore_errors=True)
    raise typer.Exit(0 if agreed else 1)


async def _interruptible(work: Any) -> bool:
    """Ctrl-C ends the demo's processes in good order instead of leaving them behind."""
    task = asyncio.ensure_future(work)
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, task.cancel)
    return bool(await task)


async def _run(
    root: Path, props: Props, receipts: int, seed: int, baskets: Path | None, json_file: Path | None, *, kept: bool
) -> bool:
    with _progress() as progress:
        scene = progress.add_task("Aufbau / setting up", total=None)
        async with Stage(root, props, lambda text: progress.update(scene, description=text)) as stage:
            progress.remove_task(scene)
            _introduce(stage, progress.console)
            real = await _real_baskets(stage, baskets, receipts, progress.console)
            day = Day(stage, receipts, seed, real)
            day.plan()
            selling = progress.add_task("Verkauf / selling", total=receipts)
            await day.sell(
                lambda sold: progress.update(selling, completed=min(sold, receipts)),
                lambda text: progress.console.print(f"  [yellow]⚡ {text}[/]"),
            )
            ending = progress.add_task(
                "Warten, bis alles angekommen ist / waiting for everything to arrive", total=None
            )
            await day.settled()
            progress.update(ending, description="Papier klären / settling paper")
            settled = await day.settle_paper()
            progress.update(ending, description="Tagesabschluss / closing the day")
            verdict, z_text = await _close(stage, day, settled)
            progress.remove_task(ending)
            progress.stop()
            return _tell(stage, day, settled, verdict, z_text, json_file, kept=kept)


def _progress() -> Progress:
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=CONSOLE,
    )


def _introduce(stage: Stage, console: Console) -> None:
    assortments = ", ".join(f"{branch}: {count}" for branch, count in stage.assortments.items())
    console.print(
        f"  {stage.imported['articles']} Artikel importiert / articles imported; Sortimente / assortments: {assortments}\n"
        f"  {len(stage.tills)} Kassen angebunden / registers paired: {', '.join(REGISTERS)}"
    )


async def _real_baskets(stage: Stage, baskets: Path | None, receipts: int, console: Console) -> tuple[Any, ...]:
    if baskets is None:
        return ()
    articles = (await stage.tills[0].ask({"do": "articles"}))["articles"]
    found = read_baskets(baskets, articles, receipts)
    console.print(f"  {len(found.baskets)} Körbe gelesen / baskets read from {baskets.name}")
    for name, count in found.unknown[:10]:
        console.print(f"  [yellow]kein Artikel / no article[/]: {name} ({count}×)")
    return found.baskets


async def _close(stage: Stage, day: Day, settled: Settled) -> tuple[Verdict, str]:
    """X, then Z at the branch, then central's figures; each compared with the tills' own books."""
    sold = Books()
    for books in day.books:
        sold.add(books)
    verdict = Verdict(sold)
    for register, books in zip(REGISTERS, day.books, strict=True):
        (x,) = await stage.ask_gateway("x", "--register", register)
        verdict.figures(f"X {register}*", books, x["figures"])
    (x,) = await stage.ask_gateway("x")
    verdict.figures("aufgezeichnet (X Filiale) / recorded (branch X)", sold, x["figures"])
    z_text = ""
    for step in await stage.ask_gateway("close", "--user", "demo", "--print", "--html", str(stage.root / Z_PAGE)):
        if "done" in step:
            closing = step["done"]["closing"]
            books = day.books[REGISTERS.index(closing["register_id"])]
            verdict.figures(f"Z {closing['z_number']} {closing['register_id']}*", books, closing["figures"])
            z_text += step["done"]["text"] + "\n"
        if "branch" in step:
            verdict.figures("abgeschlossen (Z Filiale) / closed (branch Z)", sold, step["branch"]["figures"])
            z_text += step["branch"]["text"]
    for till in stage.tills:
        await till.ask({"do": "wait", "for": "central", "timeout_ms": 60_000})
    await stage.ask_central("pull", BRANCH)
    (report,) = await stage.ask_central("report", "--branch", BRANCH)
    verdict.figures("Zentrale (Berichte) / central (reports)", sold, report["total"])
    (status,) = await stage.ask_central("status")
    verdict.arrived(status["receipts"])
    examined = await stage.ask_gateway("verify")
    verdict.problems += [f"journal: {step['fault']['text_en']}" for step in examined if "fault" in step]
    if still_open := (await day.settle_paper()).still_open:
        verdict.problems.append(f"{still_open} print jobs have not come out")
    if stage.prints_virtually:
        await stage.switch_printers_off()
        verdict.paper(stage.paper, settled, [number for books in day.books for number in books.numbers])
    return verdict, z_text


def _tell(
    stage: Stage, day: Day, settled: Settled, verdict: Verdict, z_text: str, json_file: Path | None, *, kept: bool
) -> bool:
    paper = stage.paper
    shown = _keepsakes(stage, z_text) if kept else _last_looks(stage, z_text)
    CONSOLE.print()
    verdict.show(CONSOLE)
    if stage.prints_virtually:
        CONSOLE.print(paper_table(paper, settled))
    for what, path in shown.items():
        CONSOLE.print(f"{what}: {path}", soft_wrap=True)
    agrees = verdict.agrees()
    if json_file is not None:
        json_file.write_text(
            json.dumps(_figures(stage, day, settled, verdict, shown), ensure_ascii=False, indent=1), encoding="utf-8"
        )
    if agrees:
        CONSOLE.print(
            f"\n[bold green]ALLES STIMMT / EVERYTHING AGREES[/]: {verdict.sold.receipts} Bons, auf den Cent / to the cent."
        )
    else:
        CONSOLE.print(
            f"\n[bold red]ES STIMMT NICHT / IT DOES NOT AGREE[/]: {len(verdict.problems)} Abweichungen / differences."
        )
    return agrees


def _keepsakes(stage: Stage, z_text: str) -> dict[str, str]:
    z_file = stage.root / Z_TEXT
    z_file.write_text(z_text, encoding="utf-8")
    return {**_receipt_paths(stage), Z_NAME: str(z_file), Z_PAGE_NAME: str(stage.root / Z_PAGE)}


def _last_looks(stage: Stage, z_text: str) -> dict[str, str]:
    """Without --keep nothing of the data stays; one receipt and the Z report are put where they can be looked at."""
    folder = Path(tempfile.gettempdir()) / "branchgate-demo"
    folder.mkdir(exist_ok=True)
    shown: dict[str, str] = {}
    for what, path in _receipt_paths(stage).items():
        copy = folder / f"receipt{Path(path).suffix}"
        shutil.copyfile(path, copy)
        shown[what] = str(copy)
    (folder / Z_TEXT).write_text(z_text, encoding="utf-8")
    shutil.copyfile(stage.root / Z_PAGE, folder / Z_PAGE)
    return {**shown, Z_NAME: str(folder / Z_TEXT), Z_PAGE_NAME: str(folder / Z_PAGE)}


def _receipt_paths(stage: Stage) -> dict[str, str]:
    """A receipt worth looking at: the longest of a moderate length."""
    candidates = [
        slip for slip in stage.paper.slips if slip.receipt_number and slip.complete and len(slip.text.splitlines()) < 45
    ]
    if not candidates:
        return {}
    best = max(candidates, key=lambda slip: len(slip.text))
    return {"Bon als Bild / receipt as PNG": str(best.png), "Bon als Text / receipt as text": str(best.txt)}


def _figures(stage: Stage, day: Day, settled: Settled, verdict: Verdict, shown: dict[str, str]) -> dict[str, Any]:
    paper = stage.paper
    return {
        "agrees": verdict.agrees(),
        "problems": verdict.problems,
        "sold": {"receipts": verdict.sold.receipts, "gross_cents": verdict.sold.gross, "kinds": day.kinds},
        "figures": [
            {"of": name.rstrip("*"), "receipts": count, "gross_cents": cents} for name, count, cents in verdict.rows
        ],
        "paper": {
            "originals": sum(len(slips) for slips in paper.originals().values()),
            "copies": len(paper.copies()),
            "fragments": len(paper.fragments()),
            "answered_complete": settled.answered_complete,
            "answered_missing": settled.answered_missing,
            "drawer_openings": paper.drawer_openings,
            "jobs": settled.jobs,
        },
        "incidents": day.log,
        "swallowed_bytes": stage.wan.swallowed_bytes,
        "assortments": stage.assortments,
        "articles_imported": stage.imported["articles"],
        "shown": shown,
    }


if __name__ == "__main__":
    command = typer.Typer(add_completion=False)
    command.command()(demo)
    # Named outright: click would call a module that python -m runs by the module's name.
    command(prog_name="./scripts/demo")
