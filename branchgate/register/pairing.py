"""Pairing of a register with its gateway (Kasse anbinden), and the renewal of its certificate later on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import structlog

from branchgate.errors import BranchgateError, Refused, RefusedKind, TryAgain
from branchgate.errors.status import error_from
from branchgate.identity.certificates import from_pem, renewal_due
from branchgate.identity.keys import (
    certificate_key_sha256,
    key_to_pem,
    new_key,
    public_key_sha256,
    signing_request,
)
from branchgate.identity.names import RegisterName
from branchgate.numbers import NumberRange
from branchgate.pairing.code import AuthorizationCode, parsed_code
from branchgate.pairing.proof import StretchedCode, stretched
from branchgate.pairing.session import Attempt, RegisterPairing
from branchgate.register.identity import Identity, save_identity
from branchgate.v1 import identity_pb2, identity_pb2_grpc, pairing_pb2, pairing_pb2_grpc
from branchgate.wire.callers import named_peer
from branchgate.wire.options import LAN
from branchgate.wire.probe import joined_address, pinned_channel, presented_chain, split_address

_PATIENCE_S = 60
# Registers of one shop are often paired in the same hour: the later part of this share spreads their renewals.
_RENEW_FROM_SHARE = 0.5
_RENEW_SPREAD = 0.1

_log = structlog.get_logger(__name__)


async def pair(
    address: str,
    code: str,
    folder: Path,
    *,
    expected_key_sha256: bytes | None = None,
    software: str = "",
    stretch: Callable[[AuthorizationCode], StretchedCode] = stretched,
) -> Identity:
    """Pairs this register by the code that central or the gateway shows, and stores its identity in `folder`.

    `address` is host:port of the gateway's pairing port; `expected_key_sha256` comes from a QR code. Raises Refused:
    PAIRING_CODE_MALFORMED and PAIRING_CODE_NOT_ACCEPTED (look at the code again), GATEWAY_KEY_WRONG and GATEWAY_PROOF_WRONG (somebody may
    stand between register and gateway), or TryAgain (NOT_REACHABLE, PAIRING_TOO_MANY_FAILURES, DISK_FULL).
    """
    typed = parsed_code(code)
    server = (await presented_chain(address))[0]
    server_key_sha256 = certificate_key_sha256(server)
    if expected_key_sha256 is not None and expected_key_sha256 != server_key_sha256:
        raise Refused(
            "GATEWAY_KEY_WRONG",
            field="address",
            value=address,
            rule="the QR code names another key",
            kind=RefusedKind.NOT_ALLOWED,
        )
    key = new_key()
    pairing = RegisterPairing(typed, await asyncio.to_thread(stretch, typed), server_key_sha256, key)
    async with pinned_channel(address, LAN, server) as channel:
        call = pairing_pb2_grpc.PairingServiceStub(channel).Pair(timeout=_PATIENCE_S)
        try:
            granted = await _granted(call, _prove(pairing.attempt, software))
            pairing.verify(granted.chain_pem, granted.root_pem, granted.proof)
            identity = _identity(granted, address, key_to_pem(key))
            await asyncio.to_thread(save_identity, folder, identity)
            await _confirm(call)
        finally:
            call.cancel()
    return identity


async def renew_if_due(
    open_channel: Callable[[Identity], grpc.aio.Channel], identity: Identity, folder: Path, now_ms: int
) -> Identity:
    """Renews the certificate for a fresh key, from half of its life; returns the identity to use from now on.

    Connections that are open keep the old one: open a new channel with the returned identity, move over, close the old. Raises what
    the gateway answers (Refused, TryAgain); the old identity stays in use then.
    """
    leaf = from_pem(identity.chain_pem)[0]
    spread = certificate_key_sha256(leaf)[0] / 0xFF * _RENEW_SPREAD
    if not renewal_due(leaf, now_ms, from_share=_RENEW_FROM_SHARE + spread):
        return identity
    key = new_key()
    async with open_channel(identity) as channel:
        stub = identity_pb2_grpc.IdentityServiceStub(channel)
        request = identity_pb2.RenewRequest(csr_der=signing_request(key))
        try:
            response = await stub.Renew(request, timeout=_PATIENCE_S)
        except grpc.aio.AioRpcError as failure:
            raise _error(failure) from failure
    renewed = from_pem(response.chain_pem)[0]
    if certificate_key_sha256(renewed) != public_key_sha256(key.public_key()) or named_peer(renewed) != named_peer(
        leaf
    ):
        raise Refused("GATEWAY_PROOF_WRONG", field="chain", rule="the renewed certificate is this register's own")
    fresh = replace(identity, key_pem=key_to_pem(key), chain_pem=response.chain_pem, root_pem=response.root_pem)
    await asyncio.to_thread(save_identity, folder, fresh)
    return fresh


async def _granted(call: Any, prove: pairing_pb2.PairRequest) -> pairing_pb2.PairGranted:
    try:
        await call.write(prove)
        response = await call.read()
    except grpc.aio.AioRpcError as failure:
        raise _error(failure) from failure
    if not isinstance(response, pairing_pb2.PairResponse) or response.WhichOneof("step") != "granted":
        raise Refused("NOT_A_GATEWAY", field="address", rule="answers a proved code with a certificate")
    return response.granted


async def _confirm(call: Any) -> None:
    """Tells the gateway that everything is stored. The identity is good whether or not this arrives."""
    try:
        await call.write(pairing_pb2.PairRequest(confirm=pairing_pb2.PairConfirm()))
        await call.read()
    except grpc.aio.AioRpcError as failure:
        _log.warning("pairing_not_confirmed", reason=str(_error(failure)))


def _prove(attempt: Attempt, software: str) -> pairing_pb2.PairRequest:
    return pairing_pb2.PairRequest(
        prove=pairing_pb2.PairProve(
            method=pairing_pb2.PAIR_METHOD_HMAC_CODE,
            code_id=attempt.code_id,
            csr_der=attempt.csr_der,
            nonce=attempt.nonce,
            proof=attempt.proof,
            software=software,
        )
    )


def _identity(granted: pairing_pb2.PairGranted, address: str, key_pem: bytes) -> Identity:
    """The identity that a verified answer gives. Raises Refused (GATEWAY_PROOF_WRONG) if certificate and answer name different registers."""
    name = named_peer(from_pem(granted.chain_pem)[0])
    if not isinstance(name, RegisterName) or (name.branch.branch_id, name.register_id) != (
        granted.branch_id,
        granted.register_id,
    ):
        raise Refused("GATEWAY_PROOF_WRONG", field="register_id", rule="certificate and answer name one register")
    numbers = granted.number_range
    return Identity(
        branch_id=granted.branch_id,
        register_id=granted.register_id,
        register_name=granted.register_name,
        gateway_name=granted.gateway_name,
        gateway_address=joined_address(split_address(address)[0], granted.service_port),
        pairing_address=address,
        number_range=NumberRange(numbers.prefix, numbers.digits, numbers.suffix),
        next_running_number=numbers.next_running_number,
        root_pem=granted.root_pem,
        chain_pem=granted.chain_pem,
        key_pem=key_pem,
    )


def _error(failure: grpc.aio.AioRpcError) -> BranchgateError:
    """What a failed call means here. A call that took too long has changed nothing that a new try would double."""
    if failure.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        return TryAgain("NOT_REACHABLE", field="address", rule="no answer in time")
    return error_from(failure)
