"""Jinja2's sandbox, narrower: a template calls nothing, grows nothing, and comes to an end.

A template may be a colleague's. It can call its own macros and `range` alone. What it makes, texts
and lists, is weighed whenever it is made, and each turn of a loop, call of a macro, filter and test
is counted, those of a chain as well.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping
from time import thread_time
from typing import Any, Final

from jinja2 import StrictUndefined, Undefined, nodes
from jinja2.exceptions import SecurityError
from jinja2.filters import make_attrgetter
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.visitor import NodeTransformer

#: No mail is longer, in characters.
LONGEST: Final = 50_000
#: So many turns of loops and macros, and seconds of the processor, are enough for any mail.
_TURNS: Final = 100_000
_SECONDS: Final = 2.0
#: The largest number that a template may multiply, and the largest that a filter may be told.
_LARGEST: Final = 1e9
_WIDEST: Final = 1_000
#: Filters that make as much text as a number says, or tell of what is not a mail's.
_GROWING: Final = ("center", "format", "indent", "pprint", "random", "tojson", "urlize", "xmlattr")
#: Filters whose numbers say how much they make or reckon.
_TOLD: Final = frozenset({"batch", "slice", "round", "truncate", "wordwrap"})

#: What a loop lends its body.
_OF_LOOPS: Final = frozenset({"changed", "cycle"})


class Sandbox(ImmutableSandboxedEnvironment):
    """The environment of one text of a template."""

    intercepted_binops = frozenset({"*", "**", "+", "%"})

    def __init__(self) -> None:
        super().__init__(
            autoescape=False,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._turns, self._until = 0, thread_time() + _SECONDS
        self._calls = {self.turn, self.joined, self.weighed}
        self.globals = {"range": self.globals["range"]}
        own: dict[str, Callable[..., Any]] = {
            "replace": self._replace,
            "join": self._join,
            "sum": self._sum,
        }
        filters: dict[str, Any] = dict(self.filters)
        self.filters = {
            name: self._counted(name, each)
            for name, each in (filters | own).items()
            if name not in _GROWING
        }
        tests: dict[str, Any] = dict(self.tests)
        self.tests = {name: self._counted(name, each) for name, each in tests.items()}

    def turn(self) -> None:
        """Count one turn of a loop, one call of a macro, a filter or a test; raise for too many."""
        self._turns += 1
        if self._turns > _TURNS or thread_time() > self._until:
            raise SecurityError(
                f"it takes more than {_TURNS:,} turns or {_SECONDS:g} seconds; let its loops be"
                " shorter"
            )

    def weighed(self, made: Any) -> Any:
        """Return what was made; raise where it, or all that lies in it, is too much."""
        left, within = LONGEST + _TURNS, [made]
        while within:
            each = within.pop()
            left -= 1
            if isinstance(each, str):
                left -= len(each)
                if len(each) > LONGEST:
                    left = -1
            elif isinstance(each, Mapping):
                within += [*each.keys(), *each.values()]
            elif isinstance(each, list | tuple | set):
                within += each
            if left < 0 or len(within) > LONGEST + _TURNS:
                raise SecurityError(f"it makes more than {LONGEST:,} characters, or lists as long")
        return made

    def joined(self, *pieces: Any) -> str:
        """Return what “~” makes of its pieces."""
        return str(self.weighed("".join(str(each) for each in pieces)))

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Return the template with a count of the turns, and a scale, wherever they are needed."""
        parsed = super()._parse(source, name, filename)
        repeated: Iterator[Any] = parsed.find_all((nodes.For, nodes.Macro, nodes.CallBlock))
        for each in repeated:
            each.body.insert(0, nodes.ExprStmt(_call("turn", [])).set_lineno(each.lineno))
        weighing: nodes.Template = _Weighing().visit(parsed)
        return weighing

    def concat(self, pieces: Iterable[str]) -> str:
        """Return the text that a macro, or a block that is set, has made."""
        return str(self.weighed("".join(pieces)))

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        """Return what an operator makes of its sides, which must not be too much."""
        sizes = [abs(each) for each in (left, right) if isinstance(each, int | float)]
        if operator == "+" and not sizes:
            self.weighed([left, right])
        elif operator == "+" and len(sizes) < 2:
            raise SecurityError("“+” joins texts, or numbers; between the two stands “~”")
        elif operator == "**" or len(sizes) < 2 or max(sizes) > _LARGEST:
            raise SecurityError(f"“{operator}” is for small numbers alone, and ** for none")
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, /, *args: Any, **options: Any) -> Any:
        """Return what a call returns; raise where a template may not call that."""
        if not self.is_safe_callable(obj):
            name = getattr(obj, "__name__", "this")
            raise SecurityError(
                f"“{name}” is not safely callable; a template calls its own macros and range alone,"
                " and has filters for the rest, such as {{ name | upper }}"
            )
        return super().call(context, obj, *args, **options)

    def is_safe_callable(self, obj: Any) -> bool:
        """Return whether a template may call this."""
        # To call what there is not says so by itself.
        if isinstance(obj, Macro | Undefined):
            return True
        if isinstance(getattr(obj, "__self__", None), LoopContext):
            return obj.__name__ in _OF_LOOPS
        return obj is self.globals.get("range") or any(obj == each for each in self._calls)

    def _counted(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """Return a filter or a test that counts as a turn, and whose result is weighed."""

        @functools.wraps(call)
        def counted(*args: Any, **options: Any) -> Any:
            self.turn()
            told = [
                each for each in (*args[1:], *options.values()) if isinstance(each, int | float)
            ]
            if name in _TOLD and any(abs(each) > _WIDEST for each in told):
                raise SecurityError(f"“{name}” is for numbers up to {_WIDEST:,} alone")
            if (
                name == "wordwrap"
                and len(str(options.get("wrapstring", [*args, ""][-1]))) > _WIDEST
            ):
                raise SecurityError("the text between wrapped lines is too long")
            made = call(*args, **options)
            if isinstance(made, Iterator):
                return self._one_by_one(made)
            return made if made is (args[0] if args else None) else self.weighed(made)

        return counted

    def _one_by_one(self, made: Iterator[Any]) -> Iterator[Any]:
        for each in made:
            self.turn()
            yield self.weighed(each)

    def _replace(self, text: Any, old: Any, new: Any, count: int | None = None) -> str:
        said, out, into = str(text), str(old), str(new)
        times = said.count(out) if count is None else min(count, said.count(out))
        if len(said) + times * (len(into) - len(out)) > LONGEST:
            raise SecurityError(f"it makes more than {LONGEST:,} characters")
        return said.replace(out, into, -1 if count is None else count)

    def _join(self, items: Iterable[Any], between: Any = "", attribute: Any = None) -> str:
        if attribute is not None:
            items = map(make_attrgetter(self, attribute), items)
        pieces: list[str] = []
        size, gap = 0, str(between)
        for each in items:
            self.turn()
            pieces.append(str(each))
            size += len(pieces[-1]) + len(gap)
            if size > LONGEST + len(gap):
                raise SecurityError(f"it makes more than {LONGEST:,} characters")
        return gap.join(pieces)

    def _sum(self, items: Iterable[Any], attribute: Any = None, start: Any = 0) -> Any:
        if attribute is not None:
            items = map(make_attrgetter(self, attribute), items)
        found = start
        for each in items:
            self.turn()
            if not isinstance(each, int | float):
                raise SecurityError("“sum” is for numbers alone")
            found += each
        return found


class _Weighing(NodeTransformer):
    """Puts every text that is joined, and every list that is written, on the scale."""

    def visit(self, node: nodes.Node, *args: Any, **options: Any) -> Any:
        """Return the node with all within it, weighed where it makes something."""
        made = self.generic_visit(node, *args, **options)
        if isinstance(made, nodes.Concat):
            return _call("joined", made.nodes).set_lineno(made.lineno)
        if isinstance(made, nodes.List | nodes.Dict | nodes.Tuple) and (
            not isinstance(made, nodes.Tuple) or made.ctx == "load"
        ):
            return _call("weighed", [made]).set_lineno(made.lineno)
        return made


def _call(name: str, arguments: list[nodes.Expr]) -> nodes.Call:
    return nodes.Call(nodes.EnvironmentAttribute(name), arguments, [], None, None)
