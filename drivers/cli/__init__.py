"""`branchgate devices`: find printers, look at them, try them out and calibrate them, without a gateway.

One file per group of commands; a command joins by one line below. Exit codes: see `drivers.cli.report.Exit`.
"""

from __future__ import annotations

import typer

from drivers.cli.calibrate import calibrate
from drivers.cli.counter import show, weigh
from drivers.cli.drawer import open_drawer
from drivers.cli.found import list_devices, probe
from drivers.cli.printer import print_test_page, status
from drivers.cli.report import Exit
from drivers.cli.rights import udev_rules
from drivers.cli.watch import watch
from drivers.virtual.cli import virtual_printer
from drivers.virtual.display_cli import virtual_display
from drivers.virtual.scale_cli import set_weight, virtual_scale

__all__ = ["Exit", "app"]

app = typer.Typer(
    help="Printers, cash drawers, displays and scales of this machine: find them and try them out before a gateway uses them.",
    no_args_is_help=True,
)
app.command("list")(list_devices)
app.command("probe")(probe)
app.command("status")(status)
app.command("test-page")(print_test_page)
app.command("open-drawer")(open_drawer)
app.command("weigh")(weigh)
app.command("show")(show)
app.command("watch")(watch)
app.command("calibrate")(calibrate)
app.command("udev-rules")(udev_rules)
app.command("virtual-printer")(virtual_printer)
app.command("virtual-display")(virtual_display)
app.command("virtual-scale")(virtual_scale)
app.command("set-weight")(set_weight)
