"""`branchgate central import` and `assortment set`: what there is to sell, and where."""

from __future__ import annotations

from collections.abc import AsyncIterator
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from branchgate.errors import Refused
from branchgate.showing import Answers, JsonOption, console, show_json
from central.cli.options import DATA_DEFAULT, BranchArgument, DataOption, ask

if TYPE_CHECKING:
    from branchgate.v1 import central_admin_pb2 as messages

SHIPPED = "shipped"
_PIECE_BYTES = 256 * 1024
_PROBLEMS_SHOWN = 50

Repetition = Annotated[
    str, typer.Option("--repeated", help="What a repeated article number means: error, or merge GTINs and categories.")
]


def import_(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help=f'CSV as JTL-Ameise exports it; "{SHIPPED}" for the example that comes along.'
        ),
    ],
    mapping: Annotated[
        str, typer.Option("--mapping", help=f'TOML file that says what columns mean; "{SHIPPED}" for the example\'s.')
    ] = "",
    repeated: Repetition = "error",
    partial: Annotated[
        bool, typer.Option("--partial", help="Import the good rows although others have problems.")
    ] = False,
    check: Annotated[bool, typer.Option("--check", help="Only check; import nothing.")] = False,
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Imports articles and categories. Every problem is named with line and column; with an error nothing is imported (exit code 3).

    Articles that the file does not mention stay; those that it calls inactive leave.
    """
    from branchgate.v1 import central_admin_pb2 as messages

    content = _article_bytes(file)
    options = messages.ImportOptions(
        mapping=_mapping_text(mapping), repeated=repeated, partial=partial, check_only=check
    )
    answer = ask(data, lambda central: central.ImportArticles(_pieces(options, content)))
    if as_json:
        show_json(answer)
    else:
        _show(answer, check)
    if _failed(answer, partial=partial, check=check):
        raise typer.Exit(3)


assortment = typer.Typer(help="Say what a branch sells.", no_args_is_help=True)


@assortment.command("set")
def set_assortment(
    branch_id: BranchArgument,
    all_: Annotated[bool, typer.Option("--all", help="Everything, unless excluded below.")] = False,
    include_category: Annotated[
        list[str] | None,
        typer.Option("--include-category", help='With all below it, for example "Getränke" or "Getränke > Wasser".'),
    ] = None,
    exclude_category: Annotated[list[str] | None, typer.Option("--exclude-category", help="With all below it.")] = None,
    include_article: Annotated[list[str] | None, typer.Option("--include-article", help="By article number.")] = None,
    exclude_article: Annotated[list[str] | None, typer.Option("--exclude-article", help="By article number.")] = None,
    data: DataOption = DATA_DEFAULT,
    as_json: JsonOption = False,
) -> None:
    """Sets a branch's assortment (Sortiment); it replaces the former rules. Options may be repeated.

    The more precise rule wins: an article over its category, a deeper category over one above, an exclusion over an inclusion.
    """
    from branchgate.v1 import central_admin_pb2 as messages

    if not (all_ or include_category or include_article):
        raise typer.BadParameter(
            "nothing would be sold; say --all, or what is included",
            param_hint="--all / --include-category / --include-article",
        )
    request = messages.SetAssortmentRequest(
        branch_id=branch_id,
        all=all_,
        include_categories=include_category or (),
        exclude_categories=exclude_category or (),
        include_articles=include_article or (),
        exclude_articles=exclude_article or (),
    )
    answer = ask(data, lambda central: central.SetAssortment(request))
    if as_json:
        show_json(answer)
    else:
        console().print(
            f"[bold]{branch_id}[/]: {answer.articles} Artikel / articles, {answer.categories} Kategorien / categories"
        )


async def _pieces(options: messages.ImportOptions, content: bytes) -> AsyncIterator[messages.ImportArticlesRequest]:
    from branchgate.v1 import central_admin_pb2 as messages

    yield messages.ImportArticlesRequest(options=options)
    for start in range(0, len(content), _PIECE_BYTES):
        yield messages.ImportArticlesRequest(data=content[start : start + _PIECE_BYTES])


def _article_bytes(file: str) -> bytes:
    if file == SHIPPED:
        from central.ameise.shipped import shipped_articles

        return shipped_articles()
    return _read(Path(file), "file")


def _mapping_text(file: str) -> str:
    if not file:
        return ""
    if file == SHIPPED:
        return (files("central.ameise.shipped") / "general-store.mapping.toml").read_text(encoding="utf-8")
    try:
        return _read(Path(file), "mapping").decode("utf-8")
    except UnicodeDecodeError as failure:
        raise Refused("FILE_NOT_READABLE", field="mapping", value=file, rule="UTF-8") from failure


def _read(path: Path, field: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as failure:
        raise Refused("FILE_NOT_READABLE", field=field, value=path, rule=failure.strerror or "") from failure


def _failed(answer: messages.ImportArticlesResponse, *, partial: bool, check: bool) -> bool:
    """Whether errors kept the file, or without --partial would keep it, from being imported."""
    if check:
        return answer.errors > 0 and not partial
    return answer.articles == 0 and answer.errors > 0


def _show(answer: messages.ImportArticlesResponse, check: bool) -> None:
    if answer.problems:
        table = Answers("Zeile / line", "Spalte / column", "Wert / value", "Was / what")
        for problem in answer.problems[:_PROBLEMS_SHOWN]:
            style = "" if problem.warning else "red"
            words = f"{problem.text_de}\n{problem.text_en}"
            table.add(str(problem.line), problem.column, problem.value, words, style=style)
        console().print(table)
        if len(answer.problems) > _PROBLEMS_SHOWN:
            console().print(f"… {len(answer.problems) - _PROBLEMS_SHOWN} weitere / more: --json")
    if check:
        console().print(f"Geprüft / checked: {answer.rows} Zeilen / rows, {answer.errors} Fehler / errors")
    elif answer.errors and not answer.articles:
        console().print(
            f"[red]Nichts importiert / nothing imported[/]: {answer.errors} Fehler in {answer.rows} Zeilen / errors in rows. "
            "Datei berichtigen, oder mit --partial die guten Zeilen nehmen / mend the file, or take the good rows with --partial."
        )
    else:
        console().print(
            f"{answer.articles} Artikel / articles, {answer.categories} Kategorien / categories; "
            f"{answer.changed} neu oder geändert / new or changed"
        )


def add_to(app: typer.Typer) -> None:
    """Registers the commands of this file."""
    app.command("import")(import_)
    app.add_typer(assortment, name="assortment")
