"""The gateway's open codes under any sequence of attempts, and the register's end against a lying gateway."""

from __future__ import annotations

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from branchgate.errors import Refused
from branchgate.identity.keys import new_key
from branchgate.pairing.code import AuthorizationCode, new_code
from branchgate.pairing.proof import StretchedCode, stretched
from branchgate.pairing.session import (
    CODE_LIVES_MS,
    FAILURES_PER_MINUTE,
    TRIES_PER_CODE,
    Attempt,
    NotAccepted,
    OpenCodes,
    Proven,
    RegisterPairing,
    TooManyFailures,
)
from tests.rigs.chains import CentralChain

SERVER = b"s" * 32
REGISTERS = ("kasse-1", "kasse-2", "kasse-3")


def attempt(code_id: str, key: StretchedCode) -> Attempt:
    return Attempt(code_id, b"csr", b"n" * 16, key.register_proof(SERVER, b"csr", b"n" * 16))


class AnySequence(RuleBasedStateMachine):
    """Codes are opened, tried rightly and wrongly, replaced and forgotten, while time passes."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = OpenCodes()
        self.now_ms = 0
        self.live: dict[str, tuple[AuthorizationCode, StretchedCode, int]] = {}
        self.wrong: dict[str, int] = {}
        self.dead: list[tuple[AuthorizationCode, StretchedCode]] = []
        self.failures: list[int] = []

    def _bury(self, register_id: str) -> None:
        code, key, _ = self.live.pop(register_id)
        self.dead.append((code, key))

    def _expire(self) -> None:
        for register_id in [one for one, (_, _, born) in self.live.items() if self.now_ms >= born + CODE_LIVES_MS]:
            self._bury(register_id)

    @property
    def closed_for_all(self) -> bool:
        return len([at for at in self.failures if at > self.now_ms - 60_000]) >= FAILURES_PER_MINUTE

    @rule(register_id=st.sampled_from(REGISTERS))
    def open(self, register_id: str) -> None:
        code = new_code({*self.codes.code_ids, *(dead.code_id for dead, _ in self.dead)})
        key = stretched(code, scrypt_n=2)
        if register_id in self.live:
            self._bury(register_id)
        self.codes.open(register_id, code, key, self.now_ms)
        self.live[register_id] = (code, key, self.now_ms)
        self.wrong[register_id] = 0

    @rule(milliseconds=st.sampled_from([1, 500, 10_000, 59_999, 60_000, CODE_LIVES_MS - 1, CODE_LIVES_MS]))
    def wait(self, milliseconds: int) -> None:
        self.now_ms += milliseconds
        self._expire()

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def right_code(self, data: st.DataObject) -> None:
        register_id = data.draw(st.sampled_from(sorted(self.live)))
        code, key, _ = self.live[register_id]
        outcome = self.codes.attempt(attempt(code.code_id, key), SERVER, self.now_ms)
        if self.closed_for_all:
            assert isinstance(outcome, TooManyFailures)
            assert 0 < outcome.retry_after_ms <= 60_000
        else:
            assert outcome == Proven(register_id, key)
            self._bury(register_id)

    @precondition(lambda self: self.live)
    @rule(data=st.data())
    def wrong_code(self, data: st.DataObject) -> None:
        register_id = data.draw(st.sampled_from(sorted(self.live)))
        code, _, _ = self.live[register_id]
        outcome = self.codes.attempt(attempt(code.code_id, StretchedCode(b"guess" * 8)), SERVER, self.now_ms)
        if self.closed_for_all:
            assert isinstance(outcome, TooManyFailures)
            return
        self.failures.append(self.now_ms)
        self.wrong[register_id] += 1
        died = self.wrong[register_id] == TRIES_PER_CODE
        assert outcome == NotAccepted(register_id, code_died=died)
        if died:
            self._bury(register_id)

    @precondition(lambda self: self.dead)
    @rule(data=st.data())
    def dead_code(self, data: st.DataObject) -> None:
        code, key = data.draw(st.sampled_from(self.dead))
        outcome = self.codes.attempt(attempt(code.code_id, key), SERVER, self.now_ms)
        if self.closed_for_all:
            assert isinstance(outcome, TooManyFailures)
        else:
            assert outcome == NotAccepted()
            self.failures.append(self.now_ms)

    @rule()
    def bury(self) -> None:
        for register_id in self.codes.bury(self.now_ms):
            assert register_id not in self.live

    @invariant()
    def what_lives_is_open(self) -> None:
        assert {code.code_id for code, _, _ in self.live.values()} <= self.codes.code_ids


TestAnySequence = AnySequence.TestCase
TestAnySequence.settings = settings(max_examples=60, stateful_step_count=40)


def test_a_proof_for_another_server_key_or_with_a_short_nonce_is_not_accepted() -> None:
    codes, code = OpenCodes(), new_code()
    key = stretched(code, scrypt_n=2)
    codes.open("kasse-1", code, key, 0)
    assert codes.attempt(attempt(code.code_id, key), b"relay", 0) == NotAccepted("kasse-1")
    short = Attempt(code.code_id, b"csr", b"n", key.register_proof(SERVER, b"csr", b"n"))
    assert codes.attempt(short, SERVER, 0) == NotAccepted("kasse-1")
    assert codes.attempt(attempt(code.code_id, key), SERVER, 0) == Proven("kasse-1", key)


def test_a_register_believes_only_the_proof_for_its_own_request_and_key() -> None:
    code = new_code()
    key = stretched(code, scrypt_n=2)
    pairing = RegisterPairing(code, key, SERVER, new_key())
    sent = pairing.attempt
    branch = CentralChain(1_800_000_000_000).branch("mitte")
    stranger = branch.register("kasse-1")

    def proof(chain_pem: bytes, *, server: bytes = SERVER, nonce: bytes = sent.nonce) -> bytes:
        return key.gateway_proof(server, sent.csr_der, nonce, chain_pem, b"root")

    chain_pem = stranger.chain_pem
    for wrong in (b"", proof(chain_pem, server=b"relay"), proof(chain_pem, nonce=b"x" * 16), sent.proof):
        with pytest.raises(Refused, match="GATEWAY_PROOF_WRONG"):
            pairing.verify(chain_pem, b"root", wrong)
    with pytest.raises(Refused, match="the key that was sent"):
        pairing.verify(chain_pem, b"root", proof(chain_pem))
