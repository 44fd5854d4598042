"""Exports that mean harm or are broken: a clear refusal, within bounds, and nothing written anywhere."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from branchgate.dsfinvk import inspect
from branchgate.dsfinvk.records import LONGEST, Flaw, records
from branchgate.dsfinvk.source import MOST_FILES, SMALL_BYTES
from branchgate.errors import Refused
from tests.branchgate.dsfinvk.exports import right_export


def refused(path: Path, reason: str) -> Refused:
    with pytest.raises(Refused) as caught:
        inspect(path)
    assert caught.value.reason == reason
    return caught.value


def zipped(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_what_is_not_there_is_refused(tmp_path: Path) -> None:
    refused(tmp_path / "export.zip", "EXPORT_NOT_FOUND")


def test_a_file_that_is_no_zip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "export.zip").write_bytes(b"Z_KASSE_ID;Z_ERSTELLUNG\r\n")
    refused(tmp_path / "export.zip", "EXPORT_NOT_READABLE")


def test_a_folder_without_an_export_is_refused(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Sehr geehrte Damen und Herren")
    refused(tmp_path, "EXPORT_NOT_READABLE")


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.99])
def test_a_zip_that_is_cut_off_is_refused(tmp_path: Path, part: float) -> None:
    path = right_export().pack(tmp_path / "export.zip")
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * part)])
    refused(path, "EXPORT_NOT_READABLE")


def test_a_zip_with_a_flipped_bit_is_refused_when_the_bit_is_read(tmp_path: Path) -> None:
    path = right_export().pack(tmp_path / "export.zip")
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as archive:
        member = archive.getinfo("lines.csv")
    content[member.header_offset + 60 + member.compress_size // 2] ^= 0x10
    path.write_bytes(content)
    assert refused(path, "EXPORT_NOT_READABLE").value == "lines.csv"


@pytest.mark.parametrize(
    "name", ["../lines.csv", "/etc/lines.csv", "a/../../lines.csv", "C:lines.csv", "..\\lines.csv"]
)
def test_names_that_leave_the_folder_are_refused(tmp_path: Path, name: str) -> None:
    refused(zipped(tmp_path / "export.zip", ("index.xml", b"<DataSet/>"), (name, b"")), "EXPORT_SUSPICIOUS")


def test_a_name_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "export.zip", ("index.xml", b"<DataSet/>"), ("vat.csv", b"a"), ("vat.csv", b"b"))
    refused(path, "EXPORT_SUSPICIOUS")


def test_a_file_that_swells_beyond_reason_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", ("index.xml", b"<DataSet/>"), ("lines.csv", b"0" * (SMALL_BYTES + 1)))
    assert path.stat().st_size < SMALL_BYTES // 500
    refused(path, "EXPORT_SUSPICIOUS")


def test_a_description_that_swells_is_refused(tmp_path: Path) -> None:
    refused(zipped(tmp_path / "export.zip", ("index.xml", b" " * (5 << 20))), "EXPORT_SUSPICIOUS")


def test_thousands_of_files_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", *((f"{n}.txt", b"") for n in range(MOST_FILES + 1)))
    refused(path, "EXPORT_SUSPICIOUS")


def test_a_directory_that_claims_to_be_huge_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", ("index.xml", b"<DataSet/>"))
    content = path.read_bytes()
    end = content.rindex(b"PK\5\6")
    size_of_directory = struct.pack("<L", 0x7FFFFFFF)
    path.write_bytes(content[: end + 12] + size_of_directory + content[end + 16 :])
    refused(path, "EXPORT_SUSPICIOUS")


def test_an_encrypted_zip_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "export.zip", ("index.xml", b"<DataSet/>"))
    content = bytearray(path.read_bytes())
    for mark, flags in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        content[content.index(mark) + flags] |= 1
    path.write_bytes(content)
    refused(path, "EXPORT_NOT_READABLE")


def test_links_out_of_the_folder_are_refused(tmp_path: Path) -> None:
    folder = right_export().write(tmp_path / "export")
    (folder / "vat.csv").unlink()
    (folder / "vat.csv").symlink_to("/etc/passwd")
    refused(folder, "EXPORT_SUSPICIOUS")


def test_a_pipe_in_the_folder_does_not_hang_the_check(tmp_path: Path) -> None:
    folder = right_export().write(tmp_path / "export")
    (folder / "vat.csv").unlink()
    os.mkfifo(folder / "vat.csv")
    refused(folder, "EXPORT_SUSPICIOUS")


BOMB = b"""<?xml version="1.0"?><!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd" [
<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<DataSet><Version>&c;</Version></DataSet>"""

OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd" [<!ENTITY a SYSTEM "file:///etc/passwd">]>
<DataSet><Version>&a;</Version></DataSet>"""


