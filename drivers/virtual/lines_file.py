"""The file that always holds what a virtual display shows."""

from __future__ import annotations

from pathlib import Path

from drivers.virtual.display import VirtualDisplay


def keep_lines(path: Path, display: VirtualDisplay) -> None:
    """Both lines as they stand; whoever reads the file finds the old or the new ones, never half of them. Raises OSError."""
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text("\n".join(display.lines) + "\n", encoding="utf-8")
    fresh.replace(path)
