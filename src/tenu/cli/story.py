"""What a person sees of ``tenu demo``: five steps, what fell due before and after, and where to look next."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenu.cli.context import Context, console, progress, wrapped

if TYPE_CHECKING:
    from tenu.operations.attest import Attestation
    from tenu.operations.check import Checked
    from tenu.plans.approval import Asked
    from tenu.plans.plan import Plan
    from tenu.plans.run import Run
    from tenu.policy.model import Policy
    from tenu.sample import Company

SHOWN = (
    "C-RET-02",
    "C-RET-07",
    "C-RET-13",
    "C-RET-15",
    "C-RET-17",
    "C-RET-19",
    "C-RET-21",
    "C-PAY-03",
    "C-CAT-04",
)
"""The clauses the run is about, shown at the end."""
WIDEST_BAR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Everything one demo did. *residual*: traces of erased people found by a search that knows the right answers."""

    people: int
    systems: tuple[str, ...]
    before: Plan
    run: Run
    after: Plan
    residual: int
    entries: int
    verified: bool
    table: Attestation

    @property
    def is_clean(self) -> bool:
        """Return whether nothing due is left, nobody left a trace, and the journal verifies."""
        return self.after.is_empty and self.residual == 0 and self.verified

    def plain(self) -> dict[str, Any]:
        """Return the documented JSON of ``tenu demo --json`` (docs/reference/json.md)."""
        return {
            "people": self.people,
            "systems": list(self.systems),
            "overdue_before": self.before.by_clause(),
            "overdue_after": self.after.by_clause(),
            "archived": self.run.archived,
            "erased": self.run.ended,
            "anonymised": self.run.rows_of("anonymise"),
            "kept_for_law": sum(
                e.rows for task in self.before.tasks for e in task.effects if e.verb == "keep"
            ),
            "residual": self.residual,
            "journal": {"entries": self.entries, "verified": self.verified},
            "clauses": self.table.counts(),
        }


