"""A review as one HTML page that needs nothing else: no script, no network, light and dark, phone and desk. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from tenu.plans.render import number
from tenu.plans.review import Chart, Heading, Paragraph, Review, Table, blocks, title
from tenu.terms import Language

STYLE = """
:root { color-scheme: light dark; --paper: #fcfcfb; --ink: #1d2327; --quiet: #59636b; --line: #d9dee2;
  --bar: #2f6f8f; --warn: #8a3b12; --warn-paper: #fdf1e9; }
@media (prefers-color-scheme: dark) { :root { --paper: #14181b; --ink: #e6eaed; --quiet: #9fabb4; --line: #333c43;
  --bar: #6fb3d3; --warn: #f2b48c; --warn-paper: #33221a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
main { max-width: 62rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p { max-width: 46rem; margin: .5rem 0; overflow-wrap: anywhere; }
.notice { background: var(--warn-paper); color: var(--warn); border-left: .25rem solid; padding: .6rem .8rem; }
table { border-collapse: collapse; width: 100%; font-size: .95rem; }
th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 600; }
td:first-child { overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1rem 0 1.5rem; }
figcaption { color: var(--quiet); margin-bottom: .4rem; }
svg { display: block; width: 100%; max-width: 46rem; height: auto; }
svg text { fill: var(--ink); font: 13px system-ui, sans-serif; font-variant-numeric: tabular-nums; }
svg .label { fill: var(--quiet); }
svg rect { fill: var(--bar); }
@media (max-width: 40rem) {
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { display: block; border-bottom: 1px solid var(--line); padding: .5rem 0; }
  td { display: flex; justify-content: space-between; gap: 1rem; border: 0; padding: .15rem 0; text-align: right; }
  td::before { content: attr(data-label); color: var(--quiet); text-align: left; }
  td:empty { display: none; }
}
@media print { body { background: none; } }
"""
ROW, LABEL, WIDTH, COUNT = 26, 80, 560, 100
"""The chart, in its own units: height of a row, room for labels, for the longest bar, and for a count."""


def page(review: Review, language: Language) -> str:
    """Return *review* as an HTML page in *language*."""
    heading = escape(title(review, language))
    body = "\n".join(_parts(review, language))
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{heading}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n<h1>{heading}</h1>\n"
        f"{body}\n</main>\n</body>\n</html>\n"
    )


def _parts(review: Review, language: Language) -> Iterator[str]:
    for block in blocks(review, language):
        match block:
            case Heading(text=text):
                yield f"<h2>{escape(text)}</h2>"
            case Paragraph(text=text, notice=notice):
                kind = ' class="notice"' if notice else ""
                yield f"<p{kind}>{escape(text)}</p>"
            case Table():
                yield _table(block)
            case Chart():
                yield _chart(block, language)


def _table(table: Table) -> str:
    kinds = [' class="number"' if i >= table.numeric else "" for i in range(len(table.head))]
    head = "".join(
        f'<th scope="col"{kind}>{escape(cell)}</th>' for kind, cell in zip(kinds, table.head, strict=True)
    )
    rows = "".join(
        "<tr>"
        + "".join(
            f'<td data-label="{escape(label)}"{kind}>{escape(cell)}</td>'
            for kind, label, cell in zip(kinds, table.head, row, strict=True)
        )
        + "</tr>\n"
        for row in table.rows
    )
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>"


def _chart(chart: Chart, language: Language) -> str:
    most = max(1, *(count for _, count in chart.bars))
    rows = []
    for place, (label, count) in enumerate(chart.bars):
        top, width = place * ROW, round(WIDTH * count / most)
        rows.append(
            f'<text class="label" x="0" y="{top + 17}">{escape(label)}</text>'
            f'<rect x="{LABEL}" y="{top + 4}" width="{width}" height="{ROW - 8}" rx="2"/>'
            f'<text x="{LABEL + width + 8}" y="{top + 17}">{escape(number(count, language))}</text>'
        )
    said = ", ".join(f"{label} {number(count, language)}" for label, count in chart.bars)
    box = f"0 0 {LABEL + WIDTH + COUNT} {ROW * len(chart.bars)}"
    return (
        f"<figure>\n<figcaption>{escape(chart.title)}</figcaption>\n"
        f'<svg viewBox="{box}" role="img" aria-label="{escape(said)}">{"".join(rows)}</svg>\n</figure>'
    )
