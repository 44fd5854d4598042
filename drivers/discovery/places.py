"""Where the kernel shows its devices; another root serves a machine that was only recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """`sys`: sysfs; `dev`: the device nodes and udev's links to them; `proc`: who has which file open."""

    sys: Path = Path("/sys")
    dev: Path = Path("/dev")
    proc: Path = Path("/proc")
