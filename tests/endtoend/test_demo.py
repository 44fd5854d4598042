"""The demo, as a newcomer runs it, only shorter: everything real, and every figure in agreement."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from branchgate.catalogue import Article

ROOT = Path(__file__).resolve().parents[2]
DEMO = (sys.executable, "-m", "scripts.demonstration")
WITHIN_S = 240
GROCERIES = ROOT / "central/ameise/shipped/grocery-articles.csv"
MAPPING = ROOT / "central/ameise/shipped/general-store.mapping.toml"


def run_demo(tmp_path: Path, *options: str) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    """Runs the demo in a folder and returns what it said and its figures."""
    figures = tmp_path / "figures.json"
    command = [*DEMO, "--keep", str(tmp_path / "day"), "--json", str(figures), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=WITHIN_S, check=False)
    return done, json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}


@pytest.mark.timeout(WITHIN_S)
def test_a_day_with_wan_cut_and_gateway_killed_agrees_to_the_cent(tmp_path: Path) -> None:
    done, figures = run_demo(tmp_path, "--receipts", "80", "--seed", "11")
    assert done.returncode == 0, done.stdout + done.stderr
    assert figures["agrees"]
    assert figures["articles_imported"] >= 300
    assert figures["assortments"]["markt"] != figures["assortments"]["bahnhof"]
    assert len(figures["incidents"]) == 4
    assert figures["swallowed_bytes"] > 0
    paper = figures["paper"]
    assert paper["originals"] + paper["answered_missing"] == figures["sold"]["receipts"]
    for path in figures["shown"].values():
        assert Path(path).stat().st_size > 0


@pytest.mark.timeout(WITHIN_S)
def test_real_baskets_on_articles_of_the_users_own_agree_to_the_cent(tmp_path: Path) -> None:
    baskets = os.environ.get("BRANCHGATE_BASKETS")
    if not baskets:
        pytest.skip("BRANCHGATE_BASKETS names no file of real baskets")
    options = ("--baskets", baskets, "--articles", str(GROCERIES), "--mapping", str(MAPPING), "--receipts", "60")
    done, figures = run_demo(tmp_path, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert figures["agrees"]
    assert "kein Artikel" not in done.stdout


def test_unknown_names_in_a_basket_file_are_reported_with_how_often_they_were_wanted(tmp_path: Path) -> None:
    from scripts.demonstration.shopping import read_baskets

    file = tmp_path / "baskets.csv"
    file.write_text("Whole  Milk,moon dust\nmoon dust\nwhole milk,soda\n", encoding="utf-8")
    articles = [
        {"name": article.name, "article_number": article.article_number}
        for article in (Article("1", "whole milk", 1, 2, 700), Article("2", "Soda", 1, 1, 1900))
    ]
    found = read_baskets(file, articles, limit=10)
    assert [[article["article_number"] for article in basket] for basket in found.baskets] == [["1"], ["1", "2"]]
    assert found.unknown == (("moon dust", 2),)


@pytest.mark.timeout(WITHIN_S)
def test_after_ctrl_c_no_process_and_no_data_are_left(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    demo = subprocess.Popen(
        [*DEMO, "--receipts", "2000"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert demo.stdout is not None
    for line in demo.stdout:
        if "WAN gekappt" in line or "angebunden" in line:
            break
    demo.send_signal(signal.SIGINT)
    demo.communicate(timeout=WITHIN_S)
    assert demo.returncode == 1
    assert not list(tmp_path.glob("branchgate-demo-*"))
    left = subprocess.run(["pgrep", "-af", str(tmp_path)], capture_output=True, text=True, check=False).stdout
    assert not left, left
