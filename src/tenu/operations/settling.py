"""Settling a run that was cut: nobody who is still here stays readable in the archive, and what was done is said."""

from __future__ import annotations

from tenu.operations.chunk import settle
from tenu.operations.evidence import catch_up, unfinished
from tenu.operations.file_batches import settle_files
from tenu.ports import Ports


def settle_what_was_cut(ports: Ports) -> None:
    """Settle every run that began and never ended, whatever becomes of the present plan.

    Nobody who is still here may stay readable in the archive because a run was cut and its plan has expired since.
    """
    for run in unfinished(ports):
        settle_everywhere(ports, run)


def settle_everywhere(ports: Ports, run: str) -> None:
    """Wipe from the archive what no system committed in *run*, and journal what each did; files included."""
    for name, database in ports.databases.items():
        if database.prepared():
            with database.session(writing=True) as session:
                settle(ports, session, name, run)
                with session.transaction():
                    catch_up(ports, name, session.noted(run), run)
    settle_files(ports)
