"""An index of one group of documents: TF-IDF weights, compared by cosine."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from datagateway_api.search.science.relevance.scorer import Item, bounded
from datagateway_api.search.science.relevance.words import stemmer, words

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import TfidfVectorizer

MOST_WORDS: Final = 100_000
"""Rarer words than these many are left out."""


class Index:
    """The weights of all words in all documents; unchangeable, so threads may share it."""

    def __init__(self, ids: Sequence[str], weights: "csr_matrix", model: "TfidfVectorizer") -> None:
        """Take what :func:`build` made."""
        self._ids = ids
        self._weights = weights
        self._model = model

    def scores(self, query: str) -> Mapping[str, float]:
        """Return the documents that share a word with a question, with their scores."""
        if not self._ids:
            return {}
        asked = self._model.transform([[*words(query, stemmer())]])
        found = (self._weights @ asked.T).tocoo()
        pairs = zip(found.row.tolist(), found.data.tolist(), strict=True)
        scored = {self._ids[row]: bounded(similarity) for row, similarity in pairs}
        return {pid: score for pid, score in scored.items() if score is not None}


def build(items: Iterable[Item]) -> Index:
    """Read all documents once and weigh their words."""
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer

    reading = _Reading(items)
    model = TfidfVectorizer(analyzer=list, dtype=np.float32, max_features=MOST_WORDS)
    try:
        weights = model.fit_transform(reading)
    except ValueError:
        if reading.has_words:
            raise
        # So scikit-learn says that there is nothing to weigh.
        return Index((), weights=None, model=model)
    return Index(tuple(reading.ids), weights.tocsr(), model)


class _Reading:
    """The documents' words, one document after another, noting what was read."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = items
        self.ids: list[str] = []
        self.has_words = False

    def __iter__(self) -> Iterator[list[str]]:
        stem = stemmer()
        for item in self._items:
            found = [*words(item.text, stem)]
            self.ids.append(item.id)
            self.has_words = self.has_words or bool(found)
            yield found
