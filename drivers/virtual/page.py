"""The page on which one sees the paper come out: `index.html` beside the slips, newest first, refreshing itself.

A file, not a server: it needs nothing but a browser, loads nothing from elsewhere and runs no script. Whatever a host printed is
escaped, for a receipt can hold anything.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

SHOWN: Final = 50
"""Entries on the page; the rest stays in the folder."""

_HEAD: Final = """<!DOCTYPE html>
<html lang="de">
<head>
<meta charset="utf-8">
<meta http-equiv="refresh" content="2">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; font: 15px/1.5 system-ui, sans-serif; background: light-dark(#e2e2e0, #202124); }}
header {{ position: sticky; top: 0; padding: .6rem 1.2rem; background: light-dark(#fff, #2b2c30); border-bottom: 1px solid #8884; }}
h1 {{ display: inline; margin-right: 1rem; font-size: 1.05rem; }}
main {{ display: flex; flex-wrap: wrap; gap: 1.2rem; padding: 1.2rem; align-items: flex-start; }}
article {{ width: min(100%, 340px); }}
article img {{ display: block; width: 100%; height: auto; box-shadow: 0 2px 8px #0004; }}
h2 {{ margin: 0 0 .3rem; font-size: .95rem; font-weight: 600; }}
small, footer {{ color: light-dark(#555, #aaa); font-weight: 400; }}
b {{ padding: 0 .4em; border-radius: .3em; color: #fff; background: #8a5a00; }}
b.bad {{ background: #b3261e; }}
pre {{ overflow-x: auto; font: 12px/1.35 monospace; }}
p.event {{ width: min(100%, 340px); box-sizing: border-box; margin: 0; padding: .5rem .8rem; border-left: 4px solid #888; }}
p.open {{ border-color: #0a7; }}
p.bad {{ border-color: #b3261e; }}
</style>
</head>
<body>
<header><h1>{title}</h1><small>{count}</small></header>
<main>
"""
_FOOT: Final = "</main>\n</body>\n</html>\n"


class PaperPage:
    """What the page shows; it is fed the records of `paper.jsonl`, oldest first."""

    def __init__(self, records: Iterable[Mapping[str, Any]] = ()) -> None:
        self._shown: deque[str] = deque(maxlen=SHOWN)
        self._slips = 0
        for record in records:
            self.add(record)

    def add(self, record: Mapping[str, Any]) -> bool:
        """Take what happened; True when it is to be seen."""
        entry = _entry(record)
        if entry:
            self._shown.appendleft(entry)
            self._slips += record["kind"] == "slip"
        return entry != ""

    def html(self) -> str:
        """The whole page."""
        count = "noch kein Bon / no slip yet" if not self._slips else f"{self._slips} Bons / slips"
        head = _HEAD.format(title="Virtueller Bondrucker / virtual printer", count=count)
        return head + "".join(self._shown) + _FOOT


def _entry(record: Mapping[str, Any]) -> str:
    when = _time(record.get("time"))
    match record.get("kind"):
        case "slip":
            return _slip(record, when)
        case "drawer" if record.get("open"):
            return _event("open", f"Lade offen / drawer open {_said(record, 'connection')}", when)
        case "drawer":
            return _event("", "Lade zu / drawer shut", when)
        case "power_cycle":
            return _event("bad", "aus und ein / power cycled", when)
        case "complaint":
            return _event("bad", f"unverstanden / not understood: {_said(record, 'text')}", when)
        case "bytes_lost":
            return _event("bad", f"Puffer übergelaufen / buffer overrun: {_said(record, 'count')} bytes", when)
        case _:
            return ""


def _slip(record: Mapping[str, Any], when: str) -> str:
    number = f" · Nr. {_said(record, 'receipt_number')}" if record.get("receipt_number") else ""
    copy = " <b>KOPIE</b>" if record.get("copy") else ""
    torn = "" if record.get("complete", True) else f' <b class="bad">unvollständig: {_said(record, "interruption")}</b>'
    text = _said(record, "text")
    return (
        f"<article><h2>Bon {_said(record, 'number')}{number}{copy}{torn} <small>{when}</small></h2>"
        f'<a href="{_said(record, "png")}"><img src="{_said(record, "png")}" alt="{text}" loading="lazy"></a>'
        f"<details><summary>Text</summary><pre>{text}</pre></details></article>\n"
    )


def _event(kind: str, sentence: str, when: str) -> str:
    return f'<p class="event {kind}">{sentence} <small>{when}</small></p>\n'


def _said(record: Mapping[str, Any], name: str) -> str:
    value = record.get(name)
    return "" if value is None else escape(str(value))


def _time(utc_ms: object) -> str:
    """Local time of the machine the printer runs on: the page is looked at there."""
    if not isinstance(utc_ms, int):
        return ""
    return datetime.fromtimestamp(utc_ms / 1000, UTC).astimezone().strftime("%d.%m. %H:%M:%S")
