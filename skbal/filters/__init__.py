"""Label filters: which answers to trust, before and after they were taught.

`LabelLikelihoodFilter` trusts an answer if the posterior predictive of the model gives
it enough probability. The threshold is fixed or follows an estimate of the noise rate.
The functions check labels that were taught already, with models that have not seen
them (confident learning).
"""

from skbal._utils.names import missing_from
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

__getattr__ = missing_from(__name__)
