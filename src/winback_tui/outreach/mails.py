"""Come-back mails from templates: Jinja2 in its sandbox, and the customer's facts as plain values.

A value is never read as a template. A template can call nothing but its own macros and `range`,
make no text of any length from nothing, and take no time without end: it may be a colleague's. A
template is a text file: a line `Subject: …`, an empty line, and the body.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from winback_tui.errors import BadInputError
from winback_tui.outreach.letters import one_line

if TYPE_CHECKING:
    from jinja2.sandbox import SandboxedEnvironment

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
#: No mail is longer, in characters.
_LONGEST: Final = 50_000
#: So many turns of loops and macros, and seconds of the processor, are enough for any mail.
_TURNS: Final = 100_000
_SECONDS: Final = 2.0
#: The largest number that a template may multiply.
_LARGEST: Final = 1e9
#: Filters that make as much text as a number says, or tell of what is not a mail's.
_GROWING: Final = ("center", "format", "indent", "pprint", "random", "tojson", "urlize", "xmlattr")

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

    environment = _sandbox()
    where = f"The template {template.path}"
    try:
        made = environment.from_string(text)
        pieces: list[str] = []
        size = 0
        for piece in made.generate({name: values[name] for name in NAMES}):
            size += len(piece)
            if size > _LONGEST:
                raise BadInputError(f"{where} makes a mail of more than {_LONGEST:,} characters.")
            pieces.append(piece)
    except TemplateSyntaxError as error:
        raise BadInputError(
            f"{where}, line {error.lineno + above}: {one_line(error.message or 'a mistake')}."
        ) from error
    except UndefinedError as error:
        raise BadInputError(
            f"{where}: {one_line(str(error))}; a template may name {', '.join(NAMES)}."
        ) from error
    except RecursionError as error:
        raise BadInputError(f"{where}: a macro calls itself without end.") from error
    except (TemplateError, ArithmeticError, TypeError, ValueError, MemoryError) as error:
        raise BadInputError(f"{where}: {one_line(str(error))[:200]}.") from error
    return "".join(pieces)


def _sandbox() -> "SandboxedEnvironment":
    from time import thread_time

    from jinja2 import StrictUndefined, Undefined, nodes
    from jinja2.exceptions import SecurityError
    from jinja2.runtime import Macro
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    class Sandbox(ImmutableSandboxedEnvironment):
        """Jinja2's sandbox without what could call, or grow, anything, or go on without end."""

        intercepted_binops = frozenset({"*", "**"})

        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            self._turns, self._until = 0, thread_time() + _SECONDS

        def turn(self) -> None:
            """Count one turn of a loop, or one call of a macro; raise where there were too many."""
            self._turns += 1
            if self._turns > _TURNS or thread_time() > self._until:
                raise SecurityError(
                    f"it takes more than {_TURNS:,} turns or {_SECONDS:g} seconds; let its loops be"
                    " shorter"
                )

        def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
            """Return the template with a count of the turns at the head of what is repeated."""
            parsed = super()._parse(source, name, filename)
            repeated: Iterator[Any] = parsed.find_all((nodes.For, nodes.Macro, nodes.CallBlock))
            for each in repeated:
                count = nodes.Call(nodes.EnvironmentAttribute("turn"), [], [], None, None)
                each.body.insert(0, nodes.ExprStmt(count).set_lineno(each.lineno))
            return parsed

        def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
            sizes = [abs(each) for each in (left, right) if isinstance(each, int | float)]
            if operator == "**" or len(sizes) < 2 or max(sizes) > _LARGEST:
                raise SecurityError(f"“{operator}” is for small numbers alone, and ** for none")
            return super().call_binop(context, operator, left, right)

        def is_safe_callable(self, obj: Any) -> bool:
            # To call what there is not says so by itself.
            return (
                isinstance(obj, Macro | Undefined)
                or obj == self.turn
                or obj is self.globals.get("range")
            )

    made = Sandbox(
        autoescape=False, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals = {"range": made.globals["range"]}
    for name in _GROWING:
        made.filters.pop(name, None)
    return made


def _tidy(text: str) -> str:
    """Return a body without spaces at line ends and without more than one empty line in a row."""
    lines = "\n".join(line.rstrip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
