"""Following central: the replica as a reader of central's SyncService."""

from __future__ import annotations

from collections.abc import Callable

import grpc.aio

from branchgate.sync.client import SyncClient
from branchgate.sync.following import Follower, FollowState
from branchgate.sync.service import SyncStubCall
from branchgate.sync.timing import Backoff
from gateway.catalogue.replica import Replica


def central_follower(
    replica: Replica,
    channel: Callable[[], grpc.aio.Channel],
    random: Callable[[], float],
    changed: Callable[[FollowState], None] = lambda _: None,
) -> Follower:
    """Keeps the replica in step with central once its `run` is started; `changed` hears whether it is connected and current.

    `channel` gives the channel to dial on, asked anew for each attempt, because renewing a certificate replaces it.
    """
    return Follower(
        lambda: SyncStubCall(channel()),
        lambda: SyncClient(replica.sink),
        replica.writing,
        Backoff(random),
        changed=changed,
    )
