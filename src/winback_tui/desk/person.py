"""All that the book holds on a customer, for themselves: as JSON and as readable Markdown."""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from winback_tui.book import erase, handover_facts, manifest, parties
from winback_tui.book.listing import EPOCH
from winback_tui.book.manifest import Export
from winback_tui.book.outflow import written_out
from winback_tui.desk import placing
from winback_tui.desk.action import must_exist
from winback_tui.desk.session import Desk, now
from winback_tui.errors import BadInputError
from winback_tui.rules.contracts import WITHOUT_END
from winback_tui.words import person as words
from winback_tui.words.customers import customer_name

#: What only says again what other tables hold, or is a machine's own.
_DERIVED: Final = frozenset({"customer_search", "note_search", "erasures", "merges", "flags"})
#: Columns that are a machine's own.
_OWN: Final = frozenset({"customer_id", "batch_id", "event_id", "salt", "digest", "hash"})
_MONEY: Final = frozenset({"amount", "value_at_risk"})


def gather(desk: Desk, customer: int) -> dict[str, Any]:
    """Return all that the book holds on a customer, as one JSON document has it.

    `records` has a list of rows for each table; `sources` the files that brought them;
    `recipients` the exports and packets that they left the book in. BadInputError for a customer
    who is not there.
    """
    with desk.book.snapshot() as connection:
        ((number, name),) = must_exist(connection, [customer]).values()
        who = erase.party(connection, customer)
        records: dict[str, list[dict[str, Any]]] = {}
        batches: set[int] = set()
        for link in parties.links(connection):
            if link.table in _DERIVED:
                continue
            for each in who.ids:
                for row in parties.rows(connection, link, each):
                    batches.add(row.get("batch_id") or 0)
                    records.setdefault(link.table, []).append(_told(connection, link.table, row))
        records["customers"] = parties.customers(connection, who.ids)
        settings = desk.config.erase
        order = {table: place for place, table in enumerate(words.TITLES)}
        return {
            "format": "winback-person",
            "version": 1,
            "made_at": now(),
            "made_by": desk.actor,
            "book": handover_facts.book_id(connection),
            "customer": number,
            "name": customer_name(number, name),
            "records": dict(
                sorted(records.items(), key=lambda each: (order.get(each[0], 99), each[0]))
            ),
            "sources": parties.batches(connection, sorted(batches - {0})),
            "recipients": _recipients(connection, who),
            "about": {
                **words.ABOUT,
                "kept": words.kept(settings.booking_years, settings.proof_years),
            },
            "ids": list(who.ids),
        }


def as_markdown(found: Mapping[str, Any]) -> str:
    """Return what `gather` found as Markdown that people read."""
    from winback_tui.outreach.markdown import escape

    parts = [
        f"# What we hold on {escape(found['name'])} ({escape(found['customer'])})",
        f"As of {found['made_at']}, by {escape(found['made_by'])}.",
    ]
    for table, rows in found["records"].items():
        parts.append(f"## {escape(words.title(table))}")
        parts.append("\n".join(f"- {_line(row)}" for row in rows))
    for title, key in (("Where it is from", "sources"), ("Who was given it", "recipients")):
        if found[key]:
            parts.append(f"## {title}")
            parts.append("\n".join(f"- {_line(row)}" for row in found[key]))
    parts.append("## What you should know")
    parts.append("\n".join(f"- {text}" for text in found["about"].values()))
    return "\n\n".join(parts) + "\n"


def write(desk: Desk, customer: int, folder: Path, *, force: bool = False) -> tuple[Path, Path]:
    """Write both files (mode 0600) into a folder, made if it is not there; return their paths.

    Each gets a row in the manifest. Raises BadInputError, and leaves what is there, where a file
    exists and `force` is not said.
    """
    found = gather(desk, customer)
    # The manifest outlives an erasure, so the name says nothing of whose file it is.
    whose = hashlib.sha256(f"{found['book']} {found['ids'][0]}".encode()).hexdigest()[:8]
    stem = f"person-{whose}-{desk.as_of.isoformat()}"
    texts = {
        folder / f"{stem}.json": json.dumps(found, ensure_ascii=False, indent=2) + "\n",
        folder / f"{stem}.md": as_markdown(found),
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for path in texts:
            placing.must_be_free(desk.book.path, path, force=force)
        for path, text in texts.items():
            with placing.aside(path.absolute()) as (file, draft):
                file.write(text.encode("utf-8", "replace"))
                digest = placing.sha256(file)
                note(desk, found, path.suffix[1:], str(path.absolute()), digest)
                draft.replace(path)
    except OSError as error:
        raise BadInputError(f"{folder} could not be written to: {error.strerror}.") from error
    json_path, md_path = texts
    return json_path, md_path


def note(desk: Desk, found: Mapping[str, Any], format_: str, file: str, digest: str = "") -> None:
    """Write the manifest row of a file, or of what went to standard output ("-")."""
    if not digest:
        as_json = format_ == "json"
        text = json.dumps(found, ensure_ascii=False) if as_json else as_markdown(found)
        digest = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
    rows = sum(len(each) for each in found["records"].values())
    entry = Export(0, now(), desk.actor, "person", format_, file, "", rows, 0, digest)
    with desk.book.write() as connection:
        manifest.add(connection, entry, found["ids"])


def _told(connection: sqlite3.Connection, table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row as a person may read it: dates, amounts written out, texts for their keys."""
    told: dict[str, Any] = {}
    for name, value in row.items():
        if name in _OWN or value in (None, "") or isinstance(value, bytes):
            continue
        if name == "ends_on" and value == WITHOUT_END.isoformat():
            told[name] = None
        elif name in ("day", "last_day", "due_day"):
            told[name] = (EPOCH + timedelta(days=value)).isoformat()
        elif name in _MONEY and row.get("currency"):
            told[name] = written_out(value, row["currency"])
        elif name == "payload":
            told |= {
                each: said
                for each, said in json.loads(value).items()
                if each not in {"before", "after", "rows"}
            }
        elif name == "wording" and table == "consent_events":
            told["wording"] = parties.wording(connection, value)
        elif name == "product" and table == "transactions":
            told["product"] = parties.product(connection, value)
        else:
            told[name] = value
    return told


def _recipients(connection: sqlite3.Connection, who: erase.Party) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"at": each.at, "what": f"export of {each.kind}", "by": each.actor, "file": each.file}
        for each in erase.exports_with(connection, who)
    ]
    found += parties.handed_to(connection, who.ids)
    return sorted(found, key=lambda each: str(each["at"]))


def _line(row: Mapping[str, Any]) -> str:
    """Return a row in one line: its values with their names, a date first."""
    from winback_tui.outreach.markdown import escape

    parts = []
    for name, value in row.items():
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        if name in ("id", "action", "customer"):
            continue
        if value is None:
            text = "none"
        title = name.replace("_", " ")
        parts.append(f"{escape(title)}: {escape(_day(str(text)))}")
    return "; ".join(parts)


def _day(text: str) -> str:
    """Return an instant as people read it; any other text as it is."""
    try:
        date.fromisoformat(text[:10])
    except ValueError:
        return text
    return text.replace("T", " ").removesuffix("Z") if len(text) == 20 else text
