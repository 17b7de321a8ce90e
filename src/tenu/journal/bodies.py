"""What each kind of event may say: its keys, and the shape of each value. Never a personal value.

One table per family, in the order things happen; ``BODIES`` is all of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from tenu.journal.bodies_archive import ARCHIVE
from tenu.journal.bodies_hold import HOLDS
from tenu.journal.bodies_letter import LETTERS
from tenu.journal.bodies_request import REQUESTS
from tenu.journal.kinds import Body, EventKind
from tenu.journal.shapes import COUNT, DAY, DIGEST, FLAG, INSTANT, NAME, ListOf, MapOf, words
from tenu.terms import ClauseStatus, Text

_STATUS = words(ClauseStatus)

_RUNS: Mapping[EventKind, Body] = {
    EventKind.PLAN_MADE: Body(
        means=Text(
            fr="un plan a été calculé, rien n'a été écrit", en="a plan was computed, nothing was written"
        ),
        required={"plan": DIGEST, "policy": DIGEST, "as_of": DAY},
        optional={
            "steps": COUNT,
            "subjects": COUNT,
            "rows": COUNT,
            "expires_at": INSTANT,
            "systems": ListOf(NAME),
            "schemas": MapOf(DIGEST),
            "tables": MapOf(COUNT),
            "clauses": ListOf(NAME),
        },
    ),
    EventKind.RUN_INTENT: Body(
        means=Text(fr="une exécution va commencer", en="a run is about to start"),
        required={"run": NAME, "plan": DIGEST},
        optional={
            "policy": DIGEST,
            "as_of": DAY,
            "steps": COUNT,
            "subjects": COUNT,
            "rows": COUNT,
            "chunks": COUNT,
            "role": NAME,
            "systems": ListOf(NAME),
        },
    ),
    EventKind.RUN_RESUMED: Body(
        means=Text(fr="une exécution interrompue reprend", en="an interrupted run goes on"),
        required={"run": NAME, "plan": DIGEST},
        optional={"chunks_done": COUNT, "systems": ListOf(NAME)},
    ),
    EventKind.CHUNK_DONE: Body(
        means=Text(
            fr="un lot de personnes a été traité et validé",
            en="a chunk of subjects was done and committed",
        ),
        required={"run": NAME, "chunk": COUNT, "system": NAME},
        optional={
            "plan": DIGEST,
            "step": NAME,
            "act": NAME,
            "rule": NAME,
            "clauses": ListOf(NAME),
            "table": NAME,
            "tables": MapOf(COUNT),
            "subjects": COUNT,
            "rows": COUNT,
            "spared": COUNT,
            "digest": DIGEST,
            "archive": NAME,
            "bytes": COUNT,
            "linked": COUNT,
        },
    ),
    EventKind.FILES_ERASING: Body(
        means=Text(fr="des fichiers vont être effacés", en="files are about to be erased"),
        required={"run": NAME, "system": NAME, "step": NAME, "chunk": COUNT, "files": COUNT, "bytes": COUNT},
        optional={},
    ),
    EventKind.FILES_SEARCHED: Body(
        means=Text(
            fr="ce qui reste à son terme dans des dossiers de fichiers, et ce qui n'a pu être jugé",
            en="what is left past its day in folders of files, and what could not be judged",
        ),
        required={"run": NAME, "system": NAME, "left": COUNT, "bytes": COUNT},
        optional={
            "undescribed": COUNT,
            "links": COUNT,
            "mounts": COUNT,
            "unreadable": COUNT,
            "future": COUNT,
        },
    ),
    EventKind.SUBJECTS_SPARED: Body(
        means=Text(
            fr="des personnes du plan n'ont pas été touchées",
            en="subjects of the plan were left untouched",
        ),
        required={"run": NAME, "reason": NAME, "subjects": COUNT},
        optional={"system": NAME, "step": NAME, "rule": NAME, "chunk": COUNT, "table": NAME},
    ),
    EventKind.RUN_FINISHED: Body(
        means=Text(fr="une exécution est terminée", en="a run has ended"),
        required={"run": NAME, "plan": DIGEST, "complete": FLAG},
        optional={
            "cause": NAME,
            "chunks": COUNT,
            "subjects": COUNT,
            "rows": COUNT,
            "spared": COUNT,
            "systems": ListOf(NAME),
            "unreachable": ListOf(NAME),
            "tables": MapOf(COUNT),
        },
    ),
    EventKind.ANONYMITY_MEASURED: Body(
        means=Text(
            fr="les lignes anonymes d'une table ont été comptées : combien se ressemblent, ce qu'elles disent, à quoi elles se joignent",
            en="the anonymous rows of a table were counted: how many are alike, what they tell, what they join",
        ),
        required={"system": NAME, "table": NAME, "rows": COUNT, "k": COUNT, "passed": FLAG},
        optional={
            "run": NAME,
            "classes": COUNT,
            "required_k": COUNT,
            "l": COUNT,
            "required_l": COUNT,
            "t_thousandths": COUNT,
            "linkable": COUNT,
        },
    ),
    EventKind.RUN_REFUSED: Body(
        means=Text(fr="tenu a refusé d'exécuter un plan", en="tenu refused to run a plan"),
        required={"reason": NAME},
        optional={
            "run": NAME,
            "plan": DIGEST,
            "system": NAME,
            "table": NAME,
            "found": COUNT,
            "limit": COUNT,
            "findings": ListOf(NAME),
        },
    ),
}
"""Plans and runs."""

_SUPERVISION: Mapping[EventKind, Body] = {
    EventKind.PLAN_APPROVED: Body(
        means=Text(fr="quelqu'un a approuvé un plan", en="somebody approved a plan"),
        required={"plan": DIGEST, "actor": DIGEST, "role": NAME, "over_share": FLAG},
        optional={"people": COUNT, "rows": COUNT},
    ),
    EventKind.RUN_PAUSED: Body(
        means=Text(fr="quelqu'un a suspendu une exécution", en="somebody paused a run"),
        required={"run": DIGEST, "actor": DIGEST, "role": NAME},
        optional={},
    ),
    EventKind.RUN_RELEASED: Body(
        means=Text(fr="une exécution suspendue peut reprendre", en="a paused run may go on"),
        required={"run": DIGEST, "actor": DIGEST, "role": NAME},
        optional={},
    ),
    EventKind.RUN_ABORTED: Body(
        means=Text(
            fr="quelqu'un a abandonné une exécution : ce plan ne s'applique plus",
            en="somebody aborted a run: this plan is not applied any more",
        ),
        required={"run": DIGEST, "actor": DIGEST, "role": NAME},
        optional={},
    ),
    EventKind.RUN_STOPPED: Body(
        means=Text(
            fr="une exécution s'est arrêtée entre deux lots ; elle n'est pas terminée",
            en="a run stopped between two chunks; it has not ended",
        ),
        required={"run": DIGEST, "reason": NAME},
        optional={"subjects": COUNT, "rows": COUNT},
    ),
}
"""What people say of plans and runs, and how runs stop."""

_STORES: Mapping[EventKind, Body] = {
    EventKind.SCHEMA_PREPARED: Body(
        means=Text(
            fr="le petit schéma de tenu est prêt dans une base",
            en="tenu's small schema is ready in a database",
        ),
        required={"system": NAME},
        optional={"engine": NAME, "version": COUNT, "schema": DIGEST, "tables": ListOf(NAME)},
    ),
    EventKind.CHECKPOINT: Body(
        means=Text(
            fr="un point de contrôle a été horodaté ou remis à un tiers",
            en="a checkpoint was time-stamped or handed to a third party",
        ),
        required={"size": COUNT, "root": DIGEST},
        optional={"stamp": DIGEST, "witness": NAME},
    ),
}
"""tenu's own stores."""

