"""`branchgate central …`: run central, head office's side beside the ERP, and ask the running one.

Commands never open the store of a running central: they talk to it over the owner-only socket in its data folder.
"""

from __future__ import annotations

import typer

from central.cli import articles, branches, figures, registers, running

_HELP = """Head office, beside the ERP: branches, registers, articles, assortments, and the reports over all of them.

A first look, with central running in another terminal (`branchgate central run`):

  branchgate central import shipped --mapping shipped

  branchgate central branch add mitte --name "Filiale Mitte"

  branchgate central assortment set mitte --include-category "Getränke"

  branchgate central register add mitte kasse-1 --prefix K1-

  branchgate central enrolment-token mitte

  branchgate central pair mitte kasse-1
"""

app = typer.Typer(
    help=_HELP,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for part in (running, branches, registers, articles, figures):
    part.add_to(app)

__all__ = ["app"]
