"""What the restricted archive holds of the person of a request: found by anybody who answers, opened by the archivist alone.

Source: GDPR 15(1), 15(3), 32; policy C-RET-05, C-RGT-02; SM-5 (consultation); INV-21.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tenu.datamap.layout import Layout
from tenu.errors import RefusedError
from tenu.operations.acting import NotEntitledError
from tenu.operations.opening import Opened, open_packages
from tenu.operations.rights.copying import cells
from tenu.plans.access import Cell, Copied
from tenu.plans.access import opened as with_paths
from tenu.plans.archive import Package
from tenu.ports import Ports
from tenu.terms import Motive, Text

ROLE = "archivist"


def opened_for(
    ports: Ports, number: str, packages: Sequence[Package], layouts: Mapping[str, Layout]
) -> tuple[Copied, ...]:
    """Return the rows of *packages*, opened for the person's own request, each opening journaled.

    Args:
        ports: Who asks, the archive, the journal.
        number: The request; only its keyed digest goes with the opening.
        packages: The person's, as a search found them.
        layouts: The systems that answered: they say what each column is.

    Raises:
        NotEntitledError: There are some, and whoever asks is no archivist.
        KeyLostError: The key that opens the archive is not here.
        RefusedError: One of them does not open: without it the answer would not be complete.
    """
    if not packages:
        return ()
    if ROLE not in ports.actor.roles:
        raise _for_the_archivist(ports, number, packages)
    subjects = [package.subject for package in packages]
    _, contents = open_packages(ports, subjects, motive=Motive.ACCESS_REQUEST, reference=number)
    return tuple(table for opened in contents for table in _tables(opened, layouts))


def _tables(opened: Opened, layouts: Mapping[str, Layout]) -> Iterator[Copied]:
    package = opened.package
    if opened.tables is None:
        raise RefusedError(
            Text(
                fr=f"le dossier d'archive {package.subject} ne s'ouvre pas : la réponse ne serait pas complète",
                en=f"the archived package {package.subject} does not open: the answer would not be complete",
            ),
            fix=Text(fr="tenu archive verify", en="tenu archive verify"),
        )
    layout = layouts.get(package.system)
    for table, said in opened.tables.items():
        declared = layout.system.tables.get(table) if layout else None
        columns = said["columns"]
        known = tuple(cells(layout, table, columns) if layout else map(_unknown, columns))
        known, rows = with_paths(known, declared, said["rows"])
        yield Copied(
            system=package.system,
            table=table,
            purposes=declared.purposes if declared else (),
            columns=known,
            rows=rows,
            archived_until=package.until,
        )


def _unknown(name: str) -> Cell:
    """Return a column of a system nobody describes any more: it is the person's all the same."""
    return Cell(name=name, category=None, purposes=())


def _for_the_archivist(ports: Ports, number: str, packages: Sequence[Package]) -> NotEntitledError:
    """Return who must make this answer: the archive opens for the archivist only."""
    accounts = ports.workspace.settings.roles.get(ROLE, ())
    named = ", ".join(accounts)
    count, systems = len(packages), ", ".join(sorted({package.system for package in packages}))
    return NotEntitledError(
        Text(
            fr=f"l'archive à accès restreint tient {count} dossier(s) de cette personne ({systems}) : seul un archiviste les ouvre",
            en=f"the restricted archive holds {count} package(s) of this person ({systems}): only an archivist opens them",
        ),
        fix=Text(
            fr=f"faites lancer « tenu request fulfil access {number} » par : {named}"
            if named
            else "personne n'a ce rôle : qui en répond l'inscrit dans tenu.toml, [roles] archivist = [\"…\"]",
            en=f"have 'tenu request fulfil access {number}' run by: {named}"
            if named
            else 'nobody holds this role: whoever answers for it writes in tenu.toml, [roles] archivist = ["…"]',
        ),
    )
