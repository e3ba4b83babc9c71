"""What a person at the screen waits for: first paint, keys, search, fresh scores, and memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from benchmarks import programs
from benchmarks.books import AS_OF, Bench, later, say
from benchmarks.table import Line, median, megabytes
from benchmarks.terminal import Moment, Sight, Terminal

#: The sign before the customer under the cursor.
_CURSOR: Final = "▌"
_EMPTY: Final = "empty app"
#: What the title says while the scores on the screen are not the newest.
_STALE: Final = ("scores of", "scores…", "scoring…", "fitting", "scores ready")
#: What is typed letter by letter; the first letters find tens of thousands, the last a few.
_WORDS: Final = ("stahl", "müller", "e@x", "4711")
_PRESSES: Final = 20


def ready(lines: Sequence[str]) -> bool:
    """Return whether the empty app shows its word."""
    return lines[0].startswith("ready")


def painted(lines: Sequence[str]) -> bool:
    """Return whether the list is there: its cursor, its customers, and the keys below."""
    place = cursor(lines)
    return place is not None and "help" in lines[-1] and bool(lines[place + 1].strip())


def cursor(lines: Sequence[str]) -> int | None:
    """Return the line that the list's cursor is on."""
    return next((at for at, line in enumerate(lines) if line.startswith(_CURSOR)), None)


def fresh(lines: Sequence[str]) -> bool:
    """Return whether the list shows scores of its own day, and nothing is being renewed."""
    return painted(lines) and not any(word in lines[0] for word in _STALE)


def stands(at: int) -> Sight:
    """Return what sees that the cursor is on line `at`, and its customer in the dossier below."""

    def sight(lines: Sequence[str]) -> bool:
        return cursor(lines) == at and described(lines)

    return sight


def described(lines: Sequence[str]) -> bool:
    """Return whether the dossier below the list is that of the customer under the cursor."""
    at = cursor(lines)
    if at is None or "customer" not in lines[2]:
        return False
    column = lines[2].index("customer")
    name = lines[at][column : column + 16].split("  ")[0].rstrip(" …")
    return any(line.startswith(f"─ {name}") for line in lines[at + 1 :])


def last_line(lines: Sequence[str]) -> int:
    """Return the last line of the list, above the dossier."""
    return next(at for at, line in enumerate(lines) if line.startswith("─ ")) - 1


def first_paint(bench: Bench) -> list[Line]:
    """First paint, memory at that moment, and the first `G`, with scores of today and of before."""
    say("first paint")
    books = {size: bench.book(size) for size in bench.sizes()}
    empty: list[Moment] = []
    keys: list[Moment] = []
    seen: dict[tuple[int, int], list[tuple[Moment, Moment]]] = {}
    for turn in range(bench.runs + 1):
        with Terminal(programs.empty_app(), bench.environment) as terminal:
            first = terminal.first(ready)
            answered = terminal.answer("G", lambda lines: "pressed 1" in lines[0])
        if turn:
            empty.append(first)
            keys.append(answered)
        for size, book in books.items():
            # The turn before went on to the next day, and of a later day no list is shown.
            bench.score(book, AS_OF)
            for days in (0, 1):
                pair = _open_and_end(bench, book, days)
                if turn:
                    seen.setdefault((size, days), []).append(pair)
    base = _ms(empty)
    usual = _ms(first for first, _ in seen[bench.customers, 0])
    lines: list[Line] = []
    for size in books:
        many = size != bench.customers
        firsts = [first for first, _ in seen[size, 0]]
        name = f"{size:,} customers"
        lines.append(
            Line(
                f"first paint, {name}",
                _ms(firsts),
                "ms",
                base,
                _EMPTY,
                1.5,
                note=_processor(firsts, empty),
            )
        )
        if many:
            beside = f"{bench.customers:,}"
            lines.append(Line(f"first paint, {name}", _ms(firsts), "ms", usual, beside, 1.2))
        if (memory := megabytes(first.memory for first in firsts)) is not None:
            at_empty = megabytes(first.memory for first in empty)
            lines.append(
                Line(f"memory then, {name}", memory, "MB", at_empty, _EMPTY, 60.0, judged="ours")
            )
        for days, when in ((0, "at first paint"), (1, "while scores are renewed")):
            ends = [end for _, end in seen[size, days]]
            lines.append(
                Line(f"G {when}, {name}", _ms(ends), "ms", _ms(keys), _EMPTY, 60.0, judged="ours",
                     note=_spread(ends))
            )  # fmt: skip
    return lines


def _open_and_end(bench: Bench, book: Path, days: int) -> tuple[Moment, Moment]:
    """Open the app so many days after its scores, and press `G` as soon as the list is there."""
    with Terminal(programs.app(book, later(days)), bench.environment) as terminal:
        first = terminal.first(painted)
        terminal.first(described)
        return first, terminal.answer("G", stands(last_line(terminal.lines)))


