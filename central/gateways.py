"""Gateways: the one-off tokens with which they enrol, and whose certificate counts for which branch."""

from __future__ import annotations

from sqlalchemy import Connection, select

from branchgate.errors import Refused, RefusedKind
from branchgate.wire.callers import Caller, CallerKind
from central.branch_settings import settings_of
from central.identity.enrolment import StoredToken
from central.store import Database
from central.store.engine import upsert
from central.store.schema import enrolment_tokens, gateways


class Gateways:
    """The enrolled gateways, one per branch, and the tokens that wait (an EnrolmentStore).

    The keys that count are kept in memory as well, because every call is checked against them: `load` reads them at the start.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._keys: dict[str, bytes] = {}

    async def load(self) -> None:
        """Reads which keys count."""

        def work(connection: Connection) -> dict[str, bytes]:
            return {row.branch_id: row.key_sha256 for row in connection.execute(select(gateways))}

        self._keys = await self._database.read(work)

    @property
    def enrolled(self) -> frozenset[str]:
        """Branches that have a gateway."""
        return frozenset(self._keys)

    def admit(self, caller: Caller) -> None:
        """Refuses (GATEWAY_REPLACED) a gateway in whose place another one was enrolled; its certificate alone would still be good."""
        if caller.kind is CallerKind.GATEWAY and self._keys.get(caller.branch_id) != caller.key_sha256:
            raise Refused(
                "GATEWAY_REPLACED",
                field="branch_id",
                value=caller.branch_id,
                rule="the gateway enrolled last counts",
                kind=RefusedKind.NOT_ALLOWED,
            )

    async def add_token(self, token: StoredToken) -> None:
        """Keeps a token, and forgets those of the branch that were never used. Raises Refused (NOT_FOUND) without such a branch."""

        def work(connection: Connection) -> None:
            settings_of(connection, token.branch_id)
            connection.execute(
                enrolment_tokens.delete().where(
                    enrolment_tokens.c.branch_id == token.branch_id, enrolment_tokens.c.used_at.is_(None)
                )
            )
            connection.execute(
                enrolment_tokens.insert().values(
                    secret_sha256=token.secret_sha256,
                    branch_id=token.branch_id,
                    made_at=token.made_at_ms,
                    expires_at=token.expires_at_ms,
                )
            )

        await self._database.write(work)

    async def use_token(self, secret_sha256: bytes, now_ms: int) -> str | None:
        """Uses a token up and returns its branch id; None if it is unknown, used or expired."""

        def work(connection: Connection) -> str | None:
            used: str | None = connection.scalar(
                enrolment_tokens.update()
                .where(
                    enrolment_tokens.c.secret_sha256 == secret_sha256,
                    enrolment_tokens.c.used_at.is_(None),
                    enrolment_tokens.c.expires_at > now_ms,
                )
                .values(used_at=now_ms)
                .returning(enrolment_tokens.c.branch_id)
            )
            return used

        return await self._database.write(work)

    async def gateway_enrolled(self, branch_id: str, key_sha256: bytes, at_ms: int) -> None:
        """Keeps the key of the branch's gateway; the one before is refused from now on."""
        row = {"branch_id": branch_id, "key_sha256": key_sha256, "enrolled_at": at_ms}
        await self._database.write(lambda connection: upsert(connection, gateways, [row]))
        self._keys[branch_id] = key_sha256
