"""``tenu demo``: a sample company with four databases, taken through check, plan, apply and attest."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from tenu.cli.context import FINE, Context, console, exits, progress

if TYPE_CHECKING:
    from tenu.operations.attest import ClauseTruth
    from tenu.operations.check import Checked
    from tenu.plans.plan import Plan
    from tenu.plans.run import Run
    from tenu.sample import Company

SYSTEMS = ("crm", "erp", "shop", "mail")
PLAN_FILE = "plan.json"
SHOWN = ("C-RET-02", "C-RET-07", "C-RET-13", "C-RET-15", "C-RET-17", "C-RET-19", "C-RET-21", "C-PAY-03", "C-CAT-04")


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """Everything one demo did."""

    company: Company
    folder: Path
    checked: Checked
    before: Plan
    run: Run
    after: Plan
    residual: int
    entries: int
    verified: bool
    clauses: tuple[ClauseTruth, ...]

    def plain(self) -> dict[str, Any]:
        """Return the documented JSON of ``tenu demo --json`` (docs/reference/json.md)."""
        from tenu.operations.attest import counts  # noqa: PLC0415

        return {
            "people": self.company.people,
            "systems": list(SYSTEMS),
            "overdue_before": self.before.by_clause(),
            "overdue_after": self.after.by_clause(),
            "archived": self.run.archived,
            "erased": self.run.ended,
            "anonymised": self.run.rows_of("anonymise"),
            "kept_for_law": sum(e.rows for task in self.before.tasks for e in task.effects if e.verb == "keep"),
            "residual": self.residual,
            "journal": {"entries": self.entries, "verified": self.verified},
            "clauses": counts(self.clauses),
        }


@click.command(name="demo")
@click.option("--people", default=3000, show_default=True, help="How many fictional people.")
@click.option("--directory", type=click.Path(file_okay=False, path_type=Path), help="Where. A new folder by default.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), help="The company's day. Today by default.")
@click.option("--no-serve", is_flag=True, help="End after the run. There are no pages to serve yet.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of a story.")
@click.pass_obj
@exits
def command(
    context: Context,
    people: int,
    directory: Path | None,
    as_of: datetime | None,
    no_serve: bool,  # noqa: ARG001 - there is nothing to serve yet; the option is part of the documented command
    as_json: bool,
) -> int:
    """Make a sample company and run its privacy policy on it: check, plan, apply, attest."""
    folder = _folder(directory)
    day = as_of.date() if as_of else datetime.now(UTC).date()
    story = _Story(context, quiet=as_json)
    demo = _play(folder, people, day, story)
    if as_json:
        click.echo(json.dumps(demo.plain(), indent=1, ensure_ascii=False))
    else:
        story.end(demo)
    return FINE


def _play(folder: Path, people: int, day: date, story: _Story) -> Demo:
    from tenu.operations.apply import apply  # noqa: PLC0415
    from tenu.operations.attest import attest  # noqa: PLC0415
    from tenu.operations.check import check, record  # noqa: PLC0415
    from tenu.operations.journal import verify  # noqa: PLC0415
    from tenu.operations.plan import keep, plan  # noqa: PLC0415
    from tenu.plans.plan import read_plan  # noqa: PLC0415
    from tenu.sample import Company  # noqa: PLC0415
    from tenu.sample.residual import residual  # noqa: PLC0415
    from tenu.wiring import addresses, open_ports  # noqa: PLC0415

    write_workspace(folder)
    company = Company.generate(people=people, as_of=day)
    urls = addresses(folder)
    story.begin(company, folder)
    with story.step("1", "Une entreprise de test", "A sample company"):
        company.load(urls)
    with open_ports(folder) as ports:
        with story.step("2", "check · ce que disent le droit et les bases", "check · what the law and the databases say"):
            checked = check(ports, day)
            record(ports, checked)
        story.checked(checked)
        with story.step("3", "plan · ce qui doit changer aujourd'hui", "plan · what must change today") as bar:
            before = plan(ports, day, progress=bar)
            keep(ports, before)
        (folder / PLAN_FILE).write_text(before.to_json(), encoding="utf-8")
        story.planned(before)
        with story.step("4", "apply · exactement ce plan", "apply · exactly that plan") as bar:
            run = apply(ports, read_plan((folder / PLAN_FILE).read_text(encoding="utf-8")), progress=bar)
        story.applied(run)
        with story.step("5", "attest · phrase par phrase", "attest · sentence by sentence") as bar:
            after = plan(ports, day)
            clauses = attest(ports, day, progress=bar)
        verification = verify(ports.journal, [ports.signer.verifier])
        return Demo(
            company=company,
            folder=folder,
            checked=checked,
            before=before,
            run=run,
            after=after,
            residual=residual(company, urls),
            entries=ports.journal.size,
            verified=verification.holds,
            clauses=clauses,
        )


def write_workspace(folder: Path) -> None:
    """Copy the sample company's policy and data maps to *folder*."""
    with as_file(files("tenu.sample")) as sample:
        shutil.copyfile(sample / "policy.yaml", folder / "policy.yaml")
        (folder / "systems").mkdir(exist_ok=True)
        for system in SYSTEMS:
            shutil.copyfile(sample / "systems" / f"{system}.yaml", folder / "systems" / f"{system}.yaml")


