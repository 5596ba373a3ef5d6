"""Query strategies: which rows of a pool to ask about, seen through posterior draws.

A strategy is called with a learner (or a fitted estimator) and a pool, and answers with
positions in the pool, best first; ``score_pool`` gives the score of every row.
"""

from skbal.query._bald import BALD, PowerBALD
from skbal.query._batch_variance import BatchVariance
from skbal.query._entropy import MaxEntropy, VariationRatios
from skbal.query._epig import EPIG
from skbal.query._random import Random
from skbal.query._spread import MeanSTD, PredictiveVariance

__all__ = [
    "BALD",
    "EPIG",
    "BatchVariance",
    "MaxEntropy",
    "MeanSTD",
    "PowerBALD",
    "PredictiveVariance",
    "Random",
    "VariationRatios",
]
