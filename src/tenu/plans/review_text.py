"""A review as Markdown, which reads as well on a terminal. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from tenu.plans.render import number
from tenu.plans.review import Chart, Heading, Paragraph, Review, Table, blocks, title
from tenu.terms import Language

WIDEST_BAR = 40


def markdown(review: Review, language: Language) -> str:
    """Return *review* as Markdown."""
    return "\n".join([f"# {title(review, language)}", "", *_lines(review, language)])


def _lines(review: Review, language: Language) -> Iterator[str]:
    for block in blocks(review, language):
        match block:
            case Heading(text=text):
                yield f"## {text}"
            case Paragraph(text=text, notice=notice):
                yield f"**! {text}**" if notice else text
            case Table():
                yield from _table(block)
            case Chart():
                yield from _chart(block, language)
        yield ""


def _table(table: Table) -> Iterator[str]:
    widths = [max(len(row[i]) for row in (table.head, *table.rows)) for i in range(len(table.head))]

    def line(cells: tuple[str, ...]) -> str:
        padded = (
            cell.rjust(width) if i >= table.numeric else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
        )
        return f"| {' | '.join(padded)} |"

    yield line(table.head)
    rules = ("-" * (w - 1) + (":" if i >= table.numeric else "-") for i, w in enumerate(widths))
    yield f"| {' | '.join(rules)} |"
    yield from map(line, table.rows)


def _chart(chart: Chart, language: Language) -> Iterator[str]:
    yield f"{chart.title}"
    yield ""
    yield "```"
    most = max(1, *(count for _, count in chart.bars))
    shown = [number(count, language) for _, count in chart.bars]
    width = max(map(len, shown))
    for (label, count), text in zip(chart.bars, shown, strict=True):
        yield f"{label}  {text:>{width}} {'█' * round(WIDEST_BAR * count / most)}".rstrip()
    yield "```"
