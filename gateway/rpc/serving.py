"""Which service stands behind which of the gateway's three doors."""

from __future__ import annotations

import grpc.aio

from branchgate.sync import FeedServer
from branchgate.v1 import (
    archive_pb2_grpc,
    closed_days_pb2_grpc,
    device_pb2_grpc,
    display_pb2_grpc,
    document_pb2_grpc,
    export_pb2_grpc,
    gateway_admin_pb2_grpc,
    identity_pb2_grpc,
    journal_pb2_grpc,
    pairing_pb2_grpc,
    parked_pb2_grpc,
    printing_pb2_grpc,
    report_pb2_grpc,
    scale_pb2_grpc,
)
from gateway.branch.desks import Desks
from gateway.rpc.admin import GatewayAdminServicer
from gateway.rpc.archive import ArchiveServicer
from gateway.rpc.closed_days import ClosedDaysServicer
from gateway.rpc.device import DeviceServicer, DrawerServicer
from gateway.rpc.display import DisplayServicer
from gateway.rpc.document import DocumentServicer
from gateway.rpc.export import ExportServicer
from gateway.rpc.identity import IdentityServicer
from gateway.rpc.journal import JournalServicer
from gateway.rpc.pairing import PairingServicer
from gateway.rpc.parked import ParkedServicer
from gateway.rpc.printing import PrintServicer
from gateway.rpc.report import ReportServicer
from gateway.rpc.scale import ScaleServicer
from gateway.rpc.sync import sync_service


def add_register_services(server: grpc.aio.Server, journal: JournalServicer, feed: FeedServer, desks: Desks) -> None:
    """For paired registers, over mTLS."""
    journal_pb2_grpc.add_JournalServiceServicer_to_server(journal, server)
    server.add_generic_rpc_handlers((sync_service(feed),))
    identity_pb2_grpc.add_IdentityServiceServicer_to_server(IdentityServicer(desks.renewals), server)
    _add_shared_services(server, desks)


def add_pairing_service(server: grpc.aio.Server, pairing: PairingServicer) -> None:
    """For registers that have no certificate yet."""
    pairing_pb2_grpc.add_PairingServiceServicer_to_server(pairing, server)


def add_operator_services(server: grpc.aio.Server, admin: GatewayAdminServicer, desks: Desks) -> None:
    """For commands on this machine, over the owner-only socket."""
    gateway_admin_pb2_grpc.add_GatewayAdminServiceServicer_to_server(admin, server)
    archive_pb2_grpc.add_ArchiveServiceServicer_to_server(ArchiveServicer(desks.archive), server)
    closed_days_pb2_grpc.add_ClosedDaysServiceServicer_to_server(ClosedDaysServicer(desks.closed_days), server)
    export_pb2_grpc.add_ExportServiceServicer_to_server(ExportServicer(desks.export), server)
    _add_shared_services(server, desks)


def _add_shared_services(server: grpc.aio.Server, desks: Desks) -> None:
    """What registers and operators may both ask."""
    printing_pb2_grpc.add_PrintServiceServicer_to_server(PrintServicer(desks.printing), server)
    device_pb2_grpc.add_DrawerServiceServicer_to_server(DrawerServicer(desks.drawers), server)
    device_pb2_grpc.add_DeviceServiceServicer_to_server(DeviceServicer(desks.devices.board), server)
    display_pb2_grpc.add_DisplayServiceServicer_to_server(DisplayServicer(desks.displays), server)
    scale_pb2_grpc.add_ScaleServiceServicer_to_server(ScaleServicer(desks.scales), server)
    document_pb2_grpc.add_DocumentServiceServicer_to_server(DocumentServicer(desks.digital), server)
    parked_pb2_grpc.add_ParkedServiceServicer_to_server(ParkedServicer(desks.parked), server)
    report_pb2_grpc.add_ReportServiceServicer_to_server(
        ReportServicer(desks.closing, desks.cash, desks.report_paper), server
    )
