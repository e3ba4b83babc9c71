"""Whatever a stored string holds, it reaches the screen as plain text of a known width."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from winback_tui.tui.glyphs import Glyphs
from winback_tui.tui.text import cut, fit, printable, wrap

#: Signs that terminals, layouts or fonts treat in ways of their own.
ODD = (
    "\x1b[31m\x07\x00\x9b\u202e\u2066\u200b\u200d\ufeff\u0301\n\r\t\u2028"
    "❤☎漢字한글🧑🚀🇩👍e\u0308ﷺ\U000e0041[/]\\$"
)


strings = st.text(st.one_of(st.sampled_from(ODD), st.characters(codec="utf-8")), max_size=40)
widths = st.integers(0, 60)


def acted_upon(text: str) -> list[str]:
    """Return the signs of `text` that a terminal might act upon."""
    return [
        sign
        for sign in text
        if unicodedata.category(sign).startswith("C") or sign in "\n\r\t\u2028\u2029"
    ]


@given(strings)
def test_printable_keeps_nothing_that_a_terminal_acts_upon(value: str) -> None:
    assert not acted_upon(printable(value))


@given(strings)
def test_printable_twice_is_printable_once(value: str) -> None:
    assert printable(printable(value)) == printable(value)


@given(st.text(st.characters(categories=("L", "N", "P", "S")), max_size=40))
def test_printable_leaves_words_as_they_are(value: str) -> None:
    assert printable(value) == value


@pytest.mark.parametrize(
    ("stored", "shown"), [("☎\ufe0f Telefon AG", "☎ Telefon AG"), ("❤\ufe0e\ufe0f", "❤")]
)
def test_a_sign_is_as_wide_as_without_a_wish_for_its_picture(stored: str, shown: str) -> None:
    assert printable(stored) == shown
    assert fit(stored, 20) == fit(shown, 20)


@given(strings, widths, st.booleans())
@example("漢字", 3, False)
@example("漢字", 1, True)
@example("a", 0, False)
def test_a_cell_is_exactly_as_wide_as_it_should_be(value: str, width: int, right: bool) -> None:
    cell = fit(value, width, right=right)
    assert cell_len(cell) == width
    assert not acted_upon(cell)


@given(strings, widths)
def test_a_cell_with_ascii_dots_is_as_wide(value: str, width: int) -> None:
    assert cell_len(fit(value, width, dots="~")) == width


@given(strings, widths)
def test_a_cut_text_is_never_wider_and_says_that_it_was_cut(value: str, width: int) -> None:
    text = cut(value, width)
    assert cell_len(text) <= width
    assert not acted_upon(text)
    if cell_len(printable(value)) <= width:
        assert text == printable(value)
    elif width:
        assert text.endswith("…")
        assert printable(value).startswith(text[:-1])


@given(strings, st.integers(2, 60))
@example("n" * 200, 10)
@example("漢字" * 20, 3)
def test_wrapped_lines_fit(value: str, width: int) -> None:
    lines = wrap(value, width)
    assert not any(acted_upon(line) for line in lines)
    assert all(cell_len(line) <= width for line in lines)


@given(strings, st.integers(2, 60))
def test_wrapping_loses_no_letter(value: str, width: int) -> None:
    assert "".join("".join(wrap(value, width)).split()) == "".join(printable(value).split())


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=8), max_size=20))
def test_words_that_fit_are_not_broken(words: list[str]) -> None:
    lines = wrap(" ".join(words), 12)
    assert [word for line in lines for word in line.split()] == words


@given(strings)
def test_no_room_at_all_is_no_error(value: str) -> None:
    assert cell_len(cut(value, 0)) == 0
    assert cut(value, -1) == ""
    assert "".join(wrap(value, 0)) == "".join(printable(value).split())


GLYPHS = (Glyphs(), Glyphs.from_environment({"LANG": "C"}))


@pytest.mark.parametrize("glyphs", GLYPHS, ids=("utf-8", "ascii"))
@given(
    share=st.floats(-1, 2, allow_nan=False),
    width=st.integers(0, 40),
)
def test_a_bar_is_as_wide_as_asked_and_grows_with_its_share(
    glyphs: Glyphs, share: float, width: int
) -> None:
    bar = glyphs.bar(share, width)
    assert cell_len(bar) == width
    full = glyphs.bars[8]
    assert bar.count(full) <= glyphs.bar(share + 0.2, width).count(full)
    assert glyphs.bar(0, width).strip() == ""
    assert glyphs.bar(1, width) == full * width


@pytest.mark.parametrize("glyphs", GLYPHS, ids=("utf-8", "ascii"))
@given(values=st.lists(st.integers(-(10**12), 10**12), max_size=30))
def test_a_sparkline_has_one_sign_per_value(glyphs: Glyphs, values: list[int]) -> None:
    spark = glyphs.spark(values)
    assert cell_len(spark) == len(values) == len(spark)
    nothing = glyphs.sparks[0]
    assert all(sign == nothing for sign, value in zip(spark, values, strict=True) if value <= 0)
    if max(values, default=0) > 0:
        assert spark[values.index(max(values))] == glyphs.sparks[-1]


@pytest.mark.parametrize("glyphs", GLYPHS, ids=("utf-8", "ascii"))
def test_every_sign_is_one_cell_wide(glyphs: Glyphs) -> None:
    signs = (
        glyphs.cursor,
        glyphs.mark,
        glyphs.up,
        glyphs.down,
        glyphs.allowed,
        glyphs.warn,
        glyphs.blocked,
        glyphs.unknown,
        glyphs.dot,
        glyphs.dash,
        glyphs.dots,
        glyphs.rule,
        glyphs.arrow,
        glyphs.pointer,
        glyphs.email,
        glyphs.phone,
        glyphs.sms,
        glyphs.post,
        *glyphs.bars,
        *glyphs.levels,
    )
    assert {cell_len(sign) for sign in signs} == {1}


def test_the_standings_have_four_different_shapes() -> None:
    for glyphs in GLYPHS:
        assert len({glyphs.allowed, glyphs.warn, glyphs.blocked, glyphs.unknown}) == 4


def test_ascii_is_used_where_the_locale_is_not_utf8() -> None:
    for locale in ("C", "POSIX", "de_DE.ISO-8859-1"):
        assert Glyphs.from_environment({"LC_ALL": locale}).dots.isascii()
    for locale in ("de_DE.UTF-8", "en_US.utf8", "C.UTF-8"):
        assert not Glyphs.from_environment({"LC_ALL": locale}).dots.isascii()
