"""Sessions: every answer finds whoever asked, and nobody waits for a gateway that is gone."""

from __future__ import annotations

import asyncio

import pytest

from branchgate.errors import Refused, TryAgain
from central.sessions import (
    Greeting,
    PairingStep,
    RequestDone,
    RequestRefused,
    RequestSummaries,
    Session,
    Sessions,
)

HELLO = Greeting("0.1.0", b"journal-one-----", 7, "shop:7444")


async def asked_of(session: Session) -> list[str]:
    """The ids of what the gateway was asked, until its session ends."""
    return [request.request_id async for request in session.requests()]


async def test_answers_find_the_one_who_asked() -> None:
    session = Session("mitte", HELLO)
    with session.asking(RequestSummaries("a", "")) as for_a, session.asking(RequestSummaries("b", "")) as for_b:
        session.answered(RequestDone("b"))
        session.answered(RequestRefused("a", "NO", "nein", "no"))
        assert [answer async for answer in for_a] == [RequestRefused("a", "NO", "nein", "no")]
        assert [answer async for answer in for_b] == [RequestDone("b")]


async def test_requests_reach_the_gateway_in_order() -> None:
    session = Session("mitte", HELLO)
    with session.asking(RequestSummaries("a", "")), session.asking(RequestSummaries("b", "")):
        requests = session.requests()
        assert [(await anext(requests)).request_id, (await anext(requests)).request_id] == ["a", "b"]


async def test_an_answer_that_nobody_waits_for_is_let_go() -> None:
    session = Session("mitte", HELLO)
    session.answered(RequestDone("unknown"))
    with session.asking(RequestSummaries("a", "")):
        assert session.is_asked("a")
    assert not session.is_asked("a")
    session.answered(RequestDone("a"))


async def test_whoever_waits_is_told_when_the_gateway_is_lost() -> None:
    session = Session("mitte", HELLO)
    with session.asking(RequestSummaries("a", "")) as answers:
        session.end()
        with pytest.raises(TryAgain, match="GATEWAY_LOST"):
            await anext(answers)
    with session.asking(RequestSummaries("b", "")) as answers, pytest.raises(TryAgain, match="GATEWAY_LOST"):
        await anext(answers)


async def test_a_second_session_of_a_gateway_ends_the_first() -> None:
    sessions = Sessions()
    with sessions.opened("mitte", HELLO) as first:
        waiting = asyncio.create_task(asked_of(first))
        with sessions.opened("mitte", HELLO) as second:
            with pytest.raises(Refused, match="SESSION_REPLACED"):
                await waiting
            assert sessions.of("mitte") is second
    assert sessions.connected == ()


async def test_the_end_of_a_replaced_session_does_not_take_its_successor_along() -> None:
    """The first stream's handler runs its cleanup after the second one has opened."""
    sessions = Sessions()
    first = sessions.opened("mitte", HELLO)
    first.__enter__()
    with sessions.opened("mitte", HELLO) as second:
        first.__exit__(None, None, None)
        assert sessions.of("mitte") is second
        assert sessions.connected == ("mitte",)


async def test_a_branch_without_a_session_cannot_be_asked_now() -> None:
    with pytest.raises(TryAgain, match="GATEWAY_NOT_CONNECTED"):
        Sessions().of("mitte")


async def test_closing_ends_every_session_and_takes_no_new_one() -> None:
    sessions = Sessions()
    with sessions.opened("mitte", HELLO) as session:
        sessions.close()
        with pytest.raises(TryAgain, match="CLOSING_DOWN"):
            await asked_of(session)
        with pytest.raises(TryAgain, match="CLOSING_DOWN"), sessions.opened("nord", HELLO):
            raise AssertionError


def test_a_step_does_not_show_its_code() -> None:
    step = PairingStep("a", 1, code="737C-JM8E-TVEZ")
    assert "737C" not in f"{step} {step!r}"
