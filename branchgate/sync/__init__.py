"""Sync sessions, the same code on both hops: central to gateway, gateway to register.

One stream carries typed entries in one order: a snapshot, then its tail. `SyncServer` and `SyncClient` are the two ends and do no I/O;
`FeedServer` and `Follower` are the thin shells around them. A store to read from is a `FeedSource`, a store to fill a `ReplicaSink`.
"""

from __future__ import annotations

from branchgate.sync.client import ReplicaSink, SyncClient
from branchgate.sync.following import Follower, FollowState
from branchgate.sync.server import SyncServer
from branchgate.sync.serving import FeedServer
from branchgate.sync.source import Change, ChangesPage, Entry, EntryId, FeedSource, FeedState, Seal, SnapshotPage

__all__ = [
    "Change",
    "ChangesPage",
    "Entry",
    "EntryId",
    "FeedServer",
    "FeedSource",
    "FeedState",
    "FollowState",
    "Follower",
    "ReplicaSink",
    "Seal",
    "SnapshotPage",
    "SyncClient",
    "SyncServer",
]