_ENDS: Mapping[EventKind, Body] = {
    EventKind.LEDGER_ANCHORED: Body(
        means=Text(
            fr="le registre des effacements allait jusqu'ici",
            en="this is how far the ledger of erasures went",
        ),
        required={"entries": COUNT, "head": DIGEST},
        optional={"run": NAME},
    ),
    EventKind.LEDGER_FORGOTTEN: Body(
        means=Text(
            fr="un mois du registre des effacements a été oublié : plus aucune sauvegarde n'est aussi ancienne",
            en="a month of the ledger of erasures was forgotten: no backup is that old any more",
        ),
        required={"epoch": NAME, "entries": COUNT, "head": DIGEST},
        optional={},
    ),
    EventKind.SYSTEM_REPLAYED: Body(
        means=Text(
            fr="les effacements d'une base restaurée ont été refaits",
            en="the erasures of a restored database were done again",
        ),
        required={"run": NAME, "system": NAME, "subjects": COUNT, "rows": COUNT},
        optional={"left": MapOf(COUNT), "held": COUNT, "after": COUNT},
    ),
    EventKind.HOLDS_RELEASED: Body(
        means=Text(
            fr="des gels que le registre seul gardait depuis une restauration ont été levés",
            en="holds that the ledger alone kept since a restore were released",
        ),
        required={"system": NAME, "role": NAME, "actor": DIGEST, "subjects": COUNT},
        optional={},
    ),
    EventKind.RESIDUE_SEARCHED: Body(
        means=Text(
            fr="les identifiants des personnes effacées ont été cherchés partout",
            en="the identifiers of the people erased were searched everywhere",
        ),
        required={"run": NAME, "residual": COUNT, "searched": COUNT, "unsearched": COUNT},
        optional={
            "subjects": COUNT,
            "cells": MapOf(COUNT),
            "kept_by_law": COUNT,
            "names": COUNT,
            "skipped": COUNT,
            "unread": COUNT,
        },
    ),
    EventKind.DISK_STATED: Body(
        means=Text(
            fr="ce qui reste sur le disque après un effacement, et jusqu'à quand",
            en="what remains on the disk after an erasure, and until when",
        ),
        required={"run": NAME, "system": NAME, "engine": NAME, "done": ListOf(NAME), "remains": ListOf(NAME)},
        optional={"backups_until": DAY, "backups_declared": FLAG, "logs_until": DAY, "replicas": COUNT},
    ),
    EventKind.CERTIFICATE_MADE: Body(
        means=Text(fr="un certificat d'effacement a été établi", en="a certificate of erasure was made"),
        required={"run": NAME, "certificate": DIGEST},
        optional={},
    ),
}
"""The end of data, with its proof: the ledger, what is left where, restores."""

