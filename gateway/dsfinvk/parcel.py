"""The ZIP: index.xml, the grammar and the tables, streamed from DuckDB without a file in between.

DuckDB writes a table into a pipe while the other end packs it. Every time stamp in the ZIP is the same, so that the same periods give the
same bytes whenever they are exported.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeAlias

import duckdb

from gateway.dsfinvk.selects import select
from gateway.dsfinvk.tables import ExportTable

_READ_BYTES: Final = 1024 * 1024
_ALWAYS: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time that a ZIP can tell."""
_LEVEL: Final = 6

Part: TypeAlias = tuple[int, int]
"""Closings from the first to the last, by their place in the export."""

TARGET: Final = "<target>"
"""Stands in a COPY statement for the pipe that it writes into."""


class Parcel:
    """A ZIP that is being packed; a context manager."""

    def __init__(self, path: Path, comment: str = "") -> None:
        self._zip = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=_LEVEL)
        self._zip.comment = comment.encode()

    def text(self, name: str, content: str) -> None:
        """Adds a small file."""
        self._zip.writestr(_entry(name), content.encode())

    def table(
        self, connection: duckdb.DuckDBPyConnection, table: ExportTable, certificate_parts: int, parts: Sequence[Part]
    ) -> Iterator[int]:
        """Adds a table; gives the bytes packed so far as it goes. Raises duckdb.Error.

        A table that this program has nothing for is there all the same, with its headings. `parts`: of the closings, in order; tables
        of closings themselves are small and written in one go.
        """
        headings = ";".join(column.name for column in table.columns) + "\r\n"
        with self._zip.open(_entry(table.file), "w", force_zip64=True) as entry:
            packed = entry.write(headings.encode())
            query = select(table.file, certificate_parts)
            if query is None:
                return
            for part in parts if table.is_of_receipts else parts[:1]:
                connection.execute(
                    f"CREATE OR REPLACE TEMP VIEW part AS SELECT * FROM closings WHERE closing BETWEEN {part[0]} AND {part[1]}"
                )
                with _written(connection, copy_statement(table, query)) as pipe:
                    while data := os.read(pipe, _READ_BYTES):
                        packed += entry.write(data)
                        yield packed

    def __enter__(self) -> Parcel:
        return self

    def __exit__(self, *problem: object) -> None:
        self._zip.close()


def copy_statement(table: ExportTable, query: str) -> str:
    """What writes a table's rows as DSFinV-K wants its files: UTF-8, semicolons, texts in quotes, CR LF; the target comes behind it."""
    texts = ", ".join(f'"{column.name}"' for column in table.columns if column.is_text)
    wanted = ", ".join(
        f'nullif("{column.name}", \'\') AS "{column.name}"' if column.is_text else f'"{column.name}"'
        for column in table.columns
    )
    return (
        f"COPY (SELECT {wanted} FROM ({query})) TO '{TARGET}' (FORMAT csv, HEADER false, DELIMITER ';', QUOTE '\"',"
        f" ESCAPE '\"', FORCE_QUOTE ({texts}), NULLSTR '', NEW_LINE '\\r\\n')"
    )


@contextmanager
def _written(connection: duckdb.DuckDBPyConnection, statement: str) -> Iterator[int]:
    """The end of a pipe that a table comes out of. Raises duckdb.Error when it was not all of it."""
    reading, writing = os.pipe()

    def write() -> None:
        try:
            connection.execute(statement.replace(TARGET, f"/dev/fd/{writing}"))
        finally:
            # DuckDB has opened the pipe anew; the reader only sees its end when both are shut.
            os.close(writing)

    with ThreadPoolExecutor(1, "table") as writer:
        job = writer.submit(write)
        try:
            yield reading
        finally:
            # A writer that nobody reads any more must not wait for ever.
            os.close(reading)
        job.result()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_ALWAYS)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
