"""A data folder belongs to one process."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from branchgate.errors import Refused
from branchgate.folder import DataFolder


def test_a_second_holder_is_refused_and_told_who_holds_the_folder(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "data"), pytest.raises(Refused) as refused:
        DataFolder(tmp_path / "data")
    assert refused.value.reason == "FOLDER_IN_USE"
    assert refused.value.rule.startswith("PID ")


def test_a_released_folder_can_be_taken_again(tmp_path: Path) -> None:
    first = DataFolder(tmp_path)
    first.release()
    first.release()
    DataFolder(tmp_path).release()


def test_a_new_folder_is_for_its_owner_alone(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "new" / "data"):
        assert stat.S_IMODE((tmp_path / "new" / "data").stat().st_mode) == stat.S_IRWXU


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    with pytest.raises(Refused, match="FOLDER_NOT_USABLE"):
        DataFolder(tmp_path / "data")
