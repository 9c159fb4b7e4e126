"""How well documents answer a question in plain words: one interface, two implementations.

The modules that need scikit-learn or an HTTP client are imported when they are switched on.
"""

from datagateway_api.search.science.relevance.scorer import Corpus, Item, Scorer

__all__ = ["Corpus", "Item", "Scorer"]
