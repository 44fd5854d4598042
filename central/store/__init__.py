"""central's store: tables, migrations, and the one place that knows which database stands behind them."""

from __future__ import annotations

from central.store.database import Database
from central.store.engine import default_url, open_engine
from central.store.migrations import migrate

__all__ = ["Database", "default_url", "migrate", "open_engine"]
