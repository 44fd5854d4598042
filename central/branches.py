"""Branches: their ids, which are never reused, and their settings, which reach the branch by sync."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, select

from branchgate.catalogue import BranchSettings
from branchgate.clock import Clock
from branchgate.errors import Refused, RefusedKind
from branchgate.identity.names import BranchName
from central.assortment import refresh_members
from central.assortment_rules import EVERYTHING
from central.branch_settings import checked_settings, settings_of
from central.feed.writing import put_settings
from central.store import Database
from central.store.schema import branches


@dataclass(frozen=True, slots=True)
class Branches:
    """The branches of this central. `changed` is called after every commit that a branch must hear of."""

    database: Database
    clock: Clock
    central_id: str
    changed: Callable[[], None]

    async def add(self, settings: BranchSettings) -> None:
        """Adds a branch that sells everything until its assortment is set.

        Raises Refused: INVALID_ID, BRANCH_EXISTS, INVALID_VALUE.
        """
        BranchName(self.central_id, settings.branch_id)
        checked = checked_settings(settings)
        now = self.clock.now_ms()

        def work(connection: Connection) -> None:
            if _exists(connection, checked.branch_id):
                raise Refused(
                    "BRANCH_EXISTS",
                    field="branch_id",
                    value=checked.branch_id,
                    rule="ids are never reused",
                    kind=RefusedKind.EXISTS,
                )
            connection.execute(
                branches.insert().values(
                    branch_id=checked.branch_id,
                    settings=b"",
                    position=0,
                    assortment=EVERYTHING.to_json(),
                    added_at=now,
                )
            )
            put_settings(connection, checked.branch_id, checked.encode())
            refresh_members(connection, checked.branch_id, EVERYTHING)

        await self.database.write(work)
        self.changed()

    async def set(self, settings: BranchSettings) -> None:
        """Replaces a branch's settings; unchanged settings travel nowhere. Raises Refused: NOT_FOUND, INVALID_VALUE."""
        checked = checked_settings(settings)

        def work(connection: Connection) -> None:
            settings_of(connection, checked.branch_id)
            put_settings(connection, checked.branch_id, checked.encode())

        await self.database.write(work)
        self.changed()

    async def all(self) -> tuple[BranchSettings, ...]:
        """Every branch, by id."""

        def work(connection: Connection) -> tuple[BranchSettings, ...]:
            rows = connection.scalars(select(branches.c.settings).order_by(branches.c.branch_id))
            return tuple(BranchSettings.decode(row) for row in rows)

        return await self.database.read(work)


def _exists(connection: Connection, branch_id: str) -> bool:
    return connection.scalar(select(branches.c.branch_id).where(branches.c.branch_id == branch_id)) is not None
