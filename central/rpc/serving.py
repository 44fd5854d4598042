"""All services of central on one server; who may call which is the contract's business and the guard's."""

from __future__ import annotations

import grpc.aio

from branchgate.v1 import central_admin_pb2_grpc, enrolment_pb2_grpc, intake_pb2_grpc, session_pb2_grpc
from central.domain import Domain
from central.rpc.admin import AdminServicer
from central.rpc.enrolment import EnrolmentServicer
from central.rpc.intake import IntakeServicer
from central.rpc.session import SessionServicer
from central.rpc.sync import sync_service


def add_services(server: grpc.aio.Server, domain: Domain, *, service_port: int, enrolment_address: str) -> None:
    """Adds every service; `enrolment_address` is what tokens say unless the operator names another."""
    session_pb2_grpc.add_SessionServiceServicer_to_server(
        SessionServicer(domain.sessions, domain.intake, domain.clock), server
    )
    intake_pb2_grpc.add_IntakeServiceServicer_to_server(IntakeServicer(domain.intake, domain.summaries), server)
    enrolment_pb2_grpc.add_EnrolmentServiceServicer_to_server(EnrolmentServicer(domain.enrolment, service_port), server)
    central_admin_pb2_grpc.add_CentralAdminServiceServicer_to_server(AdminServicer(domain, enrolment_address), server)
    server.add_generic_rpc_handlers((sync_service(domain.feeds),))
