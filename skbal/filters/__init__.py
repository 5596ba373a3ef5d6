"""Label filters: which answers to believe, before and after they were taught.

`LabelLikelihoodFilter` judges each answer by the model's own posterior predictive, by a
fixed threshold or by one that follows an estimate of the noise rate. The functions look
at labels that were taught already, by models that have not seen them, in the manner of
confident learning.
"""

from skbal.filters._confident import confident_joint, find_label_errors
from skbal.filters._likelihood import LabelLikelihoodFilter
from skbal.filters._out_of_fold import (
    out_of_fold_likelihood,
    out_of_fold_probabilities,
)

__all__ = [
    "LabelLikelihoodFilter",
    "confident_joint",
    "find_label_errors",
    "out_of_fold_likelihood",
    "out_of_fold_probabilities",
]
