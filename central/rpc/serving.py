"""Which services stand on which server: gateways', the one for enrolment, and the operator's."""

from __future__ import annotations

import grpc.aio

from branchgate.v1 import central_admin_pb2_grpc, enrolment_pb2_grpc, intake_pb2_grpc, session_pb2_grpc
from central.domain import Domain
from central.rpc.admin import CentralAdminServicer
from central.rpc.enrolment import EnrolmentServicer
from central.rpc.intake import IntakeServicer
from central.rpc.session import SessionServicer
from central.rpc.sync import sync_service


def add_gateway_services(server: grpc.aio.Server, domain: Domain) -> None:
    """What enrolled gateways call."""
    sessions = SessionServicer(domain.sessions, domain.intake, domain.recall, domain.clock)
    session_pb2_grpc.add_SessionServiceServicer_to_server(sessions, server)
    intake_pb2_grpc.add_IntakeServiceServicer_to_server(IntakeServicer(domain.intake, domain.summaries), server)
    server.add_generic_rpc_handlers((sync_service(domain.feeds),))


def add_enrolment_service(server: grpc.aio.Server, domain: Domain, *, service_port: int) -> None:
    """What a gateway calls that is not enrolled yet; it is told the port of the others."""
    enrolment_pb2_grpc.add_EnrolmentServiceServicer_to_server(EnrolmentServicer(domain.enrolment, service_port), server)


def add_operator_service(server: grpc.aio.Server, domain: Domain, *, enrolment_address: str) -> None:
    """What operators call; `enrolment_address` (host:port) is what tokens say unless they name another."""
    central_admin_pb2_grpc.add_CentralAdminServiceServicer_to_server(
        CentralAdminServicer(domain, enrolment_address), server
    )
