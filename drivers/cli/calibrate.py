"""`calibrate`: a short talk with the person at the printer, at whose end stand the lines for gateway.toml.

The device is asked first; only what it cannot say is asked of the person. Questions go to stderr, so `--json` stays clean.
"""

from __future__ import annotations

import asyncio
import secrets
import sys
from dataclasses import asdict, dataclass
from typing import Annotated, Final

import typer

from drivers.cli.options import Address, Json, opener
from drivers.cli.report import Exit, Report, failure
from drivers.cli.words import VALUES, both, shown
from drivers.discovery.calibration_page import SLOTS, WIDTHS, calibration_page
from drivers.discovery.conversation import conversation
from drivers.discovery.drawer_trial import Trial, goes_back, try_pin
from drivers.discovery.introduction import Abilities, Introduction, Verdict, examine, introduce
from drivers.discovery.suggestion import nearest_profile, profile_by_model
from drivers.drawer import Level
from drivers.errors import DeviceError
from drivers.escpos.commands import PROCESS_IDS
from drivers.escpos.profile import EPSON_PAGE_858
from drivers.transport.contract import OpenTransport

_PINS: Final = (2, 5)
_USUAL: Final = "generic-80"


@dataclass(frozen=True, slots=True)
class _Paper:
    """The profile, and what this printer does differently: characters in a line, number of code page 858."""

    profile: str
    columns: int | None = None
    code_page: int | None = None


@dataclass(frozen=True, slots=True)
class _Drawer:
    """What the trials found: the pin that opens it, and the level that means open where the sensor works."""

    pin: int
    open_level: Level | None


def calibrate(
    address: Address,
    name: Annotated[str, typer.Option(help="Name of the printer in gateway.toml: a-z, 0-9, dashes.")] = "theke",
    paper: Annotated[
        bool, typer.Option(help="Print a page and ask what is on it, where the model is not known.")
    ] = True,
    drawer: Annotated[bool, typer.Option(help="Find out how the cash drawer is wired. It opens.")] = True,
    as_json: Json = False,
) -> None:
    """Drucker und Lade einmessen / Find the profile and the drawer's wiring; ends with the lines for gateway.toml.

    Stand at the printer: the drawer opens, and you are asked what you see. Exit code 0: calibrated. 3: no printer. 4: not
    reachable or not ready. 5: done, but the drawer's sensor tells nothing.
    """
    link = opener(address)
    if not name or len(name) > 30 or not set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-"):
        raise typer.BadParameter(f"{name!r} must be 1 to 30 of a-z, 0-9 and dashes", param_hint="--name")
    # A runner, so that questions to people block nothing and Ctrl-C works at every one of them.
    with asyncio.Runner() as runner:
        try:
            report = _calibrated(runner, link, address, name, paper=paper, drawer=drawer)
        except DeviceError as error:
            report = failure(address, error)
    report.tell(as_json=as_json)


def _calibrated(
    runner: asyncio.Runner, link: OpenTransport, address: str, name: str, *, paper: bool, drawer: bool
) -> Report:
    who, abilities = runner.run(_first_look(link))
    if who.verdict is Verdict.SOMETHING_ELSE:
        text = f"{address}: kein Drucker / no printer. Es sagt / it says: {shown(who.said)}"
        return Report(Exit.REFUSED, {"address": address, **asdict(who)}, text)
    if who.online is False:
        text = f"{address}: offline. Deckel und Papier prüfen / check cover and paper"
        return Report(Exit.TRY_AGAIN, {"address": address, **asdict(who)}, text)
    _say(_introduced(who, abilities))
    page = _paper(runner, link, who, ask=paper)
    wiring = _drawer(runner, link) if drawer else None
    facts = {
        "address": address,
        "identity": asdict(who),
        "abilities": asdict(abilities),
        "profile": page.profile,
        "columns": page.columns,
        "code_page": page.code_page,
        "drawer": None if wiring is None else asdict(wiring),
        "toml": _toml(name, address, page, wiring),
    }
    doubtful = wiring is not None and wiring.open_level is None
    head = "Für gateway.toml / for gateway.toml:\n\n"
    return Report(Exit.UNKNOWN if doubtful else Exit.DONE, facts, head + str(facts["toml"]))


async def _first_look(link: OpenTransport) -> tuple[Introduction, Abilities]:
    async with conversation(link) as talk:
        who = await introduce(talk)
        if who.verdict is Verdict.PRINTER and who.online:
            return who, await examine(talk, secrets.randbelow(PROCESS_IDS))
        return who, Abilities(process_ids=False, ordered=False, cutter_counter=None)


def _introduced(who: Introduction, abilities: Abilities) -> str:
    name = shown(" ".join(part for part in (who.maker, who.model, who.serial) if part))
    counter = "" if abilities.cutter_counter is None else str(abilities.cutter_counter)
    rows = [
        (("Gerät", "device"), name or both(VALUES[None])),
        (("bestätigt jeden Druck", "confirms every print"), both(VALUES[abilities.process_ids])),
        (("antwortet der Reihe nach", "answers in order"), both(VALUES[abilities.ordered])),
        (("Schnitte bisher", "cuts so far"), counter or both(VALUES[None])),
    ]
    return "\n".join(f"  {both(title) + ':':46} {value}" for title, value in rows)