class Story:
    """What a person sees of the demo; nothing at all when *quiet*."""

    def __init__(self, context: Context, folder: Path, day: date, *, quiet: bool) -> None:
        self._context = Context(workspace=folder, language=context.language)
        self._folder, self._day, self._quiet = folder, day, quiet
        self._titles: Mapping[str, str] = {}
        self._show = console()

    def begin(self, company: Company) -> None:
        """Say where, who and when."""
        from tenu.plans.reason import day_text  # noqa: PLC0415

        day, n = day_text(self._day, self._context.language), self._number(company.people)
        self._say(
            f"Manufacture Hélianthe (fictive), le {day} : {n} personnes, 4 bases de données",
            f"Manufacture Hélianthe (fictional), on {day}: {n} people, 4 databases",
            style="bold",
        )
        self._say(str(self._folder), str(self._folder), style="dim")

    @contextmanager
    def step(self, number: int, fr: str, en: str) -> Iterator[Callable[[str, int, int], None]]:
        """Show a heading, then on a terminal a bar that moves while the step runs."""
        self._say()
        self._say(f"{number}/5 {fr}", f"{number}/5 {en}", style="bold cyan")
        if self._quiet:
            yield lambda _doing, _done, _total: None
            return
        with progress("") as bar:
            yield bar

    def checked(self, checked: Checked) -> None:
        """Show how many findings on the policy, then on the databases, and the first few."""
        law = [found for found in checked.findings if found.code.startswith("L-")]
        schema = len(checked.findings) - len(law)
        self._say(
            f"   {len(law)} constats sur la politique, dont {checked.blockers} bloquants ; {schema} sur les bases",
            f"   {len(law)} findings on the policy, {checked.blockers} of them blockers; {schema} on the databases",
        )
        for found in checked.findings[:3]:
            said = f"   {found.code}  {found.message.in_(self._context.language)}"
            self._say(said, said, hang=12, style="yellow")
        rest = self._context.again("check")
        self._say(f"   la suite : {rest}", f"   the rest: {rest}", style="dim")

    def planned(self, plan: Plan, policy: Policy) -> None:
        """Draw what is due as bars, one per clause that states a duration."""
        self._titles = titles(
            {rule.id: rule.clauses for rule in policy.retention.rules}, self._context.language
        )
        for line in bars(self._named(plan), self._show.width, self._context.language):
            self._say(line, line)
        rows = self._number(plan.rows)
        self._say(f"   en tout {rows} lignes à changer", f"   in all {rows} rows to change", style="dim")

    def approved(self, role: str, asked: Asked) -> None:
        """Say that the demo approves its own plan, which a human does elsewhere, and why one must."""
        why = asked.reasons()
        self._say(
            f"   approve : la démonstration approuve elle-même ce plan, au rôle {role} ; ailleurs, c'est à un humain ({why.fr})",
            f"   approve: the demo approves this plan itself, as {role}; elsewhere a human must ({why.en})",
        )

    def applied(self, run: Run) -> None:
        """Sum up what was done."""
        archived, ended, changed = (self._number(n) for n in (run.archived, run.ended, run.changed))
        self._say(
            f"   {archived} fiches passées par l'archive, {ended} sans archive, {changed} lignes changées",
            f"   {archived} records through the archive, {ended} without one, {changed} rows changed",
        )

    def end(self, demo: Demo) -> None:
        """Show before and after, the clauses the run is about, the state of the proof, and where to look next."""
        before, after = self._named(demo.before), self._named(demo.after)
        width = max(map(len, before), default=0)
        for title, count in sorted(before.items(), key=lambda item: -item[1]):
            if count:
                line = f"   {title:<{width}}  {self._number(count):>7} → {self._number(after.get(title, 0))}"
                self._say(line, line)
        self._say()
        self._clauses(demo)
        self._proof(demo)
        self._next()

    def _clauses(self, demo: Demo) -> None:
        from tenu.cli.attest import show_table  # noqa: PLC0415

        show_table([line for line in demo.table.clauses if line.id in SHOWN], self._context)
        said = demo.table.summary(self._context.language)
        count = len(demo.table.clauses)
        self._say(f"   en tout {count} clauses : {said}", f"   in all {count} clauses: {said}")

    def _proof(self, demo: Demo) -> None:
        self._say(
            f"   traces de personnes effacées : {demo.residual}",
            f"   traces of erased people: {demo.residual}",
            style="" if demo.residual == 0 else "red",
        )
        self._say(
            f"   journal : {demo.entries} événements, {'vérifié' if demo.verified else 'NON VÉRIFIÉ'}",
            f"   journal: {demo.entries} events, {'verified' if demo.verified else 'NOT VERIFIED'}",
            style="" if demo.verified else "red",
        )

    def _next(self) -> None:
        here = datetime.now(UTC).date()
        dated = ["--as-of", self._day.isoformat()] if self._day != here else []
        self._say()
        self._say("Et maintenant :", "What next:", style="bold")
        for fr, en, words in (
            ("les promesses rompues", "the broken promises", ["attest", *dated, "--status", "broken"]),
            ("ce que veut dire une clause", "what a clause means", ["explain", "C-RET-13"]),
            ("qui un humain doit départager", "whom a human must tell apart", ["plan", *dated, "--doubts"]),
            (
                "la preuve, sans tenu",
                "the proof, without tenu",
                ["journal", "export", str(self._folder / "proof")],
            ),
        ):
            self._say(f"   {fr}", f"   {en}")
            self._show_command(self._context.again(*words))

    def _show_command(self, line: str) -> None:
        self._show.print(f"      {line}", markup=False, style="dim", soft_wrap=True)

    def _named(self, plan: Plan) -> dict[str, int]:
        return {self._titles[rule]: count for rule, count in plan.by_rule().items()}

    def _number(self, count: int) -> str:
        from tenu.plans.render import number  # noqa: PLC0415

        return number(count, self._context.language)

    def _say(self, fr: str = "", en: str = "", *, hang: int = 3, style: str = "") -> None:
        if not self._quiet:
            said = fr if self._context.language == "fr" else en
            self._show.print(wrapped(self._show, said, hang), markup=False, style=style)


def titles(clauses_of: Mapping[str, tuple[str, ...]], language: str) -> dict[str, str]:
    """Return, for each rule, the title of the clause that states its duration."""
    from tenu.plans.judges import RULE_OF  # noqa: PLC0415
    from tenu.policy.clauses import clauses  # noqa: PLC0415

    stating = {rule: clause for clause, rule in RULE_OF.items()}
    known = clauses()
    named = {rule: known.get(stating.get(rule, ids[0] if ids else "")) for rule, ids in clauses_of.items()}
    return {
        rule: (clause.title.fr if language == "fr" else clause.title.en) if clause else rule
        for rule, clause in named.items()
    }


def bars(counts: Mapping[str, int], width: int, language: str) -> Iterator[str]:
    """Yield one bar per title, longest first, in *width* columns: title, count, bar."""
    from tenu.plans.render import number  # noqa: PLC0415

    due = sorted(((title, count) for title, count in counts.items() if count), key=lambda item: -item[1])
    if not due:
        return
    named = max(len(title) for title, _ in due)
    shown = [number(count, "fr" if language == "fr" else "en") for _, count in due]
    digits, most = max(map(len, shown)), due[0][1]
    room = max(8, min(WIDEST_BAR, width - named - digits - 7))
    for (title, count), text in zip(due, shown, strict=True):
        yield f"   {title:<{named}}  {text:>{digits}} {'█' * max(1, round(room * count / most))}"
