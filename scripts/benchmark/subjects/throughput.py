"""Durable sales a second from 20 registers at once: what drains the outboxes after a day offline."""

from __future__ import annotations

import time
from pathlib import Path

import duckdb

from scripts.benchmark.bench import Bench
from scripts.benchmark.figures import Figure, Goal, median_of
from scripts.benchmark.subjects.shop import POLICY, Shop, open_shop
from tests.rigs.receipts import LINES

BATCH = 32


async def measure(bench: Bench) -> list[Figure]:
    """One receipt per message with 16 in flight, then 32 per message with 4 in flight; each against the echo."""
    async with open_shop(bench) as shop:
        single = [await _round(shop, messages=bench.amount(1_000, 200), in_flight=16) for _ in range(bench.rounds)]
        batched = [
            {
                **await _round(shop, messages=bench.amount(100, 20), in_flight=4, batch=BATCH),
                "DuckDB commits/s": commits_per_second(shop.branch.folder, bench.amount(300, 50)),
            }
            for _ in range(bench.rounds)
        ]
    one = {name: median_of(single, name) for name in single[0]}
    many = {name: median_of(batched, name) for name in batched[0]}
    return [
        Figure(
            "durable sales/s, 20 streams, 16 in flight, one per message / echo",
            one["gateway/s"] / one["echo/s"],
            "×",
            Goal(0.8, at_least=True),
            POLICY,
            one,
        ),
        Figure(
            "durable sales/s, 20 streams, 32 per message / echo at the same batch",
            many["gateway/s"] / many["echo/s"],
            "×",
            Goal(0.2, at_least=True),
            POLICY,
            many,
        ),
        Figure(
            "durable sales/s, 32 per message / DuckDB with a commit per sale, without a network",
            many["gateway/s"] / many["DuckDB commits/s"],
            "×",
            Goal(100, at_least=True),
            POLICY,
            many,
        ),
    ]


async def _round(shop: Shop, *, messages: int, in_flight: int, batch: int = 1) -> dict[str, float]:
    echo = await shop.bare(messages=messages, in_flight=in_flight, batch=batch)
    gateway = await shop.gateway(messages=messages, in_flight=in_flight, batch=batch)
    return {"echo/s": echo["per_second"], "gateway/s": gateway["per_second"], "gateway p50 ms": gateway["p50_ms"]}


def commits_per_second(folder: Path, sales: int) -> float:
    """The naive store: head, lines and payment of each sale inserted into DuckDB and committed before the next."""
    path = folder / "naive.duckdb"
    connection = duckdb.connect(path)
    connection.execute("CREATE TABLE head (id BIGINT, number VARCHAR, at_ms BIGINT, total BIGINT)")
    connection.execute("CREATE TABLE line (id BIGINT, no INTEGER, article VARCHAR, quantity BIGINT, gross BIGINT)")
    connection.execute("CREATE TABLE payment (id BIGINT, type INTEGER, amount BIGINT)")
    began = time.perf_counter()
    for number in range(1, sales + 1):
        connection.execute("BEGIN")
        connection.execute("INSERT INTO head VALUES (?, ?, ?, ?)", [number, f"K1-{number}", number, 1_999])
        lines = [[number, line, f"A{line}", 1_000, 333] for line in range(LINES)]
        connection.executemany("INSERT INTO line VALUES (?, ?, ?, ?, ?)", lines)
        connection.execute("INSERT INTO payment VALUES (?, ?, ?)", [number, 1, 1_999])
        connection.execute("COMMIT")
    taken = time.perf_counter() - began
    connection.close()
    path.unlink()
    return sales / taken
