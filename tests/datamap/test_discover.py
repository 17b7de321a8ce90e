"""A first data map is drawn from a live database, reads back, and stops on nothing it did not say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from cases.world import World, make_world
from tenu.adapters.databases.catalog import Unknown
from tenu.cli.context import Context
from tenu.cli.discover import command
from tenu.datamap.evidence import Sense, evidence
from tenu.datamap.forms import is_card, is_iban, is_nir, is_phone, is_siren
from tenu.operations.discover import discover
from tenu.terms import Severity

SHOP = (
    "CREATE TABLE pays (code CHAR(2) PRIMARY KEY, libelle VARCHAR(40))",
    "CREATE TABLE clients (id INTEGER PRIMARY KEY, nom VARCHAR(40), prenom VARCHAR(40), courriel VARCHAR(80), "
    "compte VARCHAR(40), cree_le DATE, date_creation DATE, divers VARCHAR(90), profil {json})",
    "CREATE TABLE commande (id INTEGER PRIMARY KEY, client_id INTEGER, payeur_id INTEGER REFERENCES clients (id), "
    "passee_le DATE, total INTEGER)",
    *(
        f"INSERT INTO clients VALUES ({i}, 'Martin', 'Zoé', 'z{i}@people.example', 'FR7630006000011234567890189', NULL, '2020-01-01', 'voir z{i}@people.example', "
        f'\'{{"mail": "z{i}@people.example", "adresse": {{"ville": "Lyon", "étage": 2}}, "theme": "x"}}\')'
        for i in range(4)
    ),
)


@pytest.fixture
def shop(tmp_path: Path, engine_url: str) -> World:
    """Give a French shop whose orders are linked by name only."""
    return make_world(tmp_path / "workspace", engine_url, "people: {}\ntables: {}\n", *SHOP)


def _drawn(url: str) -> str:
    with Unknown(url) as source:
        return discover(source, system="boutique", url=url, country="FR", on=date(2026, 3, 1))


def test_a_drawn_map_stops_on_nothing(shop: World) -> None:
    """Once drawn, the map has no blocker against the database it was drawn from."""
    (shop.folder / "systems" / "unknown.yaml").write_text(_drawn(shop.url), encoding="utf-8")
    assert shop.found(Severity.BLOCKER) == []


@pytest.mark.parametrize(
    "line",
    [
        "courriel: identity  # email, told by its values",
        "compte: financial  # iban, told by its values",
        '"$.mail": identity  # email, told by its values',
        '"$.adresse.ville": identity  # address, told by its name',
        '"$.theme"]  # to confirm',
        "divers: identity  # text, told by its values",
        "nom: identity  # last_name, told by its name",
        "collected_at: date_creation  # to confirm",
        '"commande.client_id -> clients.id"  # to confirm',
        "dated_by: passee_le}  # to confirm",
        "ignored: [pays]  # to confirm",
    ],
)
def test_a_drawn_map_says(shop: World, line: str) -> None:
    """People, senses told by name or by form, undeclared links and acts are written, what is guessed being marked."""
    assert line in _drawn(shop.url)


def test_no_value_is_ever_shown(shop: World) -> None:
    """Values are looked at and forgotten."""
    drawn = _drawn(shop.url)
    assert not [value for value in ("Martin", "Zoé", "people.example", "FR76") if value in drawn]


def test_the_command_writes_the_file_once(tmp_path: Path, shop: World) -> None:
    """The address of the database, with its password, is not written; a file that exists is not replaced."""
    path = tmp_path / "boutique.yaml"
    arguments = [shop.url, "--system", "boutique", "-o", str(path)]
    context = Context(workspace=shop.folder, language="en")
    CliRunner().invoke(command, arguments, obj=context)
    text = path.read_text(encoding="utf-8")
    again = CliRunner().invoke(command, arguments, obj=context)
    assert ("${BOUTIQUE_URL}" in text, shop.url in text, again.exit_code) == (True, False, 2)


@pytest.mark.parametrize(
    ("is_one", "value", "wrong"),
    [
        (is_iban, "FR76 3000 6000 0112 3456 7890 189", "FR76 3000 6000 0112 3456 7890 188"),
        (is_nir, "2 55 08 14 168 025 38", "2 55 08 14 168 025 39"),
        (is_card, "4970 1012 3456 7893", "4970 1012 3456 7892"),
        (is_siren, "732 829 320", "732 829 321"),
        (is_phone, "01 99 00 12 34", "0001"),
    ],
)
def test_a_checksum_tells_a_number_from_another(
    is_one: Callable[[str], bool], value: str, wrong: str
) -> None:
    """One wrong digit and the value is no longer evidence."""
    assert (is_one(value), is_one(wrong)) == (True, False)


@pytest.mark.parametrize(
    ("name", "sense"),
    [
        ("E-mail", Sense.EMAIL),
        ("DateNaissance", Sense.BIRTH),
        ("tel_portable", Sense.PHONE),
        ("article", None),
        ("tarif", None),
    ],
)
def test_a_name_tells_in_french_and_english(name: str, sense: Sense | None) -> None:
    """A name tells when one of its words does, never a part of a word."""
    told = evidence(name, ())
    assert (told.sense if told else None) == sense
