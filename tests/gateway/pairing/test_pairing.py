"""Honest pairings, from the operator's order to a call over mTLS, with the library that registers use."""

from __future__ import annotations

import asyncio
import dataclasses
import stat
from pathlib import Path

import pytest

from branchgate.errors import Refused, TryAgain
from branchgate.identity.keys import key_from_pem, public_key_sha256, unbundle
from branchgate.numbers import NumberRange
from branchgate.pairing.code import parsed_code
from branchgate.pairing.qr import PairingInvitation, parsed_invitation
from branchgate.register.identity import FILE_NAME, load_identity
from branchgate.register.pairing import pair, renew_if_due
from branchgate.wire.callers import Caller, CallerKind
from branchgate.wire.probe import presented_chain
from gateway.pairing.authority import BranchAuthority
from gateway.pairing.steps import Stage
from tests.gateway.pairing.shop import ORDER, Shop, shop, stretch_quickly, who_am_i
from tests.rigs.chains import DAY_MS, CentralChain
from tests.rigs.clock import TurnedClock


async def paired(at: Shop, folder: Path, typed: str = "") -> object:
    return await pair(at.pairing_address, typed or await at.code(), folder, stretch=stretch_quickly)


async def test_a_register_pairs_by_the_code_and_reaches_the_services(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        identity = await pair(
            at.pairing_address, code.lower().replace("-", " "), tmp_path / "till", stretch=stretch_quickly
        )
        async with identity.open_channel() as channel:
            assert await who_am_i(channel) == "kasse-1"
    assert (identity.branch_id, identity.register_id, identity.register_name) == ("mitte", "kasse-1", "Kasse 1")
    assert (identity.number_range, identity.next_running_number) == (ORDER.number_range, 1)
    assert identity.gateway_address == at.service_address
    assert at.stages == [Stage.CODE, Stage.GRANTED, Stage.COMPLETED]
    assert at.changes == [("PAIRED", "kasse-1")]


async def test_the_identity_is_the_owners_alone_and_reads_back(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        identity = await pair(at.pairing_address, await at.code(), tmp_path / "till", stretch=stretch_quickly)
    file = tmp_path / "till" / FILE_NAME
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_identity(tmp_path / "till") == identity
    file.write_bytes(b"{")
    with pytest.raises(Refused, match="IDENTITY_DAMAGED"):
        load_identity(tmp_path / "till")
    with pytest.raises(Refused, match="NOT_PAIRED"):
        load_identity(tmp_path)


async def test_the_qr_code_pairs_too(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        shown = at.steps[0]
        invitation = PairingInvitation(parsed_code(code), shown.pairing_address, shown.server_key_sha256)
        scanned = parsed_invitation(invitation.text)
        await pair(
            scanned.address,
            scanned.code.text,
            tmp_path / "till",
            expected_key_sha256=scanned.server_key_sha256,
            stretch=stretch_quickly,
        )
    assert at.stages[-1] is Stage.COMPLETED


async def test_the_step_with_the_code_is_what_central_shows_and_no_log_may_print(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        step = at.steps[0]
        message = step.as_message("request-1")
    assert (message.code, message.pairing_address, message.lives_ms) == (code, at.pairing_address, 600_000)
    assert "kasse-1" in message.text_de
    assert code not in repr(step)


async def test_a_wiped_register_pairs_again_and_its_numbers_go_on(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        await paired(at, tmp_path / "till")
        again = dataclasses.replace(ORDER, next_running_number=42)
        assert (
            await pair(at.pairing_address, await at.code(again), tmp_path / "b", stretch=stretch_quickly)
        ).next_running_number == 42
        assert (
            await pair(at.pairing_address, await at.code(ORDER), tmp_path / "c", stretch=stretch_quickly)
        ).next_running_number == 42


async def test_pairing_anew_with_a_longer_range_lets_a_used_up_register_number_on(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        used_up = dataclasses.replace(ORDER, number_range=NumberRange("K1-", 3), next_running_number=900)
        await pair(at.pairing_address, await at.code(used_up), tmp_path / "till", stretch=stretch_quickly)
        longer = dataclasses.replace(ORDER, number_range=NumberRange("K1-", 6))
        again = await pair(at.pairing_address, await at.code(longer), tmp_path / "till", stretch=stretch_quickly)
        assert again.number_range.own_number(again.next_running_number) == "K1-000900"


async def test_a_replaced_register_is_refused_on_its_open_connection(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        old = await pair(at.pairing_address, await at.code(), tmp_path / "old", stretch=stretch_quickly)
        async with old.open_channel() as channel:
            assert await who_am_i(channel) == "kasse-1"
            new = await pair(at.pairing_address, await at.code(), tmp_path / "new", stretch=stretch_quickly)
            with pytest.raises(Exception, match="REGISTER_NOT_PAIRED"):
                await who_am_i(channel)
        async with new.open_channel() as channel:
            assert await who_am_i(channel) == "kasse-1"


async def test_paired_registers_are_known_after_a_restart(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        await paired(at, tmp_path / "till")
        before = at.registers.all()
        key = load_identity(tmp_path / "till").key_pem
        await at.registers.load()
        assert at.registers.all() == before
        assert before[0].key_sha256 == public_key_sha256(key_from_pem(key).public_key())
        assert at.registers.newest_ms == at.clock.now_ms()


async def test_a_certificate_is_renewed_from_half_of_its_life_and_both_keys_work_meanwhile(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        first = await pair(at.pairing_address, await at.code(), tmp_path / "till", stretch=stretch_quickly)
        unchanged = await renew_if_due(
            lambda one: one.open_channel(), first, tmp_path / "till", at.clock.now_ms() + 44 * DAY_MS
        )
        assert unchanged is first
        second = await renew_if_due(
            lambda one: one.open_channel(), first, tmp_path / "till", at.clock.now_ms() + 55 * DAY_MS
        )
        assert second.key_pem != first.key_pem
        assert load_identity(tmp_path / "till") == second
        for identity in (first, second):
            async with identity.open_channel() as channel:
                assert await who_am_i(channel) == "kasse-1"
        third = await renew_if_due(
            lambda one: one.open_channel(), second, tmp_path / "till", at.clock.now_ms() + 55 * DAY_MS
        )
        async with first.open_channel() as channel:
            with pytest.raises(Exception, match="REGISTER_NOT_PAIRED"):
                await who_am_i(channel)
        async with third.open_channel() as channel:
            assert await who_am_i(channel) == "kasse-1"
    assert at.changes == [("PAIRED", "kasse-1"), ("RENEWED", "kasse-1"), ("RENEWED", "kasse-1")]


async def test_an_unanswered_confirmation_leaves_the_register_paired_and_tells_the_operator(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        from tests.gateway.pairing.attackers import proven

        grant = await proven(at, await at.code())
        at.desk.abandoned(grant)
        at.desk.abandoned(grant)
        at.desk.completed(grant)
    assert at.stages == [Stage.CODE, Stage.GRANTED, Stage.ENDED]
    assert at.steps[-1].reason == "PAIRING_NOT_CONFIRMED"


async def test_a_new_order_and_a_closed_dialog_end_the_old_code(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        first = await at.code()
        second = await at.code()
        with pytest.raises(Refused, match="PAIRING_CODE_NOT_ACCEPTED"):
            await paired(at, tmp_path / "till", first)
        at.desk.withdraw("kasse-1")
        with pytest.raises(Refused, match="PAIRING_CODE_NOT_ACCEPTED"):
            await paired(at, tmp_path / "till", second)
        at.desk.withdraw("kasse-1")
    reasons = [step.reason for step in at.steps]
    assert reasons == ["PAIRING_CODE_SHOWN", "PAIRING_CODE_REPLACED", "PAIRING_CODE_SHOWN", "PAIRING_WITHDRAWN"]


async def test_a_stopping_gateway_ends_its_codes(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        await at.code()
        at.desk.close()
        assert at.steps[-1].reason == "CLOSING_DOWN"


async def test_a_register_cannot_be_called_like_its_gateway(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        with pytest.raises(Refused, match="NAME_RESERVED"):
            await at.code(dataclasses.replace(ORDER, register_id="gateway"))


async def test_nobody_answers_at_a_wrong_address(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        code = await at.code()
        silent = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        port = silent.sockets[0].getsockname()[1]
        async with silent:
            with pytest.raises(TryAgain, match="NOT_REACHABLE"):
                await pair(f"127.0.0.1:{port}", code, tmp_path / "till", stretch=stretch_quickly)
        with pytest.raises(TryAgain, match="NOT_REACHABLE"):
            await pair(f"127.0.0.1:{port}", code, tmp_path / "till", stretch=stretch_quickly)
        with pytest.raises(Refused, match="INVALID_VALUE"):
            await pair("gateway", code, tmp_path / "till", stretch=stretch_quickly)
    assert not (tmp_path / "till").exists()


async def test_the_server_certificate_is_renewed_in_place_and_its_key_stays(tmp_path: Path) -> None:
    clock = TurnedClock()
    clock.advance(-16 * DAY_MS)
    async with shop(tmp_path / "gateway", clock=clock) as at:
        digest = at.authority.server.key_sha256
        before = await presented_chain(at.service_address)
        identity = await pair(at.pairing_address, await at.code(), tmp_path / "till", stretch=stretch_quickly)
        assert not at.authority.server.renew_if_due()
        clock.advance(16 * DAY_MS)
        assert at.authority.server.renew_if_due()
        assert at.authority.server.key_sha256 == digest
        after = await presented_chain(at.service_address)
        assert (after[0] != before[0], after[1]) == (True, before[1])
        async with identity.open_channel() as channel:
            assert await who_am_i(channel) == "kasse-1"


async def test_a_restarted_gateway_shows_the_key_it_had(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        keys = tmp_path / "gateway" / "keys"
        again = BranchAuthority(at.authority.identity, keys, at.clock)
        assert again.server.key_sha256 == at.authority.server.key_sha256
        replaced = BranchAuthority(CentralChain(at.clock.now_ms()).enrolled("mitte"), keys, at.clock)
        assert replaced.server.key_sha256 == at.authority.server.key_sha256
        unbundle((keys / "server.pem").read_bytes())


async def test_a_register_of_another_branch_is_not_admitted_even_with_a_known_key(tmp_path: Path) -> None:
    async with shop(tmp_path / "gateway") as at:
        await paired(at, tmp_path / "till")
        key = at.registers.all()[0].key_sha256
        at.registers.admit(Caller(CallerKind.REGISTER, "zentrale", "mitte", "kasse-1", 0, key))
        for stranger in (
            Caller(CallerKind.REGISTER, "zentrale", "sued", "kasse-1", 0, key),
            Caller(CallerKind.REGISTER, "zentrale", "mitte", "kasse-2", 0, key),
            Caller(CallerKind.REGISTER, "zentrale", "mitte", "kasse-1", 0, b"\0" * 32),
            Caller(CallerKind.REGISTER, "zentrale", "mitte", "kasse-1", 0, b""),
        ):
            with pytest.raises(Refused, match="REGISTER_NOT_PAIRED"):
                at.registers.admit(stranger)
