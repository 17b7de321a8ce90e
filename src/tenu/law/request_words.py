"""Words by which people ask for a right without naming it: a small list anybody may read, and nothing more clever.

A word found is a proposal shown to a human with the word itself. Nothing is ever done because of it, and a message where none
is found is shown all the same: no form and no legal wording may be asked of anybody.

Source: GDPR 12(2), 15 to 22; EDPB 01/2022 §§52-57; law 5.0 « intake ».
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from tenu.policy.rights import Right

WORDS: Mapping[Right, tuple[str, ...]] = MappingProxyType(
    {
        Right.ACCESS: (
            "droit d'acces", "article 15", "art. 15", "copie de mes donnees", "quelles donnees", "que savez-vous sur moi",
            "donnees que vous detenez", "informations que vous detenez", "right of access", "access request", "subject access",
            "copy of my data", "what data", "what you hold about me", "dsar",
        ),
        Right.RECTIFICATION: (
            "rectifier", "rectification", "corriger mes", "corriger mon", "mettre a jour mon adresse", "article 16", "erreur dans mon nom",
            "rectify", "correct my", "update my address", "my name is misspelled",
        ),
        Right.ERASURE: (
            "effacer", "effacement", "supprimer mon compte", "supprimer mes donnees", "supprimez mes", "supprimez mon", "suppression de mes",
            "suppression de mon", "droit a l'oubli", "article 17", "erase", "erasure", "delete my", "remove my data", "right to be forgotten",
        ),
        Right.RESTRICTION: (
            "limitation du traitement", "geler mes donnees", "article 18", "restriction of processing", "restrict the processing",
            "freeze my data",
        ),
        Right.PORTABILITY: (
            "portabilite", "format reutilisable", "transferer mes donnees", "article 20", "portability", "machine-readable",
            "transfer my data",
        ),
        Right.OBJECTION: (
            "je m'oppose", "droit d'opposition", "ne plus recevoir", "desinscrire", "desabonner", "desinscrivez", "cessez de m'ecrire",
            "arretez de m'", "plus de publicite", "article 21", "i object", "right to object", "unsubscribe", "stop sending",
            "stop emailing", "no more marketing",
        ),
        Right.WITHDRAWAL: (
            "retire mon consentement", "retirer mon consentement", "retrait de mon consentement", "withdraw my consent", "withdrawal of consent",
        ),
        Right.HUMAN_INTERVENTION: (
            "intervention humaine", "decision automatisee", "article 22", "human intervention", "automated decision",
        ),
        Right.POST_MORTEM_DIRECTIVES: (
            "directives post mortem", "apres ma mort", "apres mon deces", "after my death",
        ),
    }
)  # fmt: skip
"""Words and beginnings of words of each right, in French and English, without capitals or accents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A right a message may ask for, and the *words* of the list that were found in it."""

    right: Right
    words: tuple[str, ...]


def propose(text: str) -> tuple[Proposal, ...]:
    """Return the rights *text* may ask for, each with the words that say so, in the order of the list."""
    plain = _plain(text)
    found = {right: tuple(word for word in words if _is_in(word, plain)) for right, words in WORDS.items()}
    return tuple(Proposal(right=right, words=words) for right, words in found.items() if words)


def _is_in(word: str, plain: str) -> bool:
    """Return whether *word* begins somewhere in *plain*; a number ends where it ends."""
    end = r"(?!\d)" if word[-1].isdigit() else ""
    return re.search(rf"(?<!\w){re.escape(word)}{end}", plain) is not None


def _plain(text: str) -> str:
    """Return *text* without capitals, accents, curly apostrophes or line ends."""
    parts = unicodedata.normalize("NFKD", text.replace("\u2019", "'")).casefold()
    return " ".join("".join(sign for sign in parts if not unicodedata.combining(sign)).split())
