"""People whose rows somebody on hold points at: deleting theirs would cut, empty or cascade into what must not change.

Source: GDPR 17(3)(e); policy C-PUR-12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from tenu.datamap.layout import Estate, Layout
from tenu.datamap.ways import CHANGING, Owned, Path, begins
from tenu.ports import Fate, Key, PlaceName, Session, Unit

_NOWHERE = Unit(fate=Fate.SPARED, chunk=0)


def entangled(
    layouts: Mapping[str, Layout],
    sessions: Mapping[str, Session],
    held: Mapping[PlaceName, Set[Key]],
) -> dict[PlaceName, set[Key]]:
    """Return whose rows the rows of *held* people point at, by another link than the one that makes them theirs.

    Asked of the few who are on hold, never of everybody.
    """
    found: dict[PlaceName, set[Key]] = {}
    for (system, root), keys in held.items():
        layout, session = layouts[system], sessions[system]
        ways = list(_ways(layout, layout.estate(root)))
        if not ways or not keys:
            continue
        chosen = session.new_list(root)
        session.fill(chosen, ((key, _NOWHERE, None) for key in sorted(keys)))
        for child, link, parent in ways:
            found.setdefault((system, parent.root), set()).update(
                session.reached(chosen, child, link, parent)
            )
        session.drop_list(chosen)
    return {place: keys - held.get(place, set()) for place, keys in found.items()}


def _ways(layout: Layout, estate: Estate) -> Iterator[tuple[Owned, Path, Owned]]:
    """Yield each link by which a row of *estate* points at a row that may be somebody else's, and that would change it.

    A row people share (an address) goes only once nothing points at it: no need to hold anybody for it.
    """
    for child in estate.owned:
        for reference in layout.references:
            changes = reference.cuttable or reference.on_delete in CHANGING
            if reference.child != child.table or not changes or begins(child.path, reference.up()):
                continue
            for other in layout.estates:
                for parent in other.ways(reference.parent):
                    if not parent.shared:
                        yield child, reference.up(), parent
