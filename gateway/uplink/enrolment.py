"""Enrolment at central: the one-off token an operator brought becomes this gateway's identity.

The token names central's root by its digest, so nothing is sent before central has shown that root and a certificate of it.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import grpc.aio
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from branchgate.errors import Refused, RefusedKind
from branchgate.errors.status import error_from
from branchgate.identity.certificates import from_pem, to_pem
from branchgate.identity.keys import (
    PrivateKey,
    certificate_key_sha256,
    key_to_pem,
    new_key,
    public_key_sha256,
    signing_request,
)
from branchgate.identity.names import CENTRAL_DNS
from branchgate.identity.token import EnrolmentToken, certificate_sha256, parsed_token
from branchgate.v1 import enrolment_pb2, enrolment_pb2_grpc
from branchgate.wire.options import WAN
from branchgate.wire.probe import joined_address, presented_chain, split_address
from branchgate.wire.tls import open_channel
from gateway.identity import FILE_NAME, GatewayIdentity, load_identity, save_identity

_PATIENCE_S = 30


async def enrol(token_text: str, keys: Path) -> GatewayIdentity:
    """Enrols this gateway and stores its identity in its folder of keys. The private keys are made here.

    Raises Refused: ENROLMENT_TOKEN_MALFORMED, CENTRAL_ROOT_WRONG (somebody may stand in between; the token was not sent),
    ENROLMENT_TOKEN_NOT_ACCEPTED (used or expired), ENROLLED_ELSEWHERE (the folder belongs to another branch), or TryAgain (NOT_REACHABLE).
    """
    token = parsed_token(token_text)
    root = _pinned_root(await presented_chain(token.address), token)
    branch_ca_key, gateway_key = new_key(), new_key()
    request = enrolment_pb2.EnrolRequest(
        secret=token.wire_secret,
        branch_ca_csr_der=signing_request(branch_ca_key),
        gateway_csr_der=signing_request(gateway_key),
    )
    async with open_channel(token.address, WAN, root_pem=to_pem(root), server_name=CENTRAL_DNS) as channel:
        try:
            response = await enrolment_pb2_grpc.EnrolmentServiceStub(channel).Enrol(request, timeout=_PATIENCE_S)
        except grpc.aio.AioRpcError as failure:
            raise error_from(failure) from failure
    _belongs_to(branch_ca_key, response.branch_ca_pem)
    _belongs_to(gateway_key, response.gateway_chain_pem)
    identity = GatewayIdentity(
        central_id=response.central_id,
        branch_id=response.branch_id,
        central_address=joined_address(split_address(token.address)[0], response.service_port),
        central_name=response.central_name,
        root_pem=to_pem(root),
        branch_ca_pem=response.branch_ca_pem,
        gateway_chain_pem=response.gateway_chain_pem,
        branch_ca_key_pem=key_to_pem(branch_ca_key),
        gateway_key_pem=key_to_pem(gateway_key),
    )
    await asyncio.to_thread(_store, keys, identity)
    return identity


def _pinned_root(chain: list[x509.Certificate], token: EnrolmentToken) -> x509.Certificate:
    leaf, root = chain[0], chain[-1]
    if certificate_sha256(root) != token.root_sha256 or not _signed(root, leaf):
        raise Refused(
            "CENTRAL_ROOT_WRONG",
            field="token",
            value=token.address,
            rule="the token names central's root",
            kind=RefusedKind.NOT_ALLOWED,
        )
    return root


def _signed(root: x509.Certificate, leaf: x509.Certificate) -> bool:
    """False for somebody who shows the right root beside a certificate that it never signed."""
    try:
        leaf.verify_directly_issued_by(root)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _belongs_to(key: PrivateKey, chain_pem: bytes) -> None:
    if certificate_key_sha256(from_pem(chain_pem)[0]) != public_key_sha256(key.public_key()):
        raise Refused("CENTRAL_ANSWER_WRONG", field="certificate", rule="for the key that was sent")


def _store(keys: Path, identity: GatewayIdentity) -> None:
    if (keys / FILE_NAME).exists():
        former = load_identity(keys)
        if (former.central_id, former.branch_id) != (identity.central_id, identity.branch_id):
            raise Refused(
                "ENROLLED_ELSEWHERE",
                field="data",
                value=keys.parent,
                rule=f"belongs to branch {former.branch_id}",
                kind=RefusedKind.EXISTS,
            )
    save_identity(keys, identity)
