"""How one catalogue and the branches' memberships form a feed per branch.

One counter gives positions to everything that can change what a branch sees:

    catalogue (type, key, value, position)               what there is
    members   (branch, type, key, present, position)     who has it; present = false: had it, a tombstone
    branches  (branch, settings, position)               the branch's own settings, entry (BRANCH_SETTINGS, "branch")

The feed of a branch has one change per membership row, and one for its settings:

    position = greatest(catalogue.position, members.position)
    put      when present and the catalogue has the entry
    delete   otherwise, at the position of the membership

So a new price moves the catalogue's row, an assortment change or the end of an article moves the membership, and either reaches the
branches concerned as an ordinary put or delete. What never was in a branch's assortment costs nothing.

Beyond the contract of `branchgate.sync.FeedSource` an implementation has to keep:

- Positions become visible in commit order. With several writers they are given under a lock that is held until the commit: a bare
  sequence loses changes, because a lower number may be committed after a reader has passed it.
- Writing what is already there gives no position, so that importing an unchanged catalogue again moves nothing.
- Keys compare by code points (PostgreSQL: COLLATE "C"), in the order of pages as in the seal.
- When one statement gives several rows one position, a page never ends between them; a position for each row avoids the question.
- The epoch changes only on restore: a backup may have given the same positions to other changes.
"""

from __future__ import annotations

import hashlib

_HASH_BYTES = 8


def filter_hash(branch_id: str) -> bytes:
    """Names a branch's view in its cursors, so that a cursor of another branch is not taken for its own."""
    return hashlib.sha256(branch_id.encode()).digest()[:_HASH_BYTES]
