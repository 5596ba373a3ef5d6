"""Query strategies: which rows of a pool to label next, given posterior draws.

A strategy is called with a learner (or a fitted estimator) and a pool, and returns the
indices of rows, best first. ``score_pool`` returns the score of every row.
`DrawStrategy` and `QueryStrategy` are the bases of strategies of your own.
"""

from skbal._utils.names import missing_from
from skbal.base import QueryStrategy
from skbal.query._badge import BADGE
from skbal.query._bait import BAIT
from skbal.query._bald import BALD
from skbal.query._batch_bald._strategy import BatchBALD
from skbal.query._batch_variance import BatchVariance
from skbal.query._bemps import CoreLog, CoreMSE
from skbal.query._class_balanced import ClassBalanced
from skbal.query._committee import ConsensusEntropy, VoteEntropy
from skbal.query._density_weighted import DensityWeighted
from skbal.query._diversity_penalised import DiversityPenalised
from skbal.query._entropy import LeastConfident, Margin, MaxEntropy, VariationRatios
from skbal.query._epig import EPIG
from skbal.query._expected_error import (
    ExpectedErrorReduction,
    ValueOfInformation,
)
from skbal.query._greedy_sampling import GreedySampling
from skbal.query._joint_label_bald import JointLabelBALD
from skbal.query._k_center import KCenterGreedy
from skbal.query._kmeans_batch import KMeansBatch
from skbal.query._lcmd import LCMD
from skbal.query._per_cost import PerCost
from skbal.query._prob_cover import ProbCover
from skbal.query._random import Random
from skbal.query._relabel_or_new import RelabelOrNew
from skbal.query._spread import MeanSTD, PredictiveVariance
from skbal.query._stochastic import PowerBALD, SoftmaxBALD, SoftrankBALD
from skbal.query._strategy import DrawStrategy
from skbal.query._subsampled import Subsampled
from skbal.query._typi_clust import TypiClust
from skbal.query._variance_reduction import ExpectedVarianceReduction
from skbal.query._vote_bald import VoteBALD
from skbal.query._vote_epig import VoteEPIG

__all__ = [
    "BADGE",
    "BAIT",
    "BALD",
    "EPIG",
    "LCMD",
    "BatchBALD",
    "BatchVariance",
    "ClassBalanced",
    "ConsensusEntropy",
    "CoreLog",
    "CoreMSE",
    "DensityWeighted",
    "DiversityPenalised",
    "DrawStrategy",
    "ExpectedErrorReduction",
    "ExpectedVarianceReduction",
    "GreedySampling",
    "JointLabelBALD",
    "KCenterGreedy",
    "KMeansBatch",
    "LeastConfident",
    "Margin",
    "MaxEntropy",
    "MeanSTD",
    "PerCost",
    "PowerBALD",
    "PredictiveVariance",
    "ProbCover",
    "QueryStrategy",
    "Random",
    "RelabelOrNew",
    "SoftmaxBALD",
    "SoftrankBALD",
    "Subsampled",
    "TypiClust",
    "ValueOfInformation",
    "VariationRatios",
    "VoteBALD",
    "VoteEPIG",
    "VoteEntropy",
]

__getattr__ = missing_from(__name__)
