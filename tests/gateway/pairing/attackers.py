"""What attackers do on the pairing port: hand-made messages, a relay with a key of its own, a gateway that is none."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc.aio

from branchgate.errors.status import error_from
from branchgate.identity.keys import new_key, signing_request
from branchgate.pairing.code import parsed_code
from branchgate.pairing.session import Attempt
from branchgate.v1 import pairing_pb2, pairing_pb2_grpc
from branchgate.wire.options import LAN
from branchgate.wire.probe import pinned_channel, presented_chain
from gateway.pairing.desk import Grant
from tests.branchgate.wire.servers import serving
from tests.gateway.pairing.shop import Shop, stretch_quickly
from tests.rigs.chains import CentralChain
from tests.rigs.clock import TurnedClock


def attempt_of(code: str, server_key_sha256: bytes, csr_der: bytes = b"") -> Attempt:
    """What an honest register would send for a code."""
    parsed = parsed_code(code)
    csr_der = csr_der or signing_request(new_key())
    nonce = secrets.token_bytes(16)
    return Attempt(
        parsed.code_id, csr_der, nonce, stretch_quickly(parsed).register_proof(server_key_sha256, csr_der, nonce)
    )


async def proven(at: Shop, code: str, csr_der: bytes = b"") -> Grant:
    return await at.desk.pair(attempt_of(code, at.authority.server.key_sha256, csr_der))


def wrong(code: str) -> str:
    """A code with the same public part and another secret."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def prove_message(attempt: Attempt) -> pairing_pb2.PairRequest:
    return pairing_pb2.PairRequest(
        prove=pairing_pb2.PairProve(
            method=pairing_pb2.PAIR_METHOD_HMAC_CODE,
            code_id=attempt.code_id,
            csr_der=attempt.csr_der,
            nonce=attempt.nonce,
            proof=attempt.proof,
        )
    )


async def send(address: str, *messages: pairing_pb2.PairRequest) -> list[str]:
    """Sends messages to a pairing port as they are; gives the steps that came back and, at the end, the reason of a refusal."""
    seen: list[str] = []
    certificate = (await presented_chain(address))[0]
    async with pinned_channel(address, LAN, certificate) as channel:
        call: Any = pairing_pb2_grpc.PairingServiceStub(channel).Pair(timeout=20)
        try:
            for message in messages:
                await call.write(message)
                seen.append(str((await call.read()).WhichOneof("step")))
            await call.done_writing()
            while (response := await call.read()) is not grpc.aio.EOF:
                seen.append(str(response.WhichOneof("step")))
        except grpc.aio.AioRpcError as failure:
            seen.append(error_from(failure).reason)
        finally:
            call.cancel()
    return seen


Answer = Callable[[pairing_pb2.PairRequest], pairing_pb2.PairResponse]


class FakeGateway(pairing_pb2_grpc.PairingServiceServicer):
    """Answers a proof with whatever it likes."""

    def __init__(self, answer: Callable[[pairing_pb2.PairRequest], Any]) -> None:
        self.received: list[pairing_pb2.PairRequest] = []
        self._answer = answer

    async def Pair(self, _requests: object, context: Any) -> None:  # type: ignore[override]
        request = await context.read()
        self.received.append(request)
        await context.write(await self._answer(request))
        confirm = await context.read()
        if confirm is not grpc.aio.EOF:
            self.received.append(confirm)

    async def Diagnose(self, request: Any, context: Any) -> Any:
        raise NotImplementedError


@contextlib.asynccontextmanager
async def fake_gateway(answer: Callable[[pairing_pb2.PairRequest], Any]) -> AsyncIterator[tuple[str, FakeGateway]]:
    """A server with a valid-looking certificate of another central, and therefore a key of its own."""
    servicer = FakeGateway(answer)
    certificate = CentralChain(TurnedClock().now_ms()).branch("mitte").server
    async with serving(
        lambda server: pairing_pb2_grpc.add_PairingServiceServicer_to_server(servicer, server),
        certificate,
        require_client_certificate=False,
    ) as address:
        yield address, servicer


@contextlib.asynccontextmanager
async def relay_to(address: str) -> AsyncIterator[tuple[str, FakeGateway]]:
    """Ends the register's TLS with a key of its own and passes every message on to the real gateway."""

    async def passed_on(request: pairing_pb2.PairRequest) -> pairing_pb2.PairResponse:
        certificate = (await presented_chain(address))[0]
        async with pinned_channel(address, LAN, certificate) as channel:
            call: Any = pairing_pb2_grpc.PairingServiceStub(channel).Pair(timeout=20)
            try:
                await call.write(request)
                response: pairing_pb2.PairResponse = await call.read()
                return response
            except grpc.aio.AioRpcError as failure:
                raise error_from(failure) from failure
            finally:
                call.cancel()

    async with fake_gateway(passed_on) as relay:
        yield relay