@pytest.mark.parametrize(
    "content", [BOMB, OUTSIDE, b"<a>" * 50_000, b"\x00\x01", b"", b"<DataSet>" + b"<Media/>" * 100_000 + b"</DataSet>"]
)
def test_no_description_is_expanded_fetched_or_followed_into_the_depth(tmp_path: Path, content: bytes) -> None:
    folder = right_export().write(tmp_path / "export")
    (folder / "index.xml").write_bytes(content)
    found = inspect(folder, keep=1)
    assert {"INDEX_ENTITY", "INDEX_XML", "INDEX_GRAMMAR"} & found.found.keys()


def test_elements_inside_each_other_without_end_are_given_up(tmp_path: Path) -> None:
    folder = right_export().write(tmp_path / "export")
    (folder / "index.xml").write_bytes(b"<DataSet>" * 1000 + b"</DataSet>" * 1000)
    found = inspect(folder)
    assert [fault.code for fault in found.faults if fault.file == "index.xml"] == ["INDEX_XML"]


def test_a_file_without_line_ends_is_read_in_bounds(tmp_path: Path) -> None:
    folder = right_export().write(tmp_path / "export")
    with (folder / "lines.csv").open("ab") as file:
        for _ in range(64):
            file.write(b'"' * (1 << 20))
    tracemalloc.start()
    try:
        found = inspect(folder)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.found == {"RECORD_TOO_LONG": 1}
    assert peak < 32 << 20


class Generated(io.RawIOBase):
    """A stream of as many bytes as one likes, made as they are read."""

    def __init__(self, parts: Iterator[bytes]) -> None:
        self._parts = parts

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        part = next(self._parts, b"")
        memoryview(buffer)[: len(part)] = part  # type: ignore[arg-type]
        return len(part)


def test_a_quote_that_is_never_closed_costs_its_own_line_only() -> None:
    lines = [b'a;"b\r\n', *[b"c;d\r\n"] * 5]
    found = list(records(io.BytesIO(b"".join(lines))))
    assert [(record.line, record.flaw) for record in found] == [
        (1, Flaw.QUOTES),
        *((n, Flaw.NONE) for n in range(2, 7)),
    ]


def test_a_quote_that_is_never_closed_in_a_long_file_is_given_up_early() -> None:
    made = 0

    def parts() -> Iterator[bytes]:
        nonlocal made
        yield b'a;"b\r\n'
        for _ in range(640):
            made += 1
            yield b"c;d\r\n" * 1000

    found = records(io.BufferedReader(Generated(parts()), 1 << 16))
    assert next(found).flaw is Flaw.QUOTES
    assert made < 2 * LONGEST // 5000
    assert sum(record.flaw is Flaw.NONE for record in found) == 640_000


@given(st.lists(st.sampled_from([b'"', b'""', b";", b"a", b"\r", b"\n", b"\r\n", b"\xff"]), max_size=40))
def test_records_cover_a_file_whole_and_once(parts: list[bytes]) -> None:
    content = b"".join(parts)
    found = list(records(io.BytesIO(content)))
    assert [record.end for record in found] == sorted({record.end for record in found})
    assert (found[-1].end if found else 0) == len(content)
    assert sum(len(record.content) for record in found) <= len(content) <= LONGEST
