"""The bare echo: a grpc.aio server that answers every Record message at once, stores nothing and checks nothing. mTLS as at the gateway.

Reads one JSON line: `keys`, the gateway's folder of keys. Ends when its input is closed.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import grpc
import grpc.aio

from branchgate.identity.keys import unbundle
from branchgate.v1 import journal_pb2
from branchgate.wire.options import LAN, server_options
from branchgate.wire.tls import ServerCertificate, server_credentials
from gateway.identity import load_identity
from gateway.pairing.authority import SERVER_FILE

SERVICE = "branchgate.v1.JournalService"


async def record(_requests: object, context: grpc.aio.ServicerContext[Any, Any]) -> None:
    """Acknowledges each message with its last number."""
    greeting = journal_pb2.RecordGreeting(next_register_sequence=1, next_running_number=1)
    await context.write(journal_pb2.RecordResponse(greeting=greeting))
    while (request := await context.read()) is not grpc.aio.EOF:
        last = request.events[-1].event.register_sequence
        await context.write(journal_pb2.RecordResponse(settled_register_sequence=last))


def certificate_of(keys: Path) -> ServerCertificate:
    """What the gateway with these keys shows to its registers."""
    key_pem, chain_pem = unbundle((keys / SERVER_FILE).read_bytes())
    return ServerCertificate(key_pem, chain_pem, load_identity(keys).branch_ca_pem)


async def serve(order: dict[str, Any]) -> None:
    """Serves until the input ends."""
    server = grpc.aio.server(options=server_options(LAN))
    method: Any = grpc.stream_stream_rpc_method_handler(
        record,
        request_deserializer=journal_pb2.RecordRequest.FromString,
        response_serializer=journal_pb2.RecordResponse.SerializeToString,
    )
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(SERVICE, {"Record": method}),))
    certificate = certificate_of(Path(order["keys"]))
    credentials = server_credentials(lambda: certificate, require_client_certificate=True)
    port = server.add_secure_port("127.0.0.1:0", credentials)
    await server.start()
    print(json.dumps({"port": port}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await server.stop(None)


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.stdin.readline())))
