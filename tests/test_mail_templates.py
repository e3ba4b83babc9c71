"""Templates of come-back mails, which no value can break."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.little import winback
from tests.mailing import senders
from winback_tui.desk import letters
from winback_tui.desk.letters import Asked
from winback_tui.desk.session import Desk
from winback_tui.errors import BadInputError
from winback_tui.outreach import mails
from winback_tui.outreach.mails import SHIPPED, Template, render


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    yield from senders(tmp_path / "b.db")


class TestTemplates:
    @pytest.mark.parametrize("template", mails.templates(SHIPPED), ids=lambda t: f"{t[1]}/{t[0]}")
    @pytest.mark.parametrize("full", [True, False])
    def test_every_shipped_one_can_be_filled_and_says_how_to_object(
        self, template: Template, full: bool
    ) -> None:
        line = mails.objection(template.language, "a@b.example")
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "x" if full else "") | {
            "products": ["Tea", "Cups"] if full else [],
            "months_silent": 3,
            "objection": line,
        }
        written = render(template, values)
        assert written.subject
        assert line in written.body
        assert "{" not in written.body

    @pytest.mark.parametrize(
        ("months", "english", "german"),
        [
            (0, "How are you?", "Wie geht es Ihnen?"),
            (1, "How are you?", "Wie geht es Ihnen?"),
            (2, "2 months without you", "2 Monate ohne Sie"),
        ],
    )
    def test_months_without_them_are_counted_from_two_on(
        self, months: int, english: str, german: str
    ) -> None:
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"months_silent": months}
        known = mails.templates(SHIPPED)
        for language, subject in (("en", english), ("de", german)):
            assert render(mails.named(known, language, "personal"), values).subject == subject

    def test_both_languages_have_the_same(self) -> None:
        names = {
            language: {each.name for each in mails.templates(SHIPPED, language)}
            for language in mails.LANGUAGES
        }
        assert names["en"] == names["de"]
        assert {"fix", "personal", "content", "service", "price", "bundle", "exit"} <= names["en"]

    def test_a_value_is_never_read_as_a_template(self, desk: Desk) -> None:
        found = letters.mails_of(desk, [2], Asked())[2]
        assert "49" not in found.body
        assert "{{ 7*7 }}" in found.body
        assert "\n" not in found.subject

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("Hello", "must begin with"),
            ("Subject: x\n\n{{ nothing }}", "may name"),
            ("Subject: x\n\na\n{% if %}", "line 4"),
            ("Subject: {{ '' }}\n\nx", "empty subject"),
            ("Subject: x\n\n{{ ''.__class__.__mro__ }}", "unsafe"),
            ("Subject: x\n\n{{ products.append(1) }}", "unsafe"),
            ("Subject: x\n\n{% for i in range(99999) %}xxxxxxxxxx{% endfor %}", "more than"),
            (
                "Subject: x\n\n{% for i in range(9999) %}{% for j in range(9999) %}{% endfor %}"
                "{% endfor %}",
                "more than 100,000 turns or 2 seconds; let its loops be shorter",
            ),
            (
                "Subject: x\n\n{% set many = range(99999) | list %}{% for i in many %}"
                "{% for j in many %}{% endfor %}{% endfor %}",
                "let its loops be shorter",
            ),
            (
                "Subject: x\n\n{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}"
                "{% endmacro %}{{ m(40) }}",
                "let its loops be shorter",
            ),
            (
                "Subject: x\n\n{% for i in range(9999) %}{% set t = range(99999) | sum %}"
                "{% endfor %}",
                "let its loops be shorter",
            ),
            ("Subject: x\n\n{{ 1/0 }}", "zero"),
            ("Subject: x\n\n{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "without end"),
            ("Subject: x\n\n{{ 'a' * 10 }}", "small numbers"),
            ("Subject: x\n\n{{ 2 ** 99 }}", "small numbers"),
            ("Subject: x\n\n{{ 'a' | center(1000000000) }}", "center"),
            ("Subject: x\n\n{{ 'a'.ljust(1000000000) }}", "not safely callable"),
            ("Subject: x\n\n{{ lipsum() }}", "lipsum"),
            ("Subject: x\n\n{{ name.format.__self__ }}", "__self__"),
            ("Subject: x\n\n{% include '/etc/passwd' %}", "no loader"),
        ],
    )
    def test_what_a_template_may_not_do_is_said_with_its_place(
        self, tmp_path: Path, text: str, why: str
    ) -> None:
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"products": []}
        with pytest.raises(BadInputError, match=why) as refused:
            render(Template("x", "en", text, True, tmp_path / "x.txt"), values)
        assert "x.txt" in str(refused.value)

    @pytest.mark.parametrize(
        ("grown", "times"),
        [
            ("{{ 'a'#}}", " | replace('a', 'aaaaaaaaaa')"),
            ("{% set a = 'ab' %}#", "{% set a = a ~ a %}"),
            ("{% set a = 'ab' %}#", "{% set a = a + a %}"),
            ("{% set a = 'ab' %}#", "{% set a %}{{ a }}{{ a }}{% endset %}"),
            ("{% set a = [0] %}#{{ a }}", "{% set a = [a, a, a, a] %}"),
            ("{% set a = [0] %}#", "{% set a = a + a %}"),
            ("{{ range(99999)# | list }}", " | map('upper')"),
            ("{{ range(99999)# | list }}", " | map(attribute='real')"),
            ("{{ range(99999)# | list }}", " | select('number')"),
            ("{{ range(99999) | join('#') }}", "x" * 500),
            ("{{ '%1000000000d' % 5 }}", ""),
            ("{{ [1] | batch(1000000000, 'x') | list }}", ""),
            ("{{ 12345 | round(-1000000000) }}", ""),
            ("{{ [[1, 2], [3]] | sum(start=[]) }}", ""),
        ],
    )
    def test_nothing_grows_or_takes_long_by_being_chained(
        self, tmp_path: Path, grown: str, times: str
    ) -> None:
        text = f"Subject: x\n\n{grown.replace('#', times * 40)}"
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"products": []}
        with pytest.raises(BadInputError, match=r"loops be shorter|makes more than|numbers"):
            render(Template("x", "en", text, True, tmp_path / "x.txt"), values)

    def test_a_template_may_reckon_loop_and_have_macros(self, tmp_path: Path) -> None:
        text = (
            "Subject: x\n\n{% macro m(n) %}<{{ n * 2 }}>{% endmacro %}"
            "{% for i in range(2) %}{{ m(i) }}{% endfor %}{{ name | upper }}"
        )
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"products": [], "name": "kim"}
        made = render(Template("x", "en", text, True, tmp_path / "x.txt"), values)
        assert made.body.startswith("<0><2>KIM")

    def test_a_template_may_join_list_and_filter(self, tmp_path: Path) -> None:
        text = (
            "Subject: {{ 'x' ~ 1 }}\n\n{% set a, b = 1, 2 %}{{ a + b }} {{ [a, b] | join('-') }} "
            "{{ 'aXbXc' | replace('X', ', ', 1) }} {{ [3, 1] | sum }} {{ 'ab' + 'cd' }} "
            "{{ {'k': 'v'}.k }} {{ products | map('upper') | join(', ') }} "
            "{{ products | selectattr('upper') | list | length }} {{ 2.5 | round(1) }} "
            "{% if name in ['kim', 'alex'] %}{{ name | title | truncate(20) }}{% endif %}"
            "{% for p in products %} {{ loop.cycle('+', '-') }}{{ p }}{% endfor %}"
        )
        values = dict.fromkeys(mails.NAMES, "") | {"products": ["tea", "milk"], "name": "kim"}
        made = render(Template("x", "en", text, True, tmp_path / "x.txt"), values)
        assert made.subject == "x1"
        assert made.body.startswith("3 1-2 a, bXc 4 abcd v TEA, MILK 2 2.5 Kim +tea -milk")

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("{{ name.split() }}", "“split” is not safely callable; a template calls its own"),
            ("{{ 'about ' + months_silent }}", "“+” joins texts, or numbers; between the two"),
            ("{{ name | shout }}", "line 3: No filter named 'shout'."),
        ],
    )
    def test_what_a_template_may_not_do_is_told_with_what_it_may(
        self, tmp_path: Path, text: str, told: str
    ) -> None:
        values = dict.fromkeys(mails.NAMES, "") | {"months_silent": 7}
        with pytest.raises(BadInputError) as refused:
            render(Template("x", "en", f"Subject: x\n\n{text}", True, tmp_path / "x.txt"), values)
        said = str(refused.value)
        assert told in said
        assert "object at" not in said
        assert ".." not in said

    def test_a_template_without_the_line_on_objection_gets_it(self, tmp_path: Path) -> None:
        values: dict[str, Any] = dict.fromkeys(mails.NAMES, "") | {"objection": "Object here."}
        own = Template("x", "en", "Subject: x\n\nBuy.", True, tmp_path)
        assert render(own, values).body.endswith("--\nObject here.\n")

    def test_rung_and_reason_choose_the_template(self) -> None:
        known = mails.templates(SHIPPED)
        assert mails.choose(known, "de", "fix", "service").name == "fix-service"
        assert mails.choose(known, "de", "fix", "price").name == "fix"
        assert mails.choose(known, "de", "visit", "").name == "personal"
        assert mails.choose(known, "fr", "fix", "").language == "en"

    def test_one_s_own_stand_in_the_place_of_shipped_ones(self, desk: Desk) -> None:
        assert len(letters.copy_templates()) == len(mails.templates(SHIPPED))
        assert letters.copy_templates() == []
        own = letters.template_dir() / "en" / "personal.txt"
        own.write_text("Subject: Mine\n\n{{ greeting }} {{ city }}\n", encoding="utf-8")
        assert letters.mails_of(desk, [1], Asked(language="en"))[1].subject == "Mine"

    @given(st.dictionaries(st.sampled_from(["name", "person", "offer", "city"]), st.text()))
    @settings(max_examples=40)
    def test_no_text_of_a_customer_breaks_one(self, texts: dict[str, str]) -> None:
        values: dict[str, Any] = (
            dict.fromkeys(mails.NAMES, "") | {"products": [], "objection": "o"} | texts
        )
        template = Template("x", "en", "Subject: {{ name }}x\n\n{{ offer }}", True, Path("x"))
        assert "\n" not in render(template, values).subject


def test_templates_from_the_command_line() -> None:
    assert "{{ months_silent }} Monate ohne Sie{% else %}" in (
        winback("templates", "personal", "--language", "de").stdout
    )
    assert len(json.loads(winback("templates", "--format", "json").stdout)) == 18
    assert winback("templates", "--copy").stdout.count(".txt") == 18
    assert all(each["own"] for each in json.loads(winback("templates", "--format", "json").stdout))


# The app
