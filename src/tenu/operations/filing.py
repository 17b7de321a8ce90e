"""Stores of files in the one plan: what is due in each, counted folder by folder, and what is left after a run.

Source: policy C-SEC-01, C-CAT-02; GDPR 5(1)(e), 5(2), 17.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from itertools import islice
from zoneinfo import ZoneInfo

from tenu.journal.events import Event
from tenu.journal.kinds import EventKind
from tenu.journal.shapes import Json
from tenu.periods.civil import civil_day
from tenu.plans.files import FileTask, Walk, file_tasks
from tenu.plans.plan import Plan, PlannedEffect, PlannedTask, Spared
from tenu.plans.reason import reasons
from tenu.plans.rulebook import Rulebook
from tenu.plans.run import FilesLeft
from tenu.plans.store_port import Files
from tenu.ports import Ports


def planned_files(ports: Ports, rules: Rulebook) -> tuple[list[PlannedTask], dict[str, dict[str, int]]]:
    """Return the tasks of every store of files, counted, and what could not be judged in each. Reads only.

    Raises:
        UnreachableError: The root of a store cannot be read.
    """
    planned, unreached = [], {}
    for name, files in ports.files.items():
        tasks = list(file_tasks([files.store], rules))
        due = walk(ports, files, {task.files: task.before for task in tasks})
        number, weight = Counter[str](), Counter[str]()
        for found in due:
            number[found.files] += 1
            weight[found.files] += found.entry.bytes
        planned += [_planned(task, number[task.files], weight[task.files], rules) for task in tasks]
        if seen := {kind: count for kind, count in asdict(due.unreached).items() if count}:
            unreached[name] = seen
    return planned, unreached


def count_files(ports: Ports, store: str, files: str, most: int) -> int:
    """Return how many files a set holds, counted up to *most*."""
    return sum(1 for _ in islice(walk(ports, ports.files[store], {files: date.max}), most))


def walk(ports: Ports, files: Files, before: Mapping[str, date], *, since: date = date.min) -> Walk:
    """Return a walk through a store that looks for files older than the day *before* of their set, and not than *since*."""
    zone = ZoneInfo(ports.workspace.policy.time_zone)
    today = civil_day(ports.clock.now(), zone)
    return Walk(store=files.store, today=today, before=before, since=since, zone=zone, listing=files.list)


def _planned(task: FileTask, number: int, weight: int, rules: Rulebook) -> PlannedTask:
    return PlannedTask(
        name=task.name,
        system=task.store,
        table=task.files,
        rules=(task.rule,),
        clauses=task.clauses,
        reasons=tuple(replace(why, each="file") for why in reasons((task.rule,), rules)),
        people=0,
        archived=0,
        spared=Spared(),
        effects=(PlannedEffect(verb="erase", table=task.files, rows=number, bytes=weight),),
    )


def search_files(ports: Ports, plan: Plan, run: str, rules: Rulebook) -> tuple[FilesLeft, ...]:
    """Look again in every store *plan* has files of, and write down what is still there past its day, or not judged."""
    stores = {task.system for task in plan.tasks if task.system in ports.files and task.rows}
    return tuple(_search(ports, ports.files[name], run, rules) for name in ports.files if name in stores)


def _search(ports: Ports, files: Files, run: str, rules: Rulebook) -> FilesLeft:
    due = walk(ports, files, {task.files: task.before for task in file_tasks([files.store], rules)})
    number = weight = 0
    for found in due:
        number, weight = number + 1, weight + found.entry.bytes
    name = files.store.store
    left = FilesLeft(system=name, files=number, bytes=weight, unreached=asdict(due.unreached))
    body: dict[str, Json] = {"run": run, "system": name, "left": number, "bytes": weight, **left.unreached}
    ports.journal.append(Event(kind=EventKind.FILES_SEARCHED, at=ports.clock.now(), body=body))
    return left
