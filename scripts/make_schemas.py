"""Write what is generated from the models of data maps: the JSON Schemas editors read, and their reference pages.

Run it after a change of the model: ``python scripts/make_schemas.py``. With ``--check`` it writes nothing and fails
when a file is not what the model says.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tenu.datamap.files import store_schema
from tenu.datamap.model import system_schema

ROOT = Path(__file__).parents[1]
SCHEMA = ROOT / "schemas" / "system.schema.json"
PAGE = ROOT / "docs" / "reference" / "data-map.md"
STORE_SCHEMA = ROOT / "schemas" / "store.schema.json"
STORE_PAGE = ROOT / "docs" / "reference" / "file-stores.md"

_HEAD = """# The data map

`systems/NAME.yaml` says where personal data lives in one database: which tables hold people, what leads to them, what
each column is. Unknown keys are refused with the nearest known one. This page is generated from the model by
`scripts/make_schemas.py`; do not edit it.

Editors complete and check the file with `schemas/system.schema.json`. For those that read the YAML language server's
comment, write at the top: `# yaml-language-server: $schema=../schemas/system.schema.json`.

## The shortest one that works

```yaml
system: shop
label: {fr: Boutique, en: Shop}
url: ${SHOP_URL:-sqlite:///shop.db}
country: FR
declared: {by: dpo@helianthe.example, on: 2026-03-01}
people:
  client: {collected_at: created_on, identified_by: {email: email}}
tables:
  client: {purposes: [contract, relation], columns: {email: identity}, not_personal: [id, created_on]}
  orders: {purposes: [contract, relation], columns: {amount: financial}, not_personal: [id, client_id, placed_on]}
ignored: [country]
links: [orders.client_id -> client.id]
acts: [{kind: purchase, table: orders, dated_by: placed_on}]
```

## How it is read

* Foreign keys are read from the database; `links` adds those it does not declare. Quote names with spaces or dots:
  `'"order line".client -> client.id'`.
* A row belongs to the person its links lead to, by the fewest nullable links, then by the fewest links. Where two links
  of a row lead to people, `belongs_to` names the column that decides. A row that another person's row points at stays,
  emptied, until that one goes; when both people are due, the first run empties it and the next one takes it, because a
  run does exactly what its plan counted.
* A table of another schema that points at people is named `schema.table`: describe it, or put it under `ignored`. MariaDB
  shows an account only the tables it has some right on.
* A row people point at (an address) is declared with `belongs_to:` the table that points at it; it goes with the last
  row that does.
* A link may hold only in some rows (`when`), spell the identifier in a text (`spelled`), compare e-mails (`compared_as`), or
  go through a table (`through`). `docs/how-to/map-a-database.md` has an example of each.
* A condition is a value, a list of values, `null`, or a test: `{not: [closed, null]}`, `{after: today}`. `table.column` reads
  the row that the row at hand points at.
* A column that is another person's than its row says `of:` whose. The row goes once nothing of the others is left in it.
* `acts` restart clocks, `states` suspend them, `holds` forbid any change. A state that reads a missing date
  (`when: {returned_on: null}`) is never produced by emptying a row.
* A column that must be emptied becomes NULL; where NULL is refused, `cleared_to` says what else. `{key}` is the row's own
  primary key, for unique columns.
* A JSON document says what of it is personal: `profile: {paths: {$.email: identity, $.address.city: identity}, not_personal: $.theme}`.
  A path stands for all below it; a list is named whole. In a row that stays, and in one that ends in anonymity, its key is removed,
  or becomes `cleared_to`; the rest of the document says what it said. `tenu check` tells keys nobody classified.
* A table is described, or listed under `ignored`; a column is under `columns` or under `not_personal`. Anything else is
  a finding that stops the run.
"""
_STORE_HEAD = """# Stores of files

`systems/NAME.yaml` may describe a tree of files instead of a database: recordings of cameras, scans. Its first key is then `store:`. Unknown
keys are refused with the nearest known one. This page is generated from the model by `scripts/make_schemas.py`; do not edit it.

Editors complete and check the file with `schemas/store.schema.json`.

## The shortest one that works

```yaml
store: cameras
label: {fr: Caméras, en: Cameras}
url: file:///srv/cameras
country: FR
declared: {by: dpo@helianthe.example, on: 2026-03-01}
files:
  recordings: {path: "{camera}/{year}/{month}/{day}/**", rule: video, purposes: [video], category: images}
```

## How it is read

* `url` is a folder of this machine: a disk, or a share that is mounted (`file:///srv/cameras`; `file:folder` is below the workspace). Another
  address is refused: mount it. The root may itself be a link; nothing below it is reached through one.
