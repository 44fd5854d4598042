"""Reports with anything in them."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from branchgate.catalogue import BranchSettings
from branchgate.figures import CashCount, CashFigure, Closing, ClosingMasterData, Denomination, Figures
from branchgate.receipts.model import BusinessCase
from branchgate.reports import (
    Report,
    ReportHead,
    Reprint,
    branch_content,
    period_content,
    x_content,
    z_content,
)
from tests.branchgate.figures.strategies import cents, closings, counts, names

moments = st.integers(0, 4_102_444_800_000)

_cash = st.lists(
    st.builds(CashFigure, st.sampled_from([case.dsfinvk for case in BusinessCase]), counts, cents),
    max_size=4,
    unique_by=lambda row: row.business_case,
).map(tuple)


@st.composite
def figures_of(draw: st.DrawFn, plain: Figures) -> Figures:
    """The figures with what later versions added."""
    return replace(
        plain,
        cash=draw(_cash),
        movement_void_count=draw(counts),
        movement_void_cents=draw(cents),
        abandoned_count=draw(counts),
        surcharge_cents=draw(cents),
        late_count=draw(counts),
        first_at_ms=draw(moments),
        last_at_ms=draw(moments),
        sale_count=draw(counts),
        signed_count=draw(counts),
        unsigned_count=draw(counts),
    )


@st.composite
def any_closing(draw: st.DrawFn) -> Closing:
    """A closing with or without count, float, parked receipts and master data."""
    closing = draw(closings)
    count = st.builds(
        CashCount,
        st.just("kasse-1"),
        moments,
        names,
        cents,
        cents,
        cents,
        st.lists(st.builds(Denomination, st.integers(1, 50_000), counts), max_size=4).map(tuple),
        st.booleans(),
        st.just(b""),
        names,
    )
    master_data = st.builds(ClosingMasterData, names, names, names, time_zone=st.sampled_from(["", "Europe/Berlin"]))
    return replace(
        closing,
        figures=draw(figures_of(closing.figures)),
        count=draw(st.none() | count),
        carried_float_cents=draw(st.none() | cents),
        carried_parked_ids=tuple(draw(st.lists(st.just(bytes(16)), max_size=2))),
        master_data=draw(st.none() | master_data),
    )


shops = st.builds(BranchSettings, names, names, company=names, tax_id=names, language=st.sampled_from(["de", "en", ""]))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any report: X, Z, its copy, a branch's sum, a period."""
    settings, at_ms = draw(shops), draw(moments)
    found = draw(st.lists(any_closing(), min_size=1, max_size=3))
    closing = found[0]
    head = ReportHead(draw(names), at_ms, draw(counts), draw(names))
    kind = draw(st.sampled_from(["x", "z", "copy", "branch", "period"]))
    if kind == "x":
        return x_content(closing.figures, head, settings)
    if kind == "branch":
        return branch_content(closing.figures, found, at_ms, settings)
    if kind == "period":
        return period_content(found, at_ms, settings)
    return z_content(closing, settings, Reprint(at_ms, draw(names)) if kind == "copy" else None)
