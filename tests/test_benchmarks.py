"""The benchmarks see what they claim to see; how long anything takes is not tested."""

import sys
from pathlib import Path

import pytest
from benchmarks import programs, screen
from benchmarks.books import AS_OF, Bench
from benchmarks.commands import write_invoice_lines
from benchmarks.table import Line, missed, table
from benchmarks.terminal import Terminal, TimeoutOnScreenError

from winback_tui.desk.sample import make_sample


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    folder = tmp_path / "books"
    folder.mkdir()
    make_sample(folder / "book-60.db", 60, 1, AS_OF)
    return Bench(folder, programs.surroundings(tmp_path), 60, None, 1)


def test_the_terminal_sees_the_list_and_the_answer_to_a_key(bench: Bench) -> None:
    book = bench.book(60)
    with Terminal(programs.app(book, AS_OF), bench.environment) as terminal:
        first = terminal.first(screen.painted)
        terminal.first(screen.described)
        at = screen.cursor(terminal.lines)
        assert at is not None
        moved = terminal.answer("j", screen.stands(at + 1))
        assert screen.cursor(terminal.lines) == at + 1
        terminal.settle(0.2)
        with pytest.raises(ValueError, match="already"):
            terminal.answer("j", screen.stands(at + 1))
    assert first.seconds > 0
    assert moved.seconds > 0
    if sys.platform == "linux":
        assert first.memory is not None
        assert first.memory > 10_000_000
        assert first.processor


def test_what_does_not_show_is_an_error_with_the_screen(bench: Bench) -> None:
    command = [sys.executable, "-c", "print('good morning')"]
    with (
        Terminal(command, bench.environment) as terminal,
        pytest.raises(TimeoutOnScreenError, match="good morning"),
    ):
        terminal.first(lambda lines: "good night" in lines[0], timeout=20)


def test_characters_cut_by_a_read_are_put_together(bench: Bench) -> None:
    writes = (
        "import os, time\n"
        r"for part in (b'\x1b[?2026', b'h\x1b[3', b'1mM\xc3', b'\xbcller\x1b[', b'0m done'):"
        "\n    os.write(1, part); time.sleep(0.05)"
    )
    with Terminal([sys.executable, "-c", writes], bench.environment) as terminal:
        terminal.first(lambda lines: lines[0].startswith("Müller done"), timeout=20)


def test_a_command_that_fails_stops_the_benchmark(bench: Bench) -> None:
    with pytest.raises(RuntimeError, match="ended with 2"):
        programs.run(programs.winback("no-such-command"), bench.environment)


def test_a_generated_file_is_imported_like_the_real_one(bench: Bench) -> None:
    path, book = bench.folder / "lines.csv.gz", bench.folder / "import.db"
    write_invoice_lines(path, 500)
    done = programs.run(
        programs.winback("--db", str(book), "import", "transactions", str(path)), bench.environment
    )
    assert "500 rows read" in done.output
    assert "without a customer" in done.output
    assert done.seconds > 0


def test_a_target_is_held_to_the_ratio_or_to_the_value() -> None:
    held = Line("paint", 140.0, "ms", 100.0, "empty app", 1.5)
    slow = Line("key", 60.0, "ms", 100.0, "empty app", 50.0, judged="ours", note="5 to 9")
    told = Line("memory", 60.0, "MB")
    assert (held.holds, slow.holds, told.holds) == (True, False, None)
    assert missed([held, slow, told]) == 1
    drawn = table([held, slow, told]).splitlines()
    assert drawn[2].split("|")[3:7] == [" empty app 100 ms ", " 1.40 × ", " ≤ 1.5 × ", " yes   "]
    assert "< 50 ms" in drawn[3]
    assert drawn[-1] == "- key: 5 to 9"
    assert len({len(line) for line in drawn[:5]}) == 1
