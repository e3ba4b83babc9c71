"""The digest as text, Markdown, HTML and JSON: what is new, due, and about to end."""

import json
from collections.abc import Sequence
from datetime import date
from html import escape as html
from typing import Final, NamedTuple

from winback_tui.model import Channel
from winback_tui.outreach import alerts as warned
from winback_tui.outreach.markdown import escape
from winback_tui.words.customers import CHANNELS, count, customer_name
from winback_tui.words.format import Formats
from winback_tui.words.printable import printable


class Line(NamedTuple):
    """One customer: money in minor units; `on` is the day of a follow-up, `why` a sentence."""

    number: str
    name: str
    score: float
    value_at_risk: int
    currency: str
    why: str
    on: date | None = None


class Ending(NamedTuple):
    """A channel that may be used until (not including) a day."""

    number: str
    name: str
    channel: Channel
    until: date


class Digest(NamedTuple):
    """What a manager should know today; `since` is the instant of the digest before, or None.

    `more` are how many are new beyond those that are listed.
    """

    book: str
    as_of: date
    since: str | None
    new: tuple[Line, ...]
    more: int
    due: tuple[Line, ...]
    ending: tuple[Ending, ...]
    #: The alerts that nobody has dismissed or answered.
    alerts: tuple[warned.Told, ...] = ()


_NOTHING: Final = "Nothing new, nothing due, and no consent about to end."


def as_text(digest: Digest, formats: Formats) -> str:
    """Return the digest as plain text."""
    lines = [_heading(digest, formats)]
    for title, found in _sections(digest, formats):
        lines += ["", title, *(f"  - {printable(each)}" for each in found)]
    if len(lines) == 1:
        lines += ["", _NOTHING]
    return "\n".join(lines) + "\n"


def as_markdown(digest: Digest, formats: Formats) -> str:
    """Return the digest as Markdown; no name in it is markup."""
    parts = [f"# {escape(_heading(digest, formats))}"]
    for title, found in _sections(digest, formats):
        parts += [f"## {escape(title)}", "\n".join(f"- {escape(each)}" for each in found)]
    if len(parts) == 1:
        parts.append(_NOTHING)
    return "\n\n".join(parts) + "\n"


def as_html(digest: Digest, formats: Formats) -> str:
    """Return the digest as one HTML page without scripts or anything to load."""
    heading = html(_heading(digest, formats))
    body = [f"<h1>{heading}</h1>"]
    for title, found in _sections(digest, formats):
        items = "".join(f"<li>{html(printable(each))}</li>" for each in found)
        body.append(f"<h2>{html(title)}</h2>\n<ul>{items}</ul>")
    if len(body) == 1:
        body.append(f"<p>{_NOTHING}</p>")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>{heading}</title></head>\n<body>\n" + "\n".join(body) + "\n</body></html>\n"
    )


def as_json(digest: Digest) -> str:
    """Return the digest as one JSON document; money in minor units."""
    document = {
        "book": digest.book,
        "as_of": digest.as_of.isoformat(),
        "since": digest.since,
        "alerts": [warned.as_plain(each) for each in digest.alerts],
        "new": [_plain(each) for each in digest.new],
        "more": digest.more,
        "due": [_plain(each) for each in digest.due],
        "ending": [
            {**each._asdict(), "channel": each.channel.value, "until": each.until.isoformat()}
            for each in digest.ending
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _plain(line: Line) -> dict[str, object]:
    return {**line._asdict(), "on": line.on.isoformat() if line.on else None}


def _heading(digest: Digest, formats: Formats) -> str:
    return f"{digest.book}, {formats.date(digest.as_of)}"


def _sections(digest: Digest, formats: Formats) -> Sequence[tuple[str, list[str]]]:
    """Return the sections that have something to say, each a title and its lines."""
    new = [_line(each, formats) for each in digest.new]
    if digest.more:
        new.append(f"and {count(formats.number(digest.more), digest.more, 'more', 'more')}")
    due = [
        f"{formats.date(each.on)}: {_line(each, formats)}" if each.on else _line(each, formats)
        for each in digest.due
    ]
    ending = [
        f"{_name(each.number, each.name)}: {CHANNELS[each.channel]} only until "
        f"{formats.date(each.until)}"
        for each in digest.ending
    ]
    told = [warned.line(each, formats) for each in digest.alerts]
    since = f" since {formats.date(date.fromisoformat(digest.since[:10]))}" if digest.since else ""
    titles = ("Alerts", f"New in the queue{since}", "Due", "About to end")
    parts = (told, new, due, ending)
    return [(title, found) for title, found in zip(titles, parts, strict=True) if found]


def _line(line: Line, formats: Formats) -> str:
    money = formats.money(line.value_at_risk, line.currency, short=True)
    text = f"{_name(line.number, line.name)}: score {round(line.score)}, {money} at risk"
    return f"{text}; {line.why}" if line.why else text


def _name(number: str, name: str) -> str:
    shown = customer_name(number, name)
    return shown if shown == number else f"{shown} ({number})"
