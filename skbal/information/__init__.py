"""Scores of rows from an array of posterior draws: pure functions, in nats.

Draws have three axes, (n_samples, n_draws, n_outputs). The functions need nothing else,
no model and no data. They work on chunks of rows that fit into the processor's cache,
make no second copy of the draws, and do not change the array.
"""

from skbal._utils.names import missing_from
from skbal.information._annotators import (
    annotator_information,
    noisy_label_information,
)
from skbal.information._answer_likelihood import answer_log_likelihood
from skbal.information._answers import answer_distribution, answer_information
from skbal.information._committee import committee_vote_entropy
from skbal.information._entropy import (
    expected_entropy,
    margin,
    mutual_information,
    predictive_entropy,
    variation_ratio,
)
from skbal.information._epig import expected_predictive_information_gain
from skbal.information._joint import joint_entropy, joint_mutual_information
from skbal.information._labels import joint_label_information, label_information
from skbal.information._loss import expected_loss, expected_loss_reduction
from skbal.information._more_votes import more_vote_information
from skbal.information._spread import mean_std, predictive_variance
from skbal.information._vote_epig import expected_vote_information_gain
from skbal.information._vote_interval import vote_interval
from skbal.information._vote_likelihood import vote_log_likelihood
from skbal.information._votes import (
    vote_distribution,
    vote_information_curve,
    vote_mutual_information,
)

__all__ = [
    "annotator_information",
    "answer_distribution",
    "answer_information",
    "answer_log_likelihood",
    "committee_vote_entropy",
    "expected_entropy",
    "expected_loss",
    "expected_loss_reduction",
    "expected_predictive_information_gain",
    "expected_vote_information_gain",
    "joint_entropy",
    "joint_label_information",
    "joint_mutual_information",
    "label_information",
    "margin",
    "mean_std",
    "more_vote_information",
    "mutual_information",
    "noisy_label_information",
    "predictive_entropy",
    "predictive_variance",
    "variation_ratio",
    "vote_distribution",
    "vote_information_curve",
    "vote_interval",
    "vote_log_likelihood",
    "vote_mutual_information",
]

__getattr__ = missing_from(__name__)
