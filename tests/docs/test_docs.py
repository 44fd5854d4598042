"""What the documents say is there: links lead somewhere, commands and options exist, settings are read by somebody."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import BaseModel

import central.cli
import drivers.cli
import gateway.cli
from branchgate.check.cli import app as check_app
from branchgate.register.cli import app as register_app
from branchgate.register.till.words import word
from central.config import CentralSettings
from drivers.escpos.profile import PROFILES
from drivers.virtual.faults import FAULT_NAMES
from gateway.config import GatewaySettings

ROOT = Path(__file__).resolve().parents[2]
SOURCES = sorted(
    path for room in ("branchgate", "central", "drivers", "gateway") for path in (ROOT / room).rglob("*.py")
)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])

ROOMS = {
    "central": central.cli.app,
    "gateway": gateway.cli.app,
    "devices": drivers.cli.app,
    "register": register_app,
    "check": check_app,
}

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")
_COMMAND = re.compile(r"\bbranchgate ((?:central|gateway|register|devices|check)\b[^`\n]*)")
_QUOTED_COMMAND = re.compile(r"`branchgate ((?:central|gateway|register|devices|check)\b[^`{…]*)")
_SOURCE_FILE = re.compile(r"`((?:\w+/)+\w+\.(?:py|proto))`")
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, language: str) -> list[str]:
    return [body for kind, body in _BLOCK.findall(page.read_text(encoding="utf-8")) if kind == language]


@cache
def headings(page: Path) -> set[str]:
    """The anchors of a page, as GitHub makes them."""
    lines = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


def links(page: Path) -> list[str]:
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    found = [first or second for first, second in _LINK.findall(text)]
    return [link for link in found if not link.startswith(("http://", "https://", "mailto:"))]


def commands() -> list[tuple[str, str]]:
    """Page or source file, and the command named there; the help of a command is a document as well."""
    return [
        (name_of(page), " ".join(line.split()))
        for pages, pattern in ((PAGES, _COMMAND), (SOURCES, _QUOTED_COMMAND))
        for page in pages
        for line in dict.fromkeys(pattern.findall(page.read_text(encoding="utf-8").replace("\\\n", " ")))
    ]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in links(page):
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{name_of(page)}: {link}"
        assert not anchor or anchor in headings(target), f"{name_of(page)}: {link}"


def test_commands_are_found_in_the_documents() -> None:
    assert len(commands()) > len(ROOMS)


@pytest.mark.parametrize(("page", "line"), commands())
def test_every_command_and_option_exists(page: str, line: str) -> None:
    """Follows the words into typer's command tree; what is left are arguments and options, and the options must be known."""
    words = line.split(" #", maxsplit=1)[0].split("|", maxsplit=1)[0].replace('"', " ").replace("'", " ").split()
    command: Any = typer.main.get_command(ROOMS[words.pop(0)])
    while words and not words[0].startswith("-") and getattr(command, "commands", None):
        word = words.pop(0).strip(".,;:)")
        assert word in command.commands, f"{page}: there is no command {word!r} in: branchgate {line}"
        command = command.commands[word]
    known = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
    for word in words:
        if word.startswith("--"):
            option = word.strip(".,;:)").partition("=")[0]
            assert option in known | {"--help"}, f"{page}: there is no option {option} in: branchgate {line}"


def documented(file: str) -> dict[str, Any]:
    """The settings block of install.md that belongs to a settings file, told by its first table."""
    marks = {"gateway.toml": "sales_memory_mb", "central.toml": "enrolment_port"}
    found = [body for body in blocks(ROOT / "docs/install.md", "toml") if marks[file] in body]
    assert len(found) == 1
    return tomllib.loads(found[0])


def options_of(model: type[BaseModel]) -> dict[str, Any]:
    """Every option a settings class has, nested as in the file; the value of a leaf is None."""
    return {name: _nested(field.annotation) for name, field in model.model_fields.items()}


def _nested(annotation: Any) -> Any:
    for candidate in (annotation, *getattr(annotation, "__args__", ())):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            return options_of(candidate)
    return None


def named(written: Any) -> Any:
    """The same form for what stands in a document."""
    if isinstance(written, list):
        return {name: value for entry in written for name, value in named(entry).items()}
    if isinstance(written, dict):
        return {name: named(value) for name, value in written.items()}
    return None


@pytest.mark.parametrize(("file", "settings"), [("gateway.toml", GatewaySettings), ("central.toml", CentralSettings)])
def test_every_setting_is_documented_and_every_documented_one_is_taken(file: str, settings: type[BaseModel]) -> None:
    written = documented(file)
    assert named(written) == options_of(settings)
    settings(**written)


def test_every_profile_and_every_fault_is_documented() -> None:
    text = "".join((ROOT / f"docs/{page}.md").read_text(encoding="utf-8") for page in ("devices", "virtual-devices"))
    assert [name for name in (*PROFILES, *FAULT_NAMES) if f"`{name}`" not in text] == []


@pytest.mark.parametrize("page", ["docs/testing.md", "CONTRIBUTING.md"])
def test_every_file_that_is_named_is_there(page: str) -> None:
    text = _BLOCK.sub("", (ROOT / page).read_text(encoding="utf-8"))
    missing = [name for name in _SOURCE_FILE.findall(text) if not (ROOT / name).exists()]
    assert missing == []


def test_the_tills_help_is_shown_as_the_till_shows_it() -> None:
    """The page had fallen behind when a word learned a new argument."""
    assert word("help", "de") in (ROOT / "docs/operate.md").read_text(encoding="utf-8")
