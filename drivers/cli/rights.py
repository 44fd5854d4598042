"""`udev-rules`: who may open the devices, and who keeps off them."""

from __future__ import annotations

from importlib.resources import files
from typing import Final

import typer

RULES: Final = "udev/70-branchgate.rules"


def rules() -> str:
    """The udev rules that are shipped with this version."""
    return files("drivers.discovery").joinpath(RULES).read_text("utf-8")


def udev_rules() -> None:
    """Regeln für udev / Print the udev rules: rights for groups lp and dialout, and no ModemManager on serial adapters.

    branchgate devices udev-rules | sudo tee /etc/udev/rules.d/70-branchgate.rules
    """
    typer.echo(rules(), nl=False)
