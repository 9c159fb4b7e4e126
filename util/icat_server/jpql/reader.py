"""Reading tokens one after the other, with ICAT's complaints where others come than expected."""

from collections.abc import Sequence

from util.icat_server.errors import IcatError
from util.icat_server.jpql.tokens import Token, bad


class Reader:
    """The tokens of a query and how far they are read."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0

    @property
    def place(self) -> int:
        """How many tokens are read."""
        return self._at

    def back_to(self, place: int) -> None:
        """Read on from an earlier place."""
        self._at = place

    def peek(self, *, ahead: int = 0) -> str | None:
        """Return the type of the next token, or of one behind it, or None at the end."""
        at = self._at + ahead
        return self._tokens[at].type if at < len(self._tokens) else None

    def next(self, *types: str) -> Token:
        """Take the next token, which must be of one of the types if any are given."""
        if self._at >= len(self._tokens):
            raise bad("Attempt to read beyond end")
        token = self._tokens[self._at]
        if types and token.type not in types:
            raise self.expected(*types)
        self._at += 1
        return token

    def take(self, *types: str) -> Token | None:
        """Take the next token if it is of one of the types."""
        return self.next() if self.peek() in types else None

    def until(self, *types: str) -> list[Token]:
        """Take all tokens before the first of one of the types."""
        taken = []
        while self.peek() is not None and self.peek() not in types:
            taken.append(self.next())
        return taken

    def expected(self, *types: str) -> IcatError:
        """Return the error for a next token that is of none of the types."""
        token = self._tokens[self._at]
        wanted = ", ".join(types)
        return bad(f"Expected token from types [{wanted}] at token {token.text} in {self.around()}")

    def end(self) -> None:
        """Demand that nothing follows."""
        if self._at < len(self._tokens):
            token = self._tokens[self._at]
            raise bad(f"No more input expected at token {token.text} in {self.around()}")

    def around(self) -> str:
        """Return the neighbourhood of the next token, itself in angle brackets."""
        before = [token.text for token in self._tokens[max(0, self._at - 2) : self._at]]
        after = [token.text for token in self._tokens[self._at + 1 : self._at + 3]]
        here = self._tokens[self._at].text if self._at < len(self._tokens) else ""
        return " ".join([*before, f"< {here} >", *after]) + " "
