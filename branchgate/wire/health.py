"""Health as every gRPC tool asks for it (grpc.health.v1)."""

from __future__ import annotations

import grpc.aio
from grpc_health.v1 import health_pb2_grpc
from grpc_health.v1.health import aio as health


def add_health(*servers: grpc.aio.Server) -> health.HealthServicer:
    """One answer for all of these servers: serving, until the caller tells it that the end begins."""
    servicer = health.HealthServicer()
    for server in servers:
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    return servicer
