"""Synthetic open-data releases, deterministic for a seed: no number in them means anything."""

from util.open_data.release import datasets, weights

__all__ = ["datasets", "weights"]
