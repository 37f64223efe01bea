"""The trainer's own figures, which are claims until somebody else measures them."""

from __future__ import annotations

import numpy


def to_probabilities(margins: numpy.ndarray) -> numpy.ndarray:
    """The logistic function without overflow on either side."""
    exponentials = numpy.exp(-numpy.abs(margins))
    return numpy.where(margins >= 0, 1, exponentials) / (1 + exponentials)


def measure_auc(labels: numpy.ndarray, scores: numpy.ndarray) -> float:
    """By ranks: equal scores share theirs. Both labels must occur."""
    _, inverse, counts = numpy.unique(scores, return_inverse=True, return_counts=True)
    last_ranks = numpy.cumsum(counts)
    ranks = (last_ranks - (counts - 1) / 2)[inverse]
    is_positive = labels == 1
    positives = int(is_positive.sum())
    negatives = len(labels) - positives
    rank_sum = float(ranks[is_positive].sum())
    return (rank_sum - positives * (positives + 1) / 2) / (positives * negatives)


def measure_log_loss(labels: numpy.ndarray, margins: numpy.ndarray) -> float:
    """From margins, since a probability that rounds to 0 or 1 has no logarithm."""
    signed = numpy.where(labels == 1, -margins, margins)
    return float(numpy.logaddexp(0, signed).mean())