def key_press(bench: Bench) -> list[Line]:
    """Measure moving by a line in a list that has loaded."""
    say("keys")
    with Terminal(programs.empty_app(), bench.environment) as terminal:
        terminal.first(ready)
        terminal.settle(0.3)
        empty = [
            terminal.answer("j", lambda lines, n=n: lines[0].split()[1:] == [str(n)])  # type: ignore[misc]
            for n in range(1, _PRESSES + 1)
        ]
    lines: list[Line] = []
    usual: float | None = None
    for size in bench.sizes():
        with Terminal(programs.app(bench.book(size), AS_OF), bench.environment) as terminal:
            terminal.first(painted)
            terminal.settle(1.0)
            top = cursor(terminal.lines) or 0
            moved: list[Moment] = []
            for line in (top + 1, top + 2, top + 1, top) * (_PRESSES // 4):
                at = cursor(terminal.lines) or 0
                moved.append(terminal.answer("j" if line > at else "k", stands(line)))
                terminal.settle(0.1)
        name = f"key press, {size:,} customers"
        lines.append(
            Line(name, _ms(moved), "ms", _ms(empty), _EMPTY, 50.0, judged="ours",
                 note=_spread(moved))
        )  # fmt: skip
        if usual is not None:
            lines.append(Line(name, _ms(moved), "ms", usual, f"{bench.customers:,}", 1.1))
        usual = _ms(moved)
    return lines


def search(bench: Bench) -> list[Line]:
    """Search as you type: from a letter to the list of who was found."""
    say("search")
    lines: list[Line] = []
    for size in bench.sizes():
        answers: list[Moment] = []
        with Terminal(programs.app(bench.book(size), AS_OF), bench.environment) as terminal:
            terminal.first(painted)
            terminal.settle(1.0)
            for word in _WORDS:
                terminal.press("5")
                terminal.settle(0.3)
                terminal.press("/")
                terminal.settle(0.3)
                for end in range(1, len(word) + 1):
                    answers.append(terminal.answer(word[end - 1], _narrowed(word[:end])))
                    terminal.settle(0.2)
                terminal.press("\x1b")
                terminal.settle(0.5)
        target = 100.0 if size == bench.customers else None
        lines.append(
            Line(f"search, a letter, {size:,} customers", _ms(answers), "ms", target=target,
                 judged="ours", note=_spread(answers))
        )  # fmt: skip
    return lines


def _narrowed(text: str) -> Sight:
    # Behind the letters stands how many were found.
    return lambda lines: f"/{text} (" in lines[1]


def fresh_scores(bench: Bench) -> list[Line]:
    """From the start, on scores of the day before, until the list shows those of today."""
    say("fresh scores on the screen")
    lines: list[Line] = []
    for size in bench.sizes():
        book = bench.book(size)
        runs = bench.runs if size == bench.customers else 1
        empty: list[Moment] = []
        ours: list[Moment] = []
        for turn in range(runs):
            with Terminal(programs.empty_app(), bench.environment) as terminal:
                empty.append(terminal.first(ready))
            with Terminal(programs.app(book, later(turn + 1)), bench.environment) as terminal:
                ours.append(terminal.first(fresh, 300.0))
                terminal.leave("q")
        bench.score(book, AS_OF)
        lines.append(
            Line(f"fresh scores on the screen, {size:,} customers", _ms(ours), "ms", _ms(empty),
                 _EMPTY, 4.0 if size == bench.customers else None, note=_processor(ours, empty))
        )  # fmt: skip
        if (memory := megabytes(moment.memory for moment in ours)) is not None:
            lines.append(
                Line(f"memory then, {size:,} customers", memory, "MB", target=1_000.0,
                     judged="ours")
            )  # fmt: skip
    return lines


def _ms(moments: Iterable[Moment]) -> float:
    return median(moment.seconds for moment in moments) * 1000


def _spread(moments: Sequence[Moment]) -> str:
    low, high = (f(m.seconds for m in moments) * 1000 for f in (min, max))
    return f"{low:.0f} to {high:.0f} ms in {len(moments)}"


def _processor(ours: Sequence[Moment], yardstick: Sequence[Moment]) -> str:
    """Return the CPU times by then and their ratio: what a busy machine disturbs least."""
    mine, other = (
        [moment.processor for moment in moments if moment.processor is not None]
        for moments in (ours, yardstick)
    )
    if not mine or not other:
        return ""
    used, beside = median(mine) * 1000, median(other) * 1000
    return f"CPU time {used:.0f} ms, {used / beside:.2f} × that of the {_EMPTY} ({beside:.0f} ms)"