def _folder(directory: Path | None) -> Path:
    """Return an empty folder to work in.

    Raises:
        RefusedError: *directory* is not empty.
    """
    from tenu.errors import RefusedError  # noqa: PLC0415
    from tenu.terms import Text  # noqa: PLC0415

    if directory is None:
        return Path(tempfile.mkdtemp(prefix="tenu-demo-"))
    if directory.exists() and any(directory.iterdir()):
        raise RefusedError(
            Text(fr=f"le dossier {directory} n'est pas vide", en=f"the folder {directory} is not empty"),
            fix=Text(fr="donnez un dossier vide ou nouveau", en="give an empty or a new folder"),
        )
    directory.mkdir(parents=True, exist_ok=True)
    return directory


class _Story:
    """What a person sees of the demo; nothing at all when *quiet*."""

    def __init__(self, context: Context, *, quiet: bool) -> None:
        self._context = context
        self._quiet = quiet
        self._show = console()

    def _say(self, fr: str = "", en: str = "", **style: Any) -> None:
        if not self._quiet:
            self._show.print(fr if self._context.language == "fr" else en, markup=False, **style)

    def begin(self, company: Company, folder: Path) -> None:
        """Say where and who."""
        n = company.people
        self._say(
            f"Manufacture Hélianthe (fictive) : {n} personnes, 4 bases de données, dans {folder}",
            f"Manufacture Hélianthe (fictional): {n} people, 4 databases, in {folder}",
            style="bold",
        )

    @contextmanager
    def step(self, number: str, fr: str, en: str) -> Iterator[Any]:
        """Show a heading, then a progress bar while the step runs."""
        self._say()
        self._say(f"{number}. {fr}", f"{number}. {en}", style="bold cyan")
        if self._quiet:
            yield lambda _doing, _done, _total: None
            return
        with progress("") as bar:
            yield bar

    def checked(self, checked: Checked) -> None:
        """Show how many findings, and the first few."""
        blockers = checked.blockers
        self._say(
            f"   {len(checked.findings)} constats sur la politique, dont {blockers} bloquants en droit ; les bases sont conformes à leur carte",
            f"   {len(checked.findings)} findings on the policy, {blockers} of them legal blockers; the databases match their maps",
        )
        for found in checked.findings[:3]:
            said = found.message.in_(self._context.language)
            self._say(f"   {found.code}  {said}", f"   {found.code}  {said}", style="yellow")
        self._say("   … la suite : tenu check", "   … the rest: tenu check", style="dim")

    def planned(self, plan: Plan) -> None:
        """Draw what is due, clause by clause, as bars."""
        for line in bars(plan.by_clause()):
            self._say(line, line)
        self._say(f"   {plan.rows} lignes ; le détail : tenu plan", f"   {plan.rows} rows; in full: tenu plan", style="dim")

    def applied(self, run: Run) -> None:
        """Sum up what was done."""
        self._say(
            f"   {run.archived} fiches scellées dans l'archive, {run.ended} terminées, {run.changed} lignes changées",
            f"   {run.archived} records sealed in the archive, {run.ended} ended, {run.changed} rows changed",
        )

    def end(self, demo: Demo) -> None:
        """Show the clauses the run made true, the state of the proof, and where to look next."""
        from tenu.cli.attest import show_table  # noqa: PLC0415

        show_table([line for line in demo.clauses if line.id in SHOWN], self._context)
        plain = demo.plain()
        counts: Mapping[str, int] = plain["clauses"]
        words = ", ".join(f"{n} {word}" for word, n in counts.items())
        self._say(f"   146 clauses : {words}", f"   146 clauses: {words}")
        self._say(
            f"   restes de personnes effacées : {demo.residual} · journal : {demo.entries} événements, vérifié : {'oui' if demo.verified else 'NON'}",
            f"   traces of erased people: {demo.residual} · journal: {demo.entries} events, verified: {'yes' if demo.verified else 'NO'}",
        )
        self._say()
        self._say("Et maintenant :", "What next:", style="bold")
        for command_line in ("attest --status broken", "explain C-RET-13", "plan", "journal verify", "journal export preuve"):
            self._say(f"   tenu -w {demo.folder} {command_line}", f"   tenu -w {demo.folder} {command_line}")


def bars(counts: Mapping[str, int], width: int = 40) -> Iterator[str]:
    """Yield one bar per clause, longest first, drawn with block characters."""
    most = max(counts.values(), default=0)
    for clause, count in sorted(counts.items(), key=lambda item: -item[1]):
        if count:
            yield f"   {clause}  {'█' * max(1, round(width * count / most)):<{width}} {count:>8}"
