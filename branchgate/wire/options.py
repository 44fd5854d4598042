"""Options of channels and servers: keepalive on both sides, backoff with a ceiling, loud collisions of ports, sizes of messages.

Only the exact spellings count: gRPC ignores an unknown option silently. Without keepalive a pulled cable goes unnoticed.
"""

from __future__ import annotations

from dataclasses import dataclass

Options = list[tuple[str, int | str]]

# A server must tolerate pings more often than its clients send them, or it ends the connection with "too_many_pings".
_TOLERATED_PING_INTERVAL_MS = 5_000


_MIB = 1024 * 1024

# What registers may make others say is larger than what they say: a refused event travels inside of the finding about it.
_LARGEST_ANSWER_BYTES = 16 * _MIB


@dataclass(frozen=True, slots=True)
class Link:
    """How patient both ends of a connection are, in milliseconds: a ping so often, an answer within so long.

    `largest_request_bytes`: the most its server takes in one message.
    """

    ping_every_ms: int
    answer_within_ms: int
    largest_request_bytes: int


LAN = Link(ping_every_ms=10_000, answer_within_ms=3_000, largest_request_bytes=4 * _MIB)
WAN = Link(ping_every_ms=20_000, answer_within_ms=5_000, largest_request_bytes=16 * _MIB)
"""Whatever a gateway has taken from a register must fit, or its journal would stand still on the way to central."""


def channel_options(link: Link, *, server_name: str = "") -> Options:
    """Options of a client channel. `server_name` is checked against the server's certificate instead of the address dialled.

    Every channel has connections of its own, so that a channel with a renewed certificate really replaces the old one.
    """
    options: Options = [
        *_keepalive(link),
        ("grpc.initial_reconnect_backoff_ms", 1_000),
        ("grpc.max_reconnect_backoff_ms", 30_000),
        ("grpc.use_local_subchannel_pool", 1),
        ("grpc.max_receive_message_length", _LARGEST_ANSWER_BYTES),
    ]
    if server_name:
        options.append(("grpc.ssl_target_name_override", server_name))
    return options


def server_options(link: Link) -> Options:
    """Options of a server. Two servers on one port collide instead of sharing it."""
    return [
        *_keepalive(link),
        ("grpc.http2.min_ping_interval_without_data_ms", _TOLERATED_PING_INTERVAL_MS),
        ("grpc.so_reuseport", 0),
        ("grpc.max_receive_message_length", link.largest_request_bytes),
    ]


def _keepalive(link: Link) -> Options:
    return [
        ("grpc.keepalive_time_ms", link.ping_every_ms),
        ("grpc.keepalive_timeout_ms", link.answer_within_ms),
        ("grpc.keepalive_permit_without_calls", 1),
        ("grpc.http2.max_pings_without_data", 0),
    ]
