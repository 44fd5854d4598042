"""IdentityService: a paired register renews its certificate."""

from __future__ import annotations

from branchgate.v1 import identity_pb2, identity_pb2_grpc
from branchgate.wire.callers import Context, caller
from gateway.pairing.renewal import Renewals


class IdentityServicer(identity_pb2_grpc.IdentityServiceServicer):
    """See identity.proto."""

    def __init__(self, renewals: Renewals) -> None:
        self._renewals = renewals

    async def Renew(self, request: identity_pb2.RenewRequest, context: Context) -> identity_pb2.RenewResponse:
        chain_pem = await self._renewals.renew(caller(context), request.csr_der)
        return identity_pb2.RenewResponse(chain_pem=chain_pem, root_pem=self._renewals.root_pem)
