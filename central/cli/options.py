"""Options that every command has, and how commands ask central."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from branchgate.v1.central_admin_pb2_grpc import CentralAdminServiceAsyncStub

T = TypeVar("T")

DataOption = Annotated[
    Path,
    typer.Option("--data", envvar="BRANCHGATE_CENTRAL_DATA", help="Central's data folder.", show_default=True),
]
BranchArgument = Annotated[str, typer.Argument(metavar="BRANCH", help="The branch's id.", show_default=False)]
RegisterArgument = Annotated[str, typer.Argument(metavar="REGISTER", help="The register's id.", show_default=False)]
DATA_DEFAULT = Path("central-data")


def ask(data: Path, question: Callable[[CentralAdminServiceAsyncStub], Awaitable[T]]) -> T:
    """Asks the central that runs on a data folder. Raises what it answered, or Refused (NOT_RUNNING)."""
    from branchgate import asking
    from branchgate.v1.central_admin_pb2_grpc import CentralAdminServiceStub

    return asking.ask(
        data,
        lambda channel: question(CentralAdminServiceStub(channel)),
        start=f"branchgate central run --data {data}",
    )
