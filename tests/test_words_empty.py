"""What is said where there is nothing to show."""

import pytest

from winback_tui.model import Tab
from winback_tui.words import empty


@pytest.mark.parametrize(
    ("tab", "said"),
    [
        (Tab.QUEUE, "Press 3 for those to watch, 4 for those who are gone, 5 for all."),
        (Tab.FOLLOWUPS, "Press 3 for those to watch, 4 for those who are gone, 5 for all."),
        (Tab.WATCH, "Press 4 for those who are gone, 5 for all."),
        (Tab.GONE, "Press 3 for those to watch, 5 for all."),
    ],
)
def test_an_empty_list_names_the_keys_of_the_others(tab: Tab, said: str) -> None:
    assert empty.other_lists(tab) == said


def test_an_empty_list_does_not_send_to_another_empty_one() -> None:
    sizes = {Tab.QUEUE: 0, Tab.WATCH: 0, Tab.GONE: 1, Tab.ALL: 1}
    said = empty.other_lists(Tab.QUEUE, sizes)
    assert said == "Press 4 for those who are gone, 5 for all."
    assert empty.other_lists(Tab.QUEUE, {}) == ""
