"""EnrolmentService: the enrolment port, where gateways have no certificate yet and the token carries the proof."""

from __future__ import annotations

from branchgate.v1 import enrolment_pb2, enrolment_pb2_grpc
from branchgate.wire.callers import Context
from central.identity.enrolment import Enrolment


class EnrolmentServicer(enrolment_pb2_grpc.EnrolmentServiceServicer):
    """See enrolment.proto. `service_port` is where enrolled gateways are served."""

    def __init__(self, enrolment: Enrolment, service_port: int) -> None:
        self._enrolment = enrolment
        self._service_port = service_port

    async def Enrol(self, request: enrolment_pb2.EnrolRequest, _context: Context) -> enrolment_pb2.EnrolResponse:
        enrolled = await self._enrolment.enrol(request.secret, request.branch_ca_csr_der, request.gateway_csr_der)
        return enrolment_pb2.EnrolResponse(
            branch_id=enrolled.branch_id,
            central_id=enrolled.central_id,
            branch_ca_pem=enrolled.branch_ca_pem,
            gateway_chain_pem=enrolled.gateway_chain_pem,
            root_pem=enrolled.root_pem,
            service_port=self._service_port,
            central_name=enrolled.central_name,
        )
