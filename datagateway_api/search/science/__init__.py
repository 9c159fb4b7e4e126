"""What a scientist's question means: units, techniques with their descendants, relevance."""
