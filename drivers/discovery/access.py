"""May we open a device, and who has it open already? Found out without opening it: that alone would reset some printers."""

from __future__ import annotations

import grp
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from drivers.discovery.device import FoundDevice, Medium
from drivers.discovery.places import Places

_LOCK: Final = re.compile(r"FLOCK\s+\S+\s+\S+\s+(\d+)\s+([0-9a-f]+):([0-9a-f]+):(\d+)\s")


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has the device open or locked."""

    pid: int
    command: str


@dataclass(frozen=True, slots=True)
class Access:
    """`allowed` is None where there is no node to judge by; `group` owns the node."""

    allowed: bool | None
    group: str
    holders: tuple[Holder, ...]


def access_to(device: FoundDevice, places: Places | None = None) -> Access:
    """Judge the node that the suggested address would open. Who holds it is seen of one's own processes and of locks."""
    node = _node(device)
    try:
        about = os.stat(node)  # noqa: PTH116 (follows the link, as opening would)
    except OSError:
        return Access(None, "", ())
    return Access(os.access(node, os.R_OK | os.W_OK), _group(about.st_gid), _holders(device.nodes, places or Places()))


def _node(device: FoundDevice) -> str:
    if device.medium is Medium.USB:
        return device.nodes[-1]
    return device.nodes[0] if device.nodes else ""


def _group(number: int) -> str:
    try:
        return grp.getgrgid(number).gr_name
    except KeyError:
        return str(number)


def _holders(nodes: Sequence[str], places: Places) -> tuple[Holder, ...]:
    real = {os.path.realpath(node) for node in nodes}
    pids = _lockers(real, places) | _openers(real, places)
    return tuple(Holder(pid, _command(pid, places)) for pid in sorted(pids))


def _lockers(nodes: set[str], places: Places) -> set[int]:
    """Everybody may read the table of locks, so a gateway that runs as another user is seen here."""
    wanted = set()
    for node in nodes:
        try:
            about = os.stat(node)  # noqa: PTH116
        except OSError:
            continue
        wanted.add((os.major(about.st_dev), os.minor(about.st_dev), about.st_ino))
    try:
        table = (places.proc / "locks").read_text("ascii", "replace")
    except OSError:
        return set()
    return {
        int(pid)
        for pid, major, minor, inode in _LOCK.findall(table)
        if (int(major, 16), int(minor, 16), int(inode)) in wanted
    }


def _openers(nodes: set[str], places: Places) -> set[int]:
    pids = set()
    for process in places.proc.glob("[0-9]*"):
        try:
            if any(_leads_to(descriptor, nodes) for descriptor in (process / "fd").iterdir()):
                pids.add(int(process.name))
        except OSError:
            continue  # another user's process, or one that has just ended
    return pids


def _leads_to(descriptor: Path, nodes: set[str]) -> bool:
    try:
        return str(descriptor.readlink()) in nodes
    except OSError:
        return False


def _command(pid: int, places: Places) -> str:
    try:
        return (places.proc / str(pid) / "comm").read_text("utf-8", "replace").strip()
    except OSError:
        return ""
