"""What deleting leaves on a disk, engine by engine, and until when: what was done about it, what nobody can do here.

Said as measured (a byte search of each engine's own files), never better than it is.

Source: GDPR 17, 32; policy C-RET-07; T-39.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from tenu.plans.reason import day_text
from tenu.terms import Language, Text

FILES = "files"
"""What stands for the engine of a store of files."""


class Did(StrEnum):
    """What was done, after the last row went."""

    ZEROED = "zeroed"
    LOG_EMPTIED = "log_emptied"
    VACUUMED = "vacuumed"
    STATISTICS_RENEWED = "statistics_renewed"


class Remains(StrEnum):
    """Where bytes of a deleted row may still be."""

    LOG_BUSY = "log_busy"
    FREE_BLOCKS = "free_blocks"
    DEAD_ROWS = "dead_rows"
    PAGES = "pages"
    STATISTICS = "statistics"
    WRITE_AHEAD_LOG = "write_ahead_log"
    LOG_ARCHIVE = "log_archive"
    UNDO = "undo"
    BINARY_LOG = "binary_log"
    REPLICAS = "replicas"
    OPEN_FILES = "open_files"
    OTHER_NAMES = "other_names"


@dataclass(frozen=True, slots=True, kw_only=True)
class DiskState:
    """What one database did and keeps. *logs_kept_days*: how long its binary logs live, if it says; *replicas*: how many follow it now."""

    engine: str
    done: tuple[Did, ...]
    remains: tuple[Remains, ...]
    logs_kept_days: int | None = None
    replicas: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """The disk of one system after a run.

    *backups_until*: last day of the oldest backup that may hold what went, *declared* by the data map. *logs_until*: last
    day of the binary logs that tell of it, None when there are none or they never end.
    """

    system: str
    state: DiskState
    backups_until: date
    declared: bool
    logs_until: date | None = None

    def plain(self) -> dict[str, Any]:
        """Return the horizon as documented JSON."""
        said: dict[str, Any] = {
            "system": self.system,
            "engine": self.state.engine,
            "done": [did.value for did in self.state.done],
            "remains": [what.value for what in self.state.remains],
            "replicas": self.state.replicas,
            "backups_until": self.backups_until.isoformat(),
            "backups_declared": self.declared,
        }
        return said | ({"logs_until": self.logs_until.isoformat()} if self.logs_until else {})

    def lines(self, language: Language) -> Iterator[str]:
        """Yield the horizon as people read it."""
        yield f"{self.system} ({self.state.engine})"
        for did in self.state.done:
            yield f"    + {DONE[did].in_(language)}"
        for what in self.state.remains:
            logs = self.logs_until if what is Remains.BINARY_LOG else None
            until = f" ({day_text(logs, language)})" if logs else ""
            yield f"    ~ {LEFT[what].in_(language)}{until}"
        day = day_text(self.backups_until, language)
        said = Text(
            fr=f"sauvegardes : jusqu'au {day}"
            + ("" if self.declared else ", supposé : la carte ne dit rien"),
            en=f"backups: until {day}" + ("" if self.declared else ", assumed: the data map does not say"),
        )
        yield f"    ~ {said.in_(language)}"


DONE = {
    Did.ZEROED: Text(
        fr="octets effacés par des zéros dans le fichier (secure_delete)",
        en="bytes overwritten with zeros in the file (secure_delete)",
    ),
    Did.LOG_EMPTIED: Text(
        fr="journal d'écriture vidé (wal_checkpoint TRUNCATE)",
        en="write-ahead log emptied (wal_checkpoint TRUNCATE)",
    ),
    Did.VACUUMED: Text(
        fr="VACUUM fait sur les tables touchées : la place est réutilisable, TOAST libéré",
        en="VACUUM done on the touched tables: their space is free to be reused, TOAST released",
    ),
    Did.STATISTICS_RENEWED: Text(
        fr="statistiques refaites : pg_statistic ne cite plus leurs valeurs",
        en="statistics renewed: pg_statistic no longer quotes their values",
    ),
}
LEFT = {
    Remains.LOG_BUSY: Text(
        fr="le journal d'écriture n'a pas pu être vidé, quelqu'un lisait : relancez « tenu apply »",
        en="the write-ahead log could not be emptied, somebody was reading: run 'tenu apply' again",
    ),
    Remains.FREE_BLOCKS: Text(
        fr="blocs libérés du disque et instantanés du système de fichiers : jusqu'à leur réutilisation",
        en="freed disk blocks and snapshots of the file system: until they are reused",
    ),
    Remains.DEAD_ROWS: Text(
        fr="lignes mortes, TOAST, statistiques : jusqu'au VACUUM et à l'ANALYZE du serveur lui-même ([disk] vacuum = false les lui laisse)",
        en="dead rows, TOAST, statistics: until the server's own VACUUM and ANALYZE ([disk] vacuum = false leaves them to it)",
    ),
    Remains.PAGES: Text(
        fr="pages des tables et des index : jusqu'à leur réécriture (VACUUM FULL et REINDEX, ou OPTIMIZE TABLE, la font tout de suite)",
        en="pages of tables and indexes: until they are written over (VACUUM FULL and REINDEX, or OPTIMIZE TABLE, do it at once)",
    ),
    Remains.STATISTICS: Text(
        fr="statistiques : jusqu'au prochain ANALYZE (droit manquant)",
        en="statistics: until the next ANALYZE (missing right)",
    ),
    Remains.WRITE_AHEAD_LOG: Text(
        fr="journal de transactions du serveur : jusqu'à son recyclage",
        en="the server's transaction log: until it is recycled",
    ),
    Remains.LOG_ARCHIVE: Text(
        fr="journaux archivés : aussi longtemps que les sauvegardes qui s'en servent",
        en="archived logs: as long as the backups that need them",
    ),
    Remains.UNDO: Text(
        fr="journal d'annulation : jusqu'à la purge du serveur",
        en="undo log: until the server's purge",
    ),
    Remains.BINARY_LOG: Text(
        fr="journaux binaires : jusqu'à leur expiration",
        en="binary logs: until they expire",
    ),
    Remains.REPLICAS: Text(
        fr="répliques : elles suivent, avec les mêmes restes",
        en="replicas: they follow, with the same remnants",
    ),
    Remains.OPEN_FILES: Text(
        fr="fichiers qu'un programme tient ouverts : jusqu'à ce qu'il les ferme",
        en="files some program holds open: until it closes them",
    ),
    Remains.OTHER_NAMES: Text(
        fr="fichiers qui ont un autre nom (lien physique) : leur contenu s'y lit encore, retirez ces noms aussi",
        en="files with another name (hard link): their content can still be read there, remove these names too",
    ),
}
