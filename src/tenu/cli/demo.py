"""``tenu demo``: a sample company with four databases, taken through check, plan, apply and attest."""

from __future__ import annotations

import json
import shutil
import tempfile
from datetime import UTC, date, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from tenu.cli.context import FINDINGS, FINE, Context, exits
from tenu.cli.init import IGNORED
from tenu.cli.story import Demo, Story

if TYPE_CHECKING:
    from tenu.ports import Ports
    from tenu.sample import Company

SYSTEMS = ("crm", "erp", "shop", "mail")
PLAN_FILE = "plan.json"
ZONE = "Europe/Paris"
"""Where the sample company keeps its days."""
ROLES = ("dpo", "counsel", "archivist", "dba")


@click.command(name="demo")
@click.option("--people", default=3000, show_default=True, help="How many fictional people.")
@click.option(
    "--directory", type=click.Path(file_okay=False, path_type=Path), help="Where. A new folder by default."
)
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
    day = as_of.date() if as_of else datetime.now(UTC).astimezone(ZoneInfo(ZONE)).date()
    story = Story(context, folder, day, quiet=as_json)
    demo = _play(folder, people, day, story)
    if as_json:
        click.echo(json.dumps(demo.plain(), indent=1, ensure_ascii=False))
    else:
        story.end(demo)
    return FINE if demo.is_clean else FINDINGS


def _play(folder: Path, people: int, day: date, story: Story) -> Demo:
    from tenu.sample import Company  # noqa: PLC0415
    from tenu.wiring import addresses, open_ports  # noqa: PLC0415

    company = Company.generate(people=people, as_of=day)
    write_workspace(folder)
    urls = addresses(folder)
    story.begin(company)
    with story.step(1, "Une entreprise d'exemple", "A sample company"):
        company.load(urls)
    with open_ports(folder) as ports:
        return _run(ports, company, urls, story)


def _run(ports: Ports, company: Company, urls: dict[str, str], story: Story) -> Demo:
    from tenu.operations.apply import apply  # noqa: PLC0415
    from tenu.operations.approving import approve, waits_for  # noqa: PLC0415
    from tenu.operations.attest import attest  # noqa: PLC0415
    from tenu.operations.check import check, record  # noqa: PLC0415
    from tenu.operations.journal import verify  # noqa: PLC0415
    from tenu.operations.plan import keep, plan  # noqa: PLC0415
    from tenu.plans.plan import read_plan  # noqa: PLC0415
    from tenu.sample.residual import residual  # noqa: PLC0415

    day, file = company.as_of, Path(ports.workspace.folder) / PLAN_FILE
    with story.step(
        2, "check : ce que disent le droit et les bases", "check: what the law and the databases say"
    ):
        checked = check(ports, day)
        record(ports, checked)
    story.checked(checked)
    with story.step(3, "plan : ce qui doit changer ce jour-là", "plan: what must change that day") as bar:
        before = plan(ports, day, progress=bar)
        keep(ports, before)
        file.write_text(before.to_json(), encoding="utf-8")
    story.planned(before, ports.workspace.policy)
    asked = waits_for(ports, before)
    approve(ports, before, role=ROLES[0], over_share="over_share" in asked.why)
    story.approved(ROLES[0], asked)
    with story.step(4, "apply : exactement ce plan", "apply: exactly that plan") as bar:
        run = apply(ports, read_plan(file.read_text(encoding="utf-8")), progress=bar)
    story.applied(run)
    with story.step(
        5, "attest : la politique, phrase par phrase", "attest: the policy, sentence by sentence"
    ) as bar:
        after = plan(ports, day)
        table = attest(ports, day, progress=bar)
    return Demo(
        people=company.people,
        systems=SYSTEMS,
        before=before,
        run=run,
        after=after,
        residual=residual(company, urls),
        entries=ports.journal.size,
        verified=verify(ports.journal, [ports.signer.verifier]).holds,
        table=table,
    )


def write_workspace(folder: Path) -> None:
    """Copy the sample company's policy and data maps to *folder*; whoever runs the demo holds every role in it."""
    from tenu.adapters.staff import account  # noqa: PLC0415

    with as_file(files("tenu.sample")) as sample:
        shutil.copyfile(sample / "policy.yaml", folder / "policy.yaml")
        (folder / "systems").mkdir(exist_ok=True)
        for system in SYSTEMS:
            shutil.copyfile(sample / "systems" / f"{system}.yaml", folder / "systems" / f"{system}.yaml")
    held = "".join(f"{role} = [{account()!r}]\n" for role in ROLES)
    (folder / "tenu.toml").write_text(f"[roles]\n{held}", encoding="utf-8")
    (folder / ".gitignore").write_text(IGNORED, encoding="utf-8")


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
