"""Come-back mails from templates: Jinja2 in its sandbox, and the customer's facts as plain values.

A value is never read as a template, and what a template may do is in `outreach/sandbox.py`. A
template is a text file: a line `Subject: …`, an empty line, and the body.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.outreach.letters import one_line

#: Where the shipped templates lie, by language.
SHIPPED: Final = Path(__file__).resolve().parent / "templates"
LANGUAGES: Final = ("en", "de")
#: What a template may name.
NAMES: Final = (
    "name", "number", "person", "greeting", "city", "since", "last_order", "months_silent",
    "products", "reason", "offer", "valid_until", "today", "sender", "company", "signature",
    "objection",
)  # fmt: skip
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,60}")

_GREETINGS: Final = {"en": ("Dear {},", "Hello,"), "de": ("Guten Tag {},", "Guten Tag,")}
_OBJECTIONS: Final = {
    "en": "If you do not want to hear from us any more, a short reply{} is enough, at no cost but"
    " that of the mail, and we will not write again.",
    "de": "Wenn Sie nichts mehr von uns hören möchten, genügt jederzeit eine kurze Antwort{}, ohne"
    " andere Kosten als die der Nachricht; wir schreiben dann nicht mehr.",
}


class Template(NamedTuple):
    """A template by its name and language; `own` says that it is the user's and not shipped."""

    name: str
    language: str
    text: str
    own: bool
    path: Path


class Rendered(NamedTuple):
    """A mail's subject (one line) and body."""

    subject: str
    body: str


def templates(folder: Path, language: str = "") -> list[Template]:
    """Return all templates, those in the user's `folder` in the place of shipped ones."""
    found: dict[tuple[str, str], Template] = {}
    for each, own in ((SHIPPED, False), (folder, True)):
        for template in _in(each, own=own):
            if not language or template.language == language:
                found[template.language, template.name] = template
    return [found[key] for key in sorted(found)]


def _in(folder: Path, *, own: bool) -> Iterator[Template]:
    for language in LANGUAGES:
        for path in sorted((folder / language).glob("*.txt")):
            if _NAME.fullmatch(path.stem):
                try:
                    text = path.read_text(encoding="utf-8")
                except (OSError, UnicodeDecodeError) as error:
                    why = getattr(error, "strerror", None) or "it is not UTF-8 text"
                    raise BadInputError(f"The template {path} cannot be read: {why}.") from error
                yield Template(path.stem, language, text, own, path)


def choose(known: list[Template], language: str, rung: str, reason: str) -> Template:
    """Return the template for a rung and a reason: `rung-reason`, else `rung`, else `personal`.

    In the language that is asked for, else in English.
    """
    by_name = {(each.language, each.name): each for each in known}
    for spoken in dict.fromkeys((language, "en")):
        for name in (f"{rung}-{reason}", rung, "personal"):
            if found := by_name.get((spoken, name)):
                return found
    raise BadInputError("There is no template for this mail; “winback templates” lists them.")


def named(known: list[Template], language: str, name: str) -> Template:
    """Return the template with this name, in the language if there is one; else BadInputError."""
    wanted = name.strip().casefold()
    for spoken in dict.fromkeys((language, "en", *LANGUAGES)):
        for each in known:
            if (each.language, each.name) == (spoken, wanted):
                return each
    there = ", ".join(dict.fromkeys(each.name for each in known))
    raise BadInputError(f"“{one_line(name)[:40]}” is no template; there are {there}.")


def greeting(language: str, person: str) -> str:
    """Return how a mail begins."""
    known, unknown = _GREETINGS[language]
    return known.format(person) if person else unknown


def objection(language: str, address: str) -> str:
    """Return the line that says how to object, as GDPR Art. 21 (4) and UWG §7 (3) no. 4 want it."""
    where = {"en": f" or a line to {address}", "de": f" oder eine Zeile an {address}"}[language]
    return _OBJECTIONS[language].format(where if address else "")


def render(template: Template, values: Mapping[str, Any]) -> Rendered:
    """Return the mail; the line on objection is added where the template leaves it out.

    Raises BadInputError naming the template, and the line where that is known.
    """
    head, _, body = template.text.replace("\r\n", "\n").partition("\n\n")
    label, _, subject = head.partition(":")
    if label.strip().casefold() != "subject" or "\n" in head.strip():
        raise BadInputError(
            f"The template {template.path} must begin with a line “Subject: …” and an empty line."
        )
    written = Rendered(
        one_line(_filled(template, subject, values)),
        _tidy(_filled(template, body, values, head.count("\n") + 2)),
    )
    if not written.subject:
        raise BadInputError(f"The template {template.path} has an empty subject.")
    line = str(values["objection"])
    if line not in written.body:
        written = written._replace(body=f"{written.body.rstrip()}\n\n--\n{line}\n")
    return written


def _filled(template: Template, text: str, values: Mapping[str, Any], above: int = 0) -> str:
    from jinja2 import TemplateError, TemplateSyntaxError, UndefinedError

    from winback_tui.outreach.sandbox import LONGEST, Sandbox

    environment = Sandbox()
    where = f"The template {template.path}"
    try:
        made = environment.from_string(text)
        pieces: list[str] = []
        size = 0
        for piece in made.generate({name: values[name] for name in NAMES}):
            size += len(piece)
            if size > LONGEST:
                raise BadInputError(f"{where} makes a mail of more than {LONGEST:,} characters.")
            pieces.append(piece)
    except TemplateSyntaxError as error:
        raise BadInputError(
            f"{where}, line {error.lineno + above}: {_sentence(error.message or 'a mistake')}"
        ) from error
    except UndefinedError as error:
        raise BadInputError(
            f"{where}: {one_line(str(error))}; a template may name {', '.join(NAMES)}."
        ) from error
    except RecursionError as error:
        raise BadInputError(f"{where}: a macro calls itself without end.") from error
    except (TemplateError, ArithmeticError, TypeError, ValueError, MemoryError) as error:
        raise BadInputError(f"{where}: {_sentence(str(error))}") from error
    return "".join(pieces)


def _sentence(said: str) -> str:
    """Return what a library says of a mistake as the end of a sentence."""
    return f"{one_line(said)[:240].rstrip('.')}."


def _tidy(text: str) -> str:
    """Return a body without spaces at line ends and without more than one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
