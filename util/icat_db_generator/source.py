"""Where values come from: a pool of texts made once, and a stream of random choices per entity."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from random import Random
from typing import TypeVar

from faker import Faker

from util.icat_db_generator.rows import Row

T = TypeVar("T")

SENTENCES = 2000
WORDS = 600
NAMES = 500
COMPANIES = 200
# Odd and no multiple of five, so that counting in such steps visits every nine-digit number once.
ISBN_STEP = 617_283_951
ISBN_WEIGHTS = tuple(range(10, 1, -1))


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts to choose from, each once, because making them is slow. All are plain ASCII."""

    sentences: Sequence[str]
    words: Sequence[str]
    first_names: Sequence[str]
    last_names: Sequence[str]
    companies: Sequence[str]


def make_pool(seed: int) -> Pool:
    """Return the texts for a seed."""
    fake = Faker("en_US")
    fake.seed_instance(seed)
    return Pool(
        sentences=_each_once([fake.sentence(nb_words=8) for _ in range(SENTENCES)]),
        words=_each_once(fake.words(nb=WORDS, unique=True)),
        first_names=_each_once([fake.first_name() for _ in range(NAMES)]),
        last_names=_each_once([fake.last_name() for _ in range(NAMES)]),
        companies=_each_once([fake.company() for _ in range(COMPANIES)]),
    )


def _each_once(texts: Sequence[str]) -> Sequence[str]:
    """Drop texts that another one equals but for its case, as some databases compare them."""
    return tuple({text.lower(): text for text in texts}.values())


class Source:
    """The values of one entity: they depend on the seed alone, not on other entities' rows."""

    def __init__(self, pool: Pool, counts: Mapping[str, int], seed: int, entity: str) -> None:
        """Open an entity's stream; `counts` are the regular rows of each entity."""
        self.pool = pool
        self._counts = counts
        self._random = Random(f"{seed}/{entity}")
        self._isbn_start = self._random.randrange(10**9)

    def any_of(self, entity: str) -> int:
        """Return the id of any regular row of an entity."""
        return self.number(1, self._counts[entity])

    def number(self, least: int, most: int) -> int:
        """Return a whole number, the bounds included."""
        return least + int(self._random.random() * (most - least + 1))

    def choice(self, of: Sequence[T]) -> T:
        """Return one of these."""
        return of[int(self._random.random() * len(of))]

    def is_likely(self, chance: float) -> bool:
        """Say yes with a chance from 0 to 1."""
        return self._random.random() < chance

    def sentence(self) -> str:
        """Return one sentence, well below 255 characters."""
        return self.choice(self.pool.sentences)

    def text(self) -> str:
        """Return three sentences, cut to 255 characters."""
        return f"{self.sentence()} {self.sentence()} {self.sentence()}"[:255]

    def word(self) -> str:
        """Return one word in small letters."""
        return self.choice(self.pool.words)

    def path(self) -> str:
        """Return an absolute path of three parts."""
        return f"/{self.word()}/{self.word()}/{self.word()}.nxs"

    def url(self) -> str:
        """Return the address of a page in a domain that nobody owns."""
        return f"https://{self.word()}.example.org/{self.word()}"

    def hexadecimal(self, bits: int) -> str:
        """Return a number of so many bits, such as a checksum."""
        return f"{self._random.getrandbits(bits):0{bits // 4}x}"

    def isbn(self, number: int) -> str:
        """Return an ISBN-10, another one for each row number."""
        digits = f"{(self._isbn_start + number * ISBN_STEP) % 10**9:09}"
        total = sum(map(mul, ISBN_WEIGHTS, map(int, digits)))
        check = "0123456789X"[-total % 11]
        return f"{digits[0]}-{digits[1:5]}-{digits[5:]}-{check}"

    def orcid(self) -> str:
        """Return an ORCID iD whose last character checks the others (ISO 7064, mod 11-2)."""
        digits = f"00000001{self.number(5_000_000, 5_999_999)}"
        total = 0
        for digit in digits:
            total = (total + int(digit)) * 2
        number = digits + "0123456789X"[(12 - total % 11) % 11]
        return "-".join(number[start : start + 4] for start in range(0, 16, 4))


Maker = Callable[[int, Source], Row]
"""Makes the regular row of a number, which becomes its id."""
