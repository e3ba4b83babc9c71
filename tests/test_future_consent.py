"""A consent that is dated after today is told as such, and opens nothing until its day."""

import json
from pathlib import Path

from tests.little import AS_OF, fill, winback


def test_a_consent_of_the_future_is_told_and_opens_nothing(tmp_path: Path) -> None:
    book = fill(tmp_path / "book.db")
    file = tmp_path / "consents.csv"
    file.write_text(
        "customer,channel,event,at\n1001,email,granted,2099-01-01\n1002,email,granted,2026-05-01\n"
    )
    command = ("--db", book, "--as-of", AS_OF)
    told = winback(*command, "import", "consents", file, "--format", "json")
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["files"][0]["future"] == 1
    shown = json.loads(
        winback(*command, "list", "--tab", "all", "--where", "email:allowed",
                "--format", "json").stdout
    )  # fmt: skip
    assert [each["customer"] for each in shown] == ["1002"]
