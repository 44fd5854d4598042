"""The one door to python-escpos, used as a renderer into memory and for nothing else.

It is imported at the first receipt and not before (a quarter of a second), and its import is kept from littering: version
3.1 leaves a directory in the temp folder, and adds a handler to the root logger.
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from functools import cache
from typing import Any, Final, Protocol

from drivers.escpos.sanitise import ENCODING

_one_import: Final = threading.Lock()


class Renderer(Protocol):
    """The part of python-escpos' Dummy printer that composing needs."""

    @property
    def output(self) -> bytes:
        """Everything since the last `clear`."""
        ...

    def text(self, txt: str) -> None:
        """Encode text; it must be printable already."""
        ...

    def qr(self, content: str, *, size: int, native: bool) -> None:
        """Let the printer draw a code (native) of modules of `size` dots."""
        ...

    def clear(self) -> None:
        """Forget the output."""
        ...


def renderer() -> Renderer:
    """A fresh renderer that writes code page 858 and never selects a page by itself."""
    fresh: Renderer = _dummy_class()(magic_encode_args={"encoding": ENCODING.upper(), "disabled": True})
    return fresh


def load() -> None:
    """Import python-escpos now, so that the first receipt does not wait for it. May run in a thread."""
    _dummy_class()


def _dummy_class() -> Any:
    with _one_import:  # two printers get their first receipt at the same time, each in a thread of its own
        return _imported()


@cache
def _imported() -> Any:
    handlers = logging.root.handlers[:]
    from escpos import capabilities
    from escpos.printer import Dummy

    logging.root.handlers[:] = handlers
    if "ESCPOS_CAPABILITIES_PICKLE_DIR" not in os.environ:
        shutil.rmtree(capabilities.pickle_dir)
    return Dummy