* `path` goes from the root, part by part. `{year}`, `{month}`, `{day}`, `{date}` (`2026-11-03` or `20261103`), `{hour}`, `{minute}` and
  `{second}` are dates. Any other `{name}`, and `*`, is text inside one part. `**`, last, is any file at any depth. A name said twice
  must say the same twice.
* The day is the one written. With an hour, the instant is read in `stored_in` and its day is the controller's.
* `dated_by: modified` takes the time of the last writing instead; only where the path tells no day, because a copied or restored file
  looks new, and every folder has to be read each time. Days in folder names cost least: a day that is not due is not opened.
* `rule` is a retention rule of the policy with `each: record` and `end: erase`. A file goes at the end of its last day, as a record does.
* A file is of the first set its path fits. What no set fits and `ignored` does not name is never erased: it is counted and said by
  `plan`, `apply` and the certificate, and C-SEC-01 or C-CAT-02 is unknown until it is described. So are links, mounts inside the
  root, folders tenu may not read, and names of a day to come.
* A root with nothing at all in it is taken for a share that is not mounted. The first run leaves an empty `.tenu-store` there.
* A folder whose own path says that all in it is due goes once it is empty (`2026/10/03`, then `2026/10`); `{camera}` stays.
* A share must give a file the same number each time it is asked (most do; some FUSE mounts do not): where it does not, every file looks
  written again, is told so, and stays.
* tenu's account reads every folder, and writes in those files go from. `tenu plan --sql` has no statement to show for files.

## What is not reached

Snapshots and backups of the disk (the certificate says until when, `backups_kept_days`), other names of the same file (hard links,
counted), files a program holds open, recorders that keep their own copy, object storage that is not mounted. Files are told by their day
alone: requests of people and holds on people do not reach them yet.
"""
_WORDS = {"null": "`null`", "boolean": "`true` or `false`", "string": "text", "integer": "whole number"}


def main() -> int:
    """Write the files, or compare them when asked to; return the exit code."""
    written = rendered()
    if "--check" in sys.argv[1:]:
        stale = [
            path for path, text in written.items() if not path.exists() or path.read_text("utf-8") != text
        ]
        for path in stale:
            print(
                f"{path.relative_to(ROOT)} is not what the model says; run {Path(__file__).name}",
                file=sys.stderr,
            )
        return 1 if stale else 0
    for path, text in written.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


def rendered() -> Mapping[Path, str]:
    """Return the text of each generated file."""
    written = {}
    for page, head, path, name, schema in (
        (PAGE, _HEAD, SCHEMA, "System", system_schema()),
        (STORE_PAGE, _STORE_HEAD, STORE_SCHEMA, "FileStore", store_schema()),
    ):
        parts = {name: schema, **schema["$defs"]}
        written[path] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        written[page] = "\n".join([head, *(_section(each, part) for each, part in parts.items())])
    return written


def _section(name: str, part: dict[str, Any]) -> str:
    long = next((choice for choice in part.get("anyOf", ()) if "properties" in choice), part)
    lines = [f"## {name}", "", *(line.rstrip() for line in str(part.get("description", "")).splitlines()), ""]
    if "enum" in part:
        lines += [f"One of {', '.join(f'`{choice}`' for choice in part['enum'])}.", ""]
    if long is not part:
        lines += ["Or its short form, one text.", ""]
    if "properties" in long:
        required = set(long.get("required", ()))
        lines += ["| Key | Value | |", "|---|---|---|"]
        lines += [_row(key, value, key in required) for key, value in long["properties"].items()]
        lines.append("")
    return "\n".join(lines)


def _row(key: str, value: dict[str, Any], required: bool) -> str:
    default = (
        "required" if required else f"default `{json.dumps(value.get('default', {}), ensure_ascii=False)}`"
    )
    return f"| `{key}` | {_type(value)} | {default} |"


def _type(value: dict[str, Any]) -> str:  # noqa: PLR0911 - one line per kind is the clearest table
    match value:
        case {"$ref": reference}:
            name = str(reference).rpartition("/")[2]
            return f"[{name}](#{name.lower()})"
        case {"anyOf": choices}:
            return " or ".join(dict.fromkeys(_type(choice) for choice in choices))
        case {"type": "array", "items": items}:
            return f"list of {_type(items)}"
        case {"type": "object", "additionalProperties": dict() as values}:
            return f"by name, {_type(values)}"
        case {"enum": choices}:
            return ", ".join(f"`{choice}`" for choice in choices)
        case {"pattern": pattern}:
            return "text like `" + str(pattern).replace("|", "\\|") + "`"
        case {"type": "string", "format": "date"}:
            return "day, `YYYY-MM-DD`"
        case {"type": kind}:
            return _WORDS.get(str(kind), str(kind))
        case _:
            raise ValueError(f"the page does not know how to tell {value}")


if __name__ == "__main__":
    raise SystemExit(main())
