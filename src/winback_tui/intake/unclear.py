"""The one error that a person can answer: what a file leaves open, and which option says it."""

from winback_tui.errors import BadInputError


class UnclearError(BadInputError):
    """A file needs a word from its user; `asks` is decimal, order, sheet, mapping or currency.

    The sentence says which option of the command line answers it. `fact` is what is open and no
    more, without a full stop, for those who are asked elsewhere; `choices` are the answers, where
    they are few.
    """

    def __init__(
        self, sentence: str, asks: str, *, fact: str = "", choices: tuple[str, ...] = ()
    ) -> None:
        super().__init__(sentence)
        self.asks = asks
        self.fact = fact or sentence.partition("; say ")[0]
        self.choices = choices
