"""What the rows of a file say about customers and products, gathered batch by batch.

What a batch costs does not grow with what was gathered before it.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

#: Counts that are kept before they are added up.
_MANY: Final = 300_000
#: So many codes with several values are looked at, and of each so many values.
_SHOWN: Final = 1_000
#: A key and a value make one number: the key is multiplied by this.
_SHIFT: Final = 2**32
#: A one that numpy adds to counts without looking for a type that holds both.
_ONE: Final = np.uint32(1)


class _Texts:
    """Texts and the numbers from 0 that stand for them, in the order in which they came."""

    def __init__(self) -> None:
        self._kind = pl.Categorical(pl.Categories.random("winback", pl.UInt32))
        # The texts are forgotten with the last series of this kind.
        self._held: pl.Series | None = None
        self.height = 0

    def of(self, texts: pl.Series) -> pl.Series:
        """Return the number of each text; new texts get new ones."""
        found = texts.cast(self._kind)
        if self._held is None:
            self._held = found
        numbers = found.to_physical()
        most = numbers.max()
        if isinstance(most, int):
            self.height = max(self.height, most + 1)
        return numbers

    def text(self, numbers: pl.Series) -> pl.Series:
        """Return the texts that numbers stand for."""
        return numbers.cast(pl.UInt32).cat.to(self._kind).cast(pl.String)


class Codes:
    """Numbers texts (customers, products) in the order in which a file first names them."""

    def __init__(self) -> None:
        self._texts = _Texts()

    def of(self, texts: pl.Series) -> pl.Series:
        """Return the code of each text, new ones for new texts."""
        return self._texts.of(texts).cast(pl.Int64)

    def frame(self, name: str) -> pl.DataFrame:
        """Return all texts, in a column called `name`, and in `code` their codes, in order."""
        codes = pl.Series("code", range(self._texts.height), dtype=pl.Int64)
        if codes.is_empty():
            return pl.DataFrame(schema={name: pl.String, "code": pl.Int64})
        texts = self._texts.text(codes).alias(name)
        return pl.DataFrame([texts, codes.set_sorted()])


class Usual:
    """The most frequent value of some columns per code, such as a customer's usual name."""

    def __init__(self, columns: Sequence[str]) -> None:
        self._columns = {column: _Counted() for column in columns}

    def see(self, codes: pl.Series, frame: pl.DataFrame) -> None:
        """Count the values of a batch, whose rows are of `codes`; blank ones do not count."""
        for column, counted in self._columns.items():
            filled = frame[column] != ""
            if not filled.any():
                continue
            if filled.all():
                counted.see(codes, frame[column])
            else:
                counted.see(codes.filter(filled), frame[column].filter(filled))

    def several(self, column: str) -> list[tuple[int, list[str]]]:
        """Return codes with more than one value of a column, the first so many, with some each."""
        return self._columns[column].several()

    def join(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return a frame of all codes in order with the usual value of each column, or null; once.

        What was counted is forgotten.
        """
        for column, counted in self._columns.items():
            frame = frame.with_columns(counted.usual(frame.height).alias(column))
            self._columns[column] = _Counted()
        return frame


class _Counted:
    """How often each code came with each value of one column.

    Most customers have one name, so that the first value of each code is counted by itself.
    """

    def __init__(self) -> None:
        self._texts = _Texts()
        self._first = pl.Series([], dtype=pl.UInt32)
        # What of 64 bits is the same is taken for the same: among millions of names it is.
        self._hashes = np.zeros(0, np.uint64)
        self._times = np.zeros(0, np.uint32)
        self._pairs = _no_pairs()
        self._new: list[pl.DataFrame] = []

    def see(self, codes: pl.Series, values: pl.Series) -> None:
        """Count values of codes, none of them blank."""
        most = codes.max()
        if not isinstance(most, int):
            return
        self._make_room(most + 1)
        mine = codes.to_numpy()
        same = (self._hashes[mine] == values.hash().to_numpy()) & (self._times[mine] > 0)
        if same.all():
            np.add.at(self._times, mine, _ONE)
            return
        np.add.at(self._times, mine[same], _ONE)
        others = pl.Series(~same)
        self._see_others(codes.filter(others), values.filter(others))

    def _see_others(self, codes: pl.Series, values: pl.Series) -> None:
        """Count values that are new, or not the first of their code."""
        pairs = codes * _SHIFT + self._texts.of(values).cast(pl.Int64)
        seen = _added([pl.DataFrame({"pair": pairs}).with_columns(times=1)])
        code, value, times = _code(seen), _value(seen), seen["times"].cast(pl.UInt32)
        begins = (code != code.shift()).fill_null(value=True)
        new = begins & self._first.gather(code).is_null()
        if new.any():
            mine, first = code.filter(new), value.filter(new)
            self._first = self._first.scatter(mine, first)
            self._hashes[mine.to_numpy()] = self._texts.text(first).hash().to_numpy()
        same = self._first.gather(code) == value
        np.add.at(self._times, code.filter(same).to_numpy(), times.filter(same).to_numpy())
        if not same.all():
            self._new.append(seen.filter(~same))
            if sum(each.height for each in self._new) > max(_MANY, self._pairs.height // 2):
                self._add_up()

    def _make_room(self, height: int) -> None:
        missing = height - len(self._first)
        if missing > 0:
            none = pl.Series([None], dtype=pl.UInt32).new_from_index(0, missing)
            self._first = pl.concat([self._first, none], rechunk=True)
        if height > len(self._times):
            # More than is needed now: they are made longer only a few times.
            size = max(height, 5 * len(self._times) // 4)
            self._times.resize(size, refcheck=False)
            self._hashes.resize(size, refcheck=False)

    def _add_up(self) -> None:
        self._pairs = _added([self._pairs, *self._new])
        self._new.clear()

    def several(self) -> list[tuple[int, list[str]]]:
        """Return the first codes that came with more than one value, with some of their values."""
        self._add_up()
        if self._pairs.is_empty():
            return []
        codes = _code(self._pairs).unique().sort().head(_SHOWN)
        mine = self._pairs.filter(_code(self._pairs).is_in(codes.implode()))
        values = pl.DataFrame({
            "code": [*codes, *_code(mine)],
            "text": self._texts.text(pl.concat([self._first.gather(codes), _value(mine)])),
        })  # fmt: skip
        found: dict[int, list[str]] = {}
        for code, text in values.iter_rows():
            held = found.setdefault(code, [])
            if len(held) < _SHOWN:
                held.append(text)
        return list(found.items())

    def usual(self, height: int) -> pl.Series:
        """Return the most frequent value of each code below `height`."""
        if not self._texts.height:
            return pl.Series([None]).new_from_index(0, height)
        self._make_room(height)
        self._add_up()
        if self._pairs.is_empty():
            return self._texts.text(self._first)
        others = pl.DataFrame(
            {
                "code": _code(self._pairs),
                "value": _value(self._pairs),
                "times": self._pairs["times"],
            }
        )
        codes = others["code"].unique()
        firsts = pl.DataFrame(
            {
                "code": codes,
                "value": self._first.gather(codes),
                "times": self._times[codes.to_numpy()].astype(np.int64),
            }
        )
        every = pl.concat([firsts, others])
        # Of equally frequent ones the first by the alphabet: the order of lines means nothing.
        chosen = (
            every.with_columns(self._texts.text(every["value"]).alias("text"))
            .sort("code", "times", "text", descending=[False, True, False])
            .unique("code", keep="first", maintain_order=True)
        )
        return self._texts.text(self._first.scatter(chosen["code"], chosen["value"]))


def _code(pairs: pl.DataFrame) -> pl.Series:
    return pairs["pair"] // _SHIFT


def _value(pairs: pl.DataFrame) -> pl.Series:
    return (pairs["pair"] % _SHIFT).cast(pl.UInt32)


def _no_pairs() -> pl.DataFrame:
    return pl.DataFrame(schema={"pair": pl.Int64, "times": pl.Int64})


def _added(counts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the counts of each pair added up, in the order of the pairs."""
    ordered = pl.concat([each.select(_no_pairs().columns).cast(pl.Int64) for each in counts])
    ordered = ordered.sort("pair")
    pair = ordered["pair"]
    ends = (pair != pair.shift(-1)).fill_null(value=True).arg_true()
    summed = ordered["times"].cum_sum().gather(ends)
    return pl.DataFrame(
        {"pair": pair.gather(ends), "times": summed - summed.shift(1, fill_value=0)}
    )
