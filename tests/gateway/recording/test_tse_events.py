"""What a register tells of its TSE: recorded when it can be read, refused for good when nobody could use it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from branchgate.errors.texts import all_sentences
from branchgate.events import EventKind
from branchgate.tse import encode_master_data
from gateway.recording.judging import Judged, judge
from gateway.recording.model import EventToRecord
from tests.gateway.branch import BranchRules
from tests.rigs.clock import TurnedClock
from tests.rigs.tse import SoftwareTse


def judged(body: bytes) -> Judged:
    event = EventToRecord(bytes(16), 1, EventKind.TSE, body)
    return judge(event, None, BranchRules(), 0)


def test_master_data_of_a_tse_are_recorded(tmp_path: Path) -> None:
    body = encode_master_data(SoftwareTse(tmp_path, TurnedClock()).master_data())
    assert judged(body) == Judged(EventToRecord(bytes(16), 1, EventKind.TSE, body), EventKind.TSE)


@pytest.mark.parametrize("field", ["", "tse_serial", "public_key"])
def test_what_names_no_tse_is_refused_for_good(tmp_path: Path, field: str) -> None:
    data = SoftwareTse(tmp_path, TurnedClock()).master_data()
    body = encode_master_data(replace(data, **{field: "a1" * 32})) if field else b"\xff"  # type: ignore[arg-type]
    refusal = judged(body).refusal
    assert refusal is not None
    assert refusal.reason == "TSE_MASTER_DATA_UNREADABLE"
    assert refusal.reason in all_sentences()
    assert refusal.field == (field or "body")
