"""Tokens work once; of two gateways of a branch the one enrolled last counts."""

from __future__ import annotations

import asyncio

import pytest

from branchgate.catalogue import BranchSettings
from branchgate.clock import SystemClock
from branchgate.errors import Refused
from branchgate.wire.callers import OPERATOR, Caller, CallerKind
from central.branches import Branches
from central.gateways import Gateways
from central.identity.enrolment import StoredToken
from central.store import Database

TOKEN = StoredToken(b"digest-one", "mitte", 1_000, 2_000)


@pytest.fixture
async def gateways(database: Database) -> Gateways:
    await Branches(database, SystemClock(), "c1", lambda: None).add(BranchSettings("mitte", "Mitte"))
    return Gateways(database)


def gateway(key: bytes) -> Caller:
    return Caller(CallerKind.GATEWAY, "c1", "mitte", key_sha256=key)


async def test_of_many_uses_at_once_one_gets_the_branch(gateways: Gateways) -> None:
    await gateways.add_token(TOKEN)
    used = await asyncio.gather(*(gateways.use_token(TOKEN.secret_sha256, 1_500) for _ in range(8)))
    assert sorted(filter(None, used)) == ["mitte"]
    assert await gateways.use_token(TOKEN.secret_sha256, 1_500) is None


async def test_an_expired_or_unknown_token_is_none(gateways: Gateways) -> None:
    await gateways.add_token(TOKEN)
    assert await gateways.use_token(TOKEN.secret_sha256, 2_000) is None
    assert await gateways.use_token(b"digest-two", 1_500) is None


async def test_a_new_token_replaces_one_that_was_never_used(gateways: Gateways) -> None:
    await gateways.add_token(TOKEN)
    await gateways.add_token(StoredToken(b"digest-two", "mitte", 1_000, 2_000))
    assert await gateways.use_token(TOKEN.secret_sha256, 1_500) is None
    assert await gateways.use_token(b"digest-two", 1_500) == "mitte"


async def test_a_token_for_no_branch_is_refused(gateways: Gateways) -> None:
    with pytest.raises(Refused, match="NOT_FOUND"):
        await gateways.add_token(StoredToken(b"digest", "nord", 1_000, 2_000))


async def test_only_the_gateway_enrolled_last_is_admitted(gateways: Gateways, database: Database) -> None:
    await gateways.gateway_enrolled("mitte", b"first", 1)
    gateways.admit(gateway(b"first"))
    await gateways.gateway_enrolled("mitte", b"second", 2)
    gateways.admit(gateway(b"second"))
    with pytest.raises(Refused, match="GATEWAY_REPLACED"):
        gateways.admit(gateway(b"first"))
    again = Gateways(database)
    await again.load()
    assert again.enrolled == {"mitte"}
    again.admit(gateway(b"second"))
    again.admit(OPERATOR)
