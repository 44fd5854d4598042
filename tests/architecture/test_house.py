"""What the import linter cannot say about the shape of the house: sizes, names, and that every file tells what it is for."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("branchgate", "drivers", "gateway", "central")

LIMIT = 400
HARD_LIMIT = 800
LONGER: dict[str, str] = {}
"""Files that may exceed LIMIT lines, with the reason why splitting them would be worse."""

MEDIAN_LIMIT = 160

# Names that say nothing about the subject, so that everything ends up in them.
EMPTY_NAMES = {"common", "helper", "helpers", "manager", "managers", "misc", "util", "utils"}


@cache
def sources() -> list[Path]:
    """The Python files that are written by hand: tracked by git or about to be. Outside a checkout, all but the generated."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0:
        found = [ROOT / line for line in listing.stdout.splitlines()]
    else:
        found = [path for top in (*ROOMS, "scripts", "tests") for path in (ROOT / top).rglob("*.py")]
    return sorted(path for path in found if path.is_file() and "_pb2" not in path.name)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def in_rooms() -> list[Path]:
    return [path for path in sources() if relative(path).startswith(tuple(f"{room}/" for room in ROOMS))]


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_there_is_something_to_look_at() -> None:
    assert len(in_rooms()) > len(ROOMS)


def test_no_file_is_long_without_a_reason() -> None:
    long = {relative(path): lines(path) for path in sources() if lines(path) > LIMIT and relative(path) not in LONGER}
    assert not long, f"split by subject, or give the reason in LONGER: {long}"


def test_no_file_is_longer_than_the_hard_limit() -> None:
    long = {relative(path): lines(path) for path in sources() if lines(path) > HARD_LIMIT}
    assert not long, f"no reason is good enough for these: {long}"


def test_every_permission_to_be_long_is_still_needed() -> None:
    long = {relative(path) for path in sources() if lines(path) > LIMIT}
    assert set(LONGER) <= long, f"remove from LONGER: {sorted(set(LONGER) - long)}"


@pytest.mark.parametrize("room", ROOMS)
def test_the_median_file_of_a_room_is_short(room: str) -> None:
    sizes = sorted(lines(path) for path in in_rooms() if relative(path).startswith(f"{room}/"))
    assert sizes, f"{room} has no source file"
    assert sizes[len(sizes) // 2] <= MEDIAN_LIMIT


def test_every_module_and_package_says_what_it_is_for() -> None:
    silent = [
        relative(path) for path in in_rooms() if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not silent, f"a docstring on the first line, in the words of the field: {silent}"


def test_every_folder_of_sources_is_a_package() -> None:
    folders = {path.parent for path in in_rooms()}
    bare = sorted(relative(folder) for folder in folders if not (folder / "__init__.py").is_file())
    assert not bare, f"without __init__.py these are not shipped reliably and mypy sees them twice: {bare}"


def test_no_name_says_nothing() -> None:
    empty = [relative(path) for path in sources() if EMPTY_NAMES & {path.stem, *path.relative_to(ROOT).parent.parts}]
    assert not empty, f"name the subject instead: {empty}"
