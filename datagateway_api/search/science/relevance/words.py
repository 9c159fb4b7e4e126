"""The words of a text, as they are compared: without case, accents and endings."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

LONGEST_TEXT: Final = 20_000
LONGEST_WORD: Final = 64
STEMS_KEPT: Final = 100_000
"""What is beyond these counts no more; it keeps memory and time within bounds."""

Stem = Callable[[str], str]

_IDEOGRAPHS: Final = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{_IDEOGRAPHS}]|[^\W_{_IDEOGRAPHS}]+")
_IDEOGRAPH: Final = re.compile(rf"[{_IDEOGRAPHS}]")
_OWNERS: Final = re.compile(r"['’]s\b")
_APOSTROPHES: Final = re.compile(r"(?<=\w)['’](?=\w)")
_STOP_WORDS: Final = """
    about above after again against all also am an and any are arent as at be because been before
    being below between both but by can cannot could did didnt do does doesnt doing dont down during
    each either else few for from further had has hasnt have having he her here hers him his how if
    in into is isnt it its itself just let may me might more most must my neither no nor not of off
    on once only or other our ours out over own same shall she should so some such than that the
    their theirs them then there these they this those through thus to too under until up upon us
    very via was wasnt we were what when where whether which while who whom whose why will with
    within without would you your yours
"""
STOP_WORDS: Final = frozenset(_STOP_WORDS.split())
"""Words that say nothing. Shorter than the usual lists, which drop "system", "fire" and "mill"."""


def stemmer() -> Stem:
    """Return a stemmer for one thread, which remembers the words that it has seen."""
    import snowballstemmer

    stem: Stem = snowballstemmer.stemmer("english").stemWord
    return lru_cache(STEMS_KEPT)(stem)


def words(text: str, stem: Stem) -> Iterator[str]:
    """Yield the stems of a text's words; single letters and words that say nothing are left out.

    Scripts without blanks between words give one word a sign.
    """
    bare = _APOSTROPHES.sub("", _OWNERS.sub("", _bare(text[:LONGEST_TEXT].casefold())))
    for word in _WORD.findall(bare):
        if _IDEOGRAPH.match(word):
            yield word
        elif 1 < len(word) <= LONGEST_WORD and word not in STOP_WORDS:
            yield stem(word)


def _bare(text: str) -> str:
    """Take the accents off."""
    if text.isascii():
        return text
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))
