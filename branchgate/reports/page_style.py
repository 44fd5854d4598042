"""How a report's page looks on screens and on A4. Kept in the file itself: a page that is mailed must not miss its style."""

from __future__ import annotations

from typing import Final

STYLE: Final = """\
:root { --ink: #1c2430; --soft: #5a6675; --line: #d7dce2; --paper: #fff; --bar: #2f6f9f; --below: #b4552d; --mark: #8a3b12; }
* { box-sizing: border-box; }
body { margin: 0; background: #eef1f4; color: var(--ink); font: 15px/1.45 system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
article { max-width: 70rem; margin: 1.5rem auto; padding: 2rem 2.25rem; background: var(--paper); border-radius: 6px; }
h1 { margin: .25rem 0 .5rem; font-size: 1.6rem; letter-spacing: .01em; }
h2 { margin: 0 0 .5rem; font-size: .95rem; letter-spacing: .05em; color: var(--soft); }
.business { margin: 0; color: var(--soft); }
.marks { margin: 0 0 1rem; padding: 0; list-style: none; }
.marks li { display: inline-block; margin: 0 .5rem .4rem 0; padding: .15rem .7rem; border: 2px solid var(--mark); border-radius: 4px;
  color: var(--mark); font-weight: 600; }
dl { margin: 0; }
dt { color: var(--soft); }
dd { margin: 0; font-variant-numeric: tabular-nums; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: .75rem; margin-bottom: 1rem; }
.tiles div { padding: .7rem 1rem; border: 1px solid var(--line); border-radius: 6px; }
.tiles dd { font-size: 1.45rem; font-weight: 600; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(15rem, 1fr)); gap: .2rem 2rem; padding: .75rem 0;
  border-top: 1px solid var(--line); border-bottom: 1px solid var(--line); }
.facts div { display: flex; justify-content: space-between; gap: 1rem; }
.sections { columns: 2 26rem; column-gap: 2.5rem; margin-top: 1.25rem; }
section { break-inside: avoid; margin-bottom: 1.75rem; }
section.wide { column-span: all; }
section.long { break-inside: auto; }
.long h2, .long figure { break-after: avoid; }
.wide svg { max-width: 44rem; }
figure { margin: 0 0 .5rem; }
svg { display: block; width: 100%; height: auto; font-size: 14px; fill: var(--ink); }
svg .above { fill: var(--bar); }
svg .rest { fill: var(--line); }
svg .below { fill: var(--below); }
svg .axis { stroke: var(--soft); stroke-width: 1; }
svg .strong { font-weight: 600; }
table { width: 100%; border-collapse: collapse; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: .22rem .35rem; text-align: left; font-weight: 400; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--soft); font-size: .85rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.text, thead th.text { padding-left: 1.1rem; }
tbody th { min-width: 6em; overflow-wrap: anywhere; }
tr.total th, tr.total td { font-weight: 700; border-top: 2px solid var(--ink); }
.note { margin: 0 0 .4rem; color: var(--soft); }
footer { margin-top: 1rem; font-size: .9rem; }
@page { size: A4; margin: 14mm; }
@media print {
  html { font-size: 12px; }
  body { background: none; font-size: 8.5pt; line-height: 1.3; }
  th, td { padding: .12rem .3rem; }
  article { max-width: none; margin: 0; padding: 0; border-radius: 0; }
  article + article { break-before: page; }
  .sections { columns: 2; }
  .tiles { grid-template-columns: repeat(4, 1fr); }
  .facts { grid-template-columns: repeat(2, 1fr); }
  svg rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  section { margin-bottom: 4mm; }
  .wide { break-inside: auto; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
}
"""
