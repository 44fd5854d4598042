"""Where a register's log goes when people look at its screen: a file of bounded size in the data folder, never the screen."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from branchgate.logs import set_up_logs

LOG_NAME: Final = "register.log"
LARGEST_BYTES: Final = 1_000_000
OLDER_ONES: Final = 3


@contextmanager
def log_into(folder: Path) -> Iterator[None]:
    """Logs into the register's data folder for as long as the block. The file is made with its first line, when the folder is there."""
    file = RotatingFileHandler(
        folder / LOG_NAME, maxBytes=LARGEST_BYTES, backupCount=OLDER_ONES, encoding="utf-8", delay=True
    )
    set_up_logs("text", file)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(file)
        file.close()
