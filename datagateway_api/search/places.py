"""Where in a filter something stands, written as one would point at it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A path such as ``filter.include[0].scope.where.and[1].title``."""

    text: str

    def __truediv__(self, name: str) -> "Place":
        """Step into a member of an object."""
        return Place(f"{self.text}.{name[:80]}")

    def __getitem__(self, number: int) -> "Place":
        """Step into an item of a list."""
        return Place(f"{self.text}[{number}]")

    def __str__(self) -> str:
        """Return the path."""
        return self.text if len(self.text) <= 200 else self.text[:197] + "…"