_PEOPLE: Mapping[EventKind, Body] = {
    EventKind.FEED_WRITTEN: Body(
        means=Text(fr="un extrait pseudonymisé a été remis", en="a pseudonymised feed was handed over"),
        required={"feed": NAME, "role": NAME, "actor": DIGEST, "rows": COUNT},
        optional={},
    ),
    EventKind.PSEUDONYM_OPENED: Body(
        means=Text(
            fr="quelqu'un a cherché qui est derrière un pseudonyme",
            en="somebody looked for who stands behind a pseudonym",
        ),
        required={"feed": NAME, "role": NAME, "motive": NAME, "actor": DIGEST, "found": FLAG},
        optional={},
    ),
    EventKind.ACT_REFUSED: Body(
        means=Text(
            fr="quelqu'un a demandé un acte pour lequel il n'a pas le rôle",
            en="somebody asked for an act they hold no role for",
        ),
        required={"act": NAME, "roles": ListOf(NAME), "actor": DIGEST},
        optional={},
    ),
}
"""What people ask and decide."""

_CLAUSES: Mapping[EventKind, Body] = {
    EventKind.POLICY_VERSION_REGISTERED: Body(
        means=Text(
            fr="une version de la politique entre en vigueur", en="a version of the policy takes effect"
        ),
        required={"policy": DIGEST},
        optional={"version": NAME, "effective_on": DAY, "clauses": COUNT},
    ),
    EventKind.CLAUSE_COMPUTED: Body(
        means=Text(
            fr="l'état de toutes les clauses a été calculé", en="the status of every clause was computed"
        ),
        required={"as_of": DAY, "statuses": MapOf(_STATUS)},
        optional={
            "policy": DIGEST,
            "law": MapOf(_STATUS),
            "systems": ListOf(NAME),
            "unreachable": ListOf(NAME),
        },
    ),
    EventKind.CLAUSE_ATTESTED: Body(
        means=Text(fr="une personne nommée a attesté une clause", en="a named person attested a clause"),
        required={"clause": NAME, "role": NAME},
        optional={
            "policy": DIGEST,
            "status": _STATUS,
            "actor": DIGEST,
            "evidence": DIGEST,
            "valid_until": DAY,
        },
    ),
    EventKind.CHECK_DONE: Body(
        means=Text(
            fr="la politique et les bases ont été contrôlées",
            en="the policy and the databases were checked",
        ),
        required={"findings": COUNT},
        optional={
            "policy": DIGEST,
            "codes": MapOf(COUNT),
            "severities": MapOf(COUNT),
            "systems": ListOf(NAME),
            "unreachable": ListOf(NAME),
        },
    ),
}
"""The policy, its clauses and its checks."""

BODIES: Mapping[EventKind, Body] = MappingProxyType(
    {
        **_RUNS,
        **_SUPERVISION,
        **_STORES,
        **ARCHIVE,
        **_ENDS,
        **_PEOPLE,
        **REQUESTS,
        **LETTERS,
        **HOLDS,
        **_CLAUSES,
    }
)
