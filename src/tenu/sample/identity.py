"""Who a fictional person is: a pure function of the seed and of their number.

Domains end in .example or .test, telephone numbers lie in the ranges ARCEP keeps for fiction, IBANs have a
right checksum and a bank that does not exist.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib.resources import files
from random import Random

DOMAINS = (
    "courrier-clair.example",
    "boite-postale.example",
    "pli-rapide.example",
    "messagerie-du-val.test",
    "la-malle-poste.test",
)
TRADES = (
    "Menuiserie",
    "Ébénisterie",
    "Agencement",
    "Atelier",
    "Quincaillerie",
    "Cuisines",
    "Hôtel",
    "Mobilier",
)
RANGES = ("019900", "026191", "035301", "046571", "053649", "063998")
PER_RANGE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a person goes by. *phone* and *old_phone* are ten national digits."""

    civility: str
    last_name: str
    first_name: str
    email: str
    email_2: str
    phone: str
    old_phone: str
    address: str
    postcode: str
    city: str
    company: str
    iban: str

    @property
    def full_name(self) -> str:
        """First name, then last name."""
        return f"{self.first_name} {self.last_name}"

    @property
    def postal(self) -> str:
        """The address on one line."""
        return f"{self.address}, {self.postcode} {self.city}"


def identity(number: int, rng: Random) -> Identity:
    """Return who *number* is; e-mails and IBANs never repeat, telephones do after 30,000 people."""
    civility, first_name = rng.choice(_first_names())
    last_name = rng.choice(lines("last_names.txt"))
    postcode, city = rng.choice(_communes())
    stem, other = rng.sample(DOMAINS, 2)
    return Identity(
        civility=civility,
        last_name=last_name,
        first_name=first_name,
        email=f"{plain(first_name)}.{plain(last_name)}{number}@{stem}",
        email_2=f"{plain(first_name)[0]}{plain(last_name)}.{number}@{other}",
        phone=_phone(2 * number),
        old_phone=_phone(2 * number + 1),
        address=f"{rng.randint(1, 98)} {rng.choice(lines('streets.txt'))}",
        postcode=postcode,
        city=city,
        company=f"{rng.choice(TRADES)} {last_name}",
        iban=iban(number),
    )


def plain(name: str) -> str:
    """Return *name* in lower-case ASCII letters only."""
    bare = unaccented(name.lower().replace("œ", "oe"))
    return "".join(letter for letter in bare if letter.isascii() and letter.isalpha())


def unaccented(name: str) -> str:
    """Return *name* without its accents; everything else stays."""
    split = unicodedata.normalize("NFD", name)
    return "".join(letter for letter in split if not unicodedata.combining(letter))


def spelled(phone: str, spelling: int) -> str:
    """Return ten national digits in one of the six ways people write them."""
    pairs = [phone[start : start + 2] for start in range(0, 10, 2)]
    rest = " ".join(pairs[1:])
    return (
        " ".join(pairs),
        phone,
        ".".join(pairs),
        f"+33 {phone[1]} {rest}",
        f"0033{phone[1:]}",
        f"+33{phone[1:]}",
    )[spelling % 6]


def iban(number: int) -> str:
    """Return the French IBAN of account *number* at a bank that does not exist, both checksums right."""
    bank, branch, account = 99999, 1515, number
    rib = 97 - (89 * bank + 15 * branch + 3 * account) % 97
    bban = f"{bank:05d}{branch:05d}{account:011d}{rib:02d}"
    return f"FR{98 - int(bban + '152700') % 97:02d}{bban}"


@cache
def lines(name: str) -> tuple[str, ...]:
    """Return the lines of a list in ``data/``, comments left out."""
    text = files("tenu.sample").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


@cache
def articles() -> tuple[tuple[str, Decimal, str], ...]:
    """Return the catalogue: code, price in euros, label."""
    split = (line.split(" ", 2) for line in lines("articles.txt"))
    return tuple((code, Decimal(price), label) for code, price, label in split)


@cache
def _first_names() -> tuple[tuple[str, str], ...]:
    civilities: Mapping[str, str] = {"f": "Mme", "m": "M."}
    return tuple((civilities[line[0]], line[2:]) for line in lines("first_names.txt"))


@cache
def _communes() -> tuple[tuple[str, str], ...]:
    return tuple((line[:5], line[6:]) for line in lines("communes.txt"))


def _phone(number: int) -> str:
    prefix = RANGES[number % len(RANGES)]
    return f"{prefix}{number // len(RANGES) % PER_RANGE:04d}"