def _paper(runner: asyncio.Runner, link: OpenTransport, who: Introduction, *, ask: bool) -> _Paper:
    known = profile_by_model(who.model)
    if known is not None:
        _say(f"Profil / profile: {known.name}")
        return _Paper(known.name)
    if not ask:
        return _Paper(_USUAL)
    runner.run(_print(link))
    width = _choice("Breiteste Zeile, die nicht umbricht / widest line that does not wrap", WIDTHS, 48)
    slot = _choice(
        "Nummer der Zeile mit richtigen Umlauten und € (0: keine) / number of the line with umlauts and € (0: none)",
        (0, *SLOTS),
        EPSON_PAGE_858,
    )
    near = nearest_profile(width)
    _say(f"Profil / profile: {near.name}")
    if not slot:
        _say(
            "Keine Nummer gibt Umlaute und €: im Handbuch des Druckers bei ESC t nach PC858 suchen, code_page setzen.\n"
            "No number gives umlauts and €: look for PC858 at ESC t in the printer's manual and set code_page."
        )
    return _Paper(
        near.name,
        columns=width if width != near.columns else None,
        code_page=slot if slot not in (0, near.code_page) else None,
    )


async def _print(link: OpenTransport) -> None:
    async with conversation(link) as talk:
        await talk.tell(calibration_page())


def _drawer(runner: asyncio.Runner, link: OpenTransport) -> _Drawer | None:
    for pin in _PINS:
        _wait("Lade schließen, dann Enter / close the drawer, then press Enter")
        trial = runner.run(_tried(link, pin))
        if trial.open_level is not None:
            _say(
                f"Lade an Stift {pin}, offen heißt {trial.open_level} / drawer on pin {pin}, open is {trial.open_level}"
            )
            return _confirmed(runner, link, trial)
        if _yes("Der Sensor sieht nichts. Ist die Lade aufgegangen? / The sensor sees nothing. Did the drawer open?"):
            _say(
                "Dann ist kein Sensor angeschlossen, oder er ist kaputt: ob sie aufging, bleibt immer unbekannt.\n"
                "So there is no sensor, or it is broken: whether it opened will always be unknown."
            )
            return _Drawer(pin, None)
    _say("Keine Lade gefunden: Kabel, Schloss? / No drawer found: cable, lock?")
    return None


def _confirmed(runner: asyncio.Runner, link: OpenTransport, trial: Trial) -> _Drawer:
    """Shutting it must bring the level back: else something else moved it."""
    _wait("Lade wieder schließen, dann Enter / close the drawer again, then press Enter")
    if runner.run(_went_back(link, trial)):
        return _Drawer(trial.pin, trial.open_level)
    _say("Der Sensor ging nicht zurück; ihm ist nicht zu trauen.\nThe sensor did not go back; it is not to be trusted.")
    return _Drawer(trial.pin, None)


async def _tried(link: OpenTransport, pin: int) -> Trial:
    async with conversation(link) as talk:
        return await try_pin(talk, pin)


async def _went_back(link: OpenTransport, trial: Trial) -> bool:
    async with conversation(link) as talk:
        return await goes_back(talk, trial.before)


def _toml(name: str, address: str, page: _Paper, wiring: _Drawer | None) -> str:
    quoted = address.replace("\\", "\\\\").replace('"', '\\"')
    lines = ["[[devices]]", f'name = "{name}"', f'address = "{quoted}"', f'profile = "{page.profile}"']
    lines += [f"columns = {page.columns}"] if page.columns is not None else []
    lines += [f"code_page = {page.code_page}"] if page.code_page is not None else []
    if wiring is not None:
        lines += ["", "[devices.drawer]", f"pin = {wiring.pin}"]
        lines += ['sensor = "none"' if wiring.open_level is None else f'open_level = "{wiring.open_level}"']
    return "\n".join(lines)


def _say(text: str) -> None:
    typer.echo(text, err=True)


def _answer(question: str) -> str:
    """Ask on stderr and read a line; typer's own prompt writes to stdout as well. The end of the input ends the command."""
    typer.echo(f"{question} ", nl=False, err=True)
    line = sys.stdin.readline()
    if not line:
        raise typer.Abort
    return line.strip()


def _wait(text: str) -> None:
    _answer(text)


def _yes(text: str) -> bool:
    answer = _answer(f"{text} (j/n)").lower()
    while answer not in ("j", "ja", "y", "yes", "n", "nein", "no"):
        answer = _answer("Bitte j oder n / please y or n").lower()
    return answer[0] in "jy"


def _choice(text: str, allowed: tuple[int, ...], usual: int) -> int:
    names = ", ".join(map(str, allowed))
    answer = _answer(f"{text} ({names}) [{usual}]") or str(usual)
    while not (answer.isdecimal() and int(answer) in allowed):
        answer = _answer(f"{shown(answer)}? Nur / only {names} [{usual}]") or str(usual)
    return int(answer)
