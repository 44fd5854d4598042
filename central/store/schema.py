"""central's tables, in SQLAlchemy Core, the same on SQLite and PostgreSQL.

Times are UTC milliseconds. Positions of the feed come from the one counter FEED_COUNTER, so that their order is the order of commits.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects import postgresql

metadata = MetaData()

Key = Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")
"""Text that is ordered by its bytes, as the feed orders keys; SQLite does so by itself."""

FEED_COUNTER = "feed"
"""The counter that gives the feed its positions."""

meta = Table(
    "meta",
    metadata,
    Column("key", Key, primary_key=True),
    Column("value", Text, nullable=False),
)
"""central's own facts: its id, the form of the tables, the incarnation of the feed."""

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Raised by UPDATE: the row's lock makes writers commit in the order of their numbers, which a sequence would not."""

branches = Table(
    "branches",
    metadata,
    Column("branch_id", Key, primary_key=True),
    Column("settings", LargeBinary, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("assortment", JSON, nullable=False),
    Column("added_at", BigInteger, nullable=False),
)

registers = Table(
    "registers",
    metadata,
    # Unique over all branches: it is Z_KASSE_ID, the key of every closing of the business (DSFinV-K), and never reused.
    Column("register_id", Key, primary_key=True),
    Column("branch_id", Key, ForeignKey("branches.branch_id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("digits", Integer, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("added_at", BigInteger, nullable=False),
    Column("paired_at", BigInteger),
)

former_ranges = Table(
    "former_ranges",
    metadata,
    # What a register had before: its receipts bear these numbers for good, so no other may ever print them.
    Column("register_id", Key, ForeignKey("registers.register_id"), primary_key=True),
    Column("digits", Integer, primary_key=True),
    Column("prefix", Text, nullable=False),
    Column("suffix", Text, nullable=False),
    Column("ended_at", BigInteger, nullable=False),
)

enrolment_tokens = Table(
    "enrolment_tokens",
    metadata,
    # The secret itself is shown once and kept nowhere.
    Column("secret_sha256", LargeBinary, primary_key=True),
    Column("branch_id", Key, ForeignKey("branches.branch_id"), nullable=False, index=True),
    Column("made_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("used_at", BigInteger),
)

gateways = Table(
    "gateways",
    metadata,
    Column("branch_id", Key, ForeignKey("branches.branch_id"), primary_key=True),
    Column("key_sha256", LargeBinary, nullable=False),
    Column("enrolled_at", BigInteger, nullable=False),
)

catalogue = Table(
    "catalogue",
    metadata,
    Column("type", Integer, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    Column("position", BigInteger, nullable=False, index=True),
)
"""What there is to sell, encoded as it travels (central.feed.definition)."""

members = Table(
    "members",
    metadata,
    Column("branch_id", Key, primary_key=True),
    Column("type", Integer, primary_key=True),
    Column("key", Key, primary_key=True),
    Column("present", Boolean, nullable=False),
    Column("position", BigInteger, nullable=False),
    Index("members_by_position", "branch_id", "position"),
)
"""Which entries a branch has, and (present = false) which it had: these are the feed's tombstones."""

article_paths = Table(
    "article_paths",
    metadata,
    Column("article_number", Key, primary_key=True),
    Column("paths", JSON, nullable=False),
)
"""Every category path of an article in the catalogue, the printed one first: what assortment rules look at."""

journals = Table(
    "journals",
    metadata,
    Column("branch_id", Key, ForeignKey("branches.branch_id"), primary_key=True),
    Column("journal_id", LargeBinary, primary_key=True),
    Column("sequence", BigInteger, nullable=False),
    Column("chain_hash", LargeBinary, nullable=False),
    Column("first_received_at", BigInteger, nullable=False),
    Column("last_received_at", BigInteger, nullable=False),
)
"""How far each journal of a branch has arrived; a branch has more than one only after its journal was found shortened."""

journal_registers = Table(
    "journal_registers",
    metadata,
    Column("branch_id", Key, ForeignKey("branches.branch_id"), primary_key=True),
    Column("register_id", Key, primary_key=True),
    Column("register_sequence", BigInteger, nullable=False),
)

events = Table(
    "events",
    metadata,
    Column("event_id", LargeBinary, primary_key=True),
    Column("branch_id", Key, ForeignKey("branches.branch_id"), nullable=False),
    Column("journal_id", LargeBinary, nullable=False),
    Column("journal_sequence", BigInteger, nullable=False),
    Column("register_id", Key, nullable=False),
    Column("register_sequence", BigInteger, nullable=False),
    Column("kind", Integer, nullable=False),
    Column("recorded_at", BigInteger, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("chain_hash", LargeBinary, nullable=False),
    UniqueConstraint("branch_id", "journal_id", "journal_sequence"),
    Index("events_by_kind", "kind"),
)

intake_faults = Table(
    "intake_faults",
    metadata,
    Column("branch_id", Key, ForeignKey("branches.branch_id"), primary_key=True),
    Column("journal_id", LargeBinary, primary_key=True),
    Column("journal_sequence", BigInteger, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("event_id", LargeBinary, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
)
"""What a person must look at: chains that broke, event ids that came again with other bytes. The first sight is kept."""

summaries = Table(
    "summaries",
    metadata,
    Column("branch_id", Key, ForeignKey("branches.branch_id"), primary_key=True),
    Column("register_id", Key, primary_key=True),
    Column("business_day", Text, primary_key=True),
    Column("z_number", BigInteger, primary_key=True),
    Column("journal_id", LargeBinary, nullable=False),
    Column("through_sequence", BigInteger, nullable=False),
    Column("figures", LargeBinary, nullable=False),
    Column("columns", JSON, nullable=False),
    Column("stored_at", BigInteger, nullable=False),
    # Every article sold, as a closing's details; none in what was stored before there were any.
    Column("articles", LargeBinary),
    Index("summaries_by_day", "business_day"),
)
