"""scikit-learn's private functions that skbal uses, under one name each.

They stand in no documentation and may move with any release. Nothing else in skbal
imports a private name of scikit-learn; a test holds this.
"""

from sklearn.ensemble._base import _BaseHeterogeneousEnsemble as HeterogeneousEnsemble
from sklearn.model_selection._search import BaseSearchCV
from sklearn.utils import _safe_indexing as safe_indexing
from sklearn.utils.validation import _check_method_params as check_method_params
from sklearn.utils.validation import _check_sample_weight as check_sample_weight
from sklearn.utils.validation import _num_samples as num_samples

__all__ = [
    "BaseSearchCV",  # grid, random and halving searches
    "HeterogeneousEnsemble",  # voting and stacking
    "check_method_params",  # sample weights and the like, cut to some rows
    "check_sample_weight",
    "num_samples",  # len(X), or a TypeError that says what X is
    "safe_indexing",  # rows of arrays, lists, frames and sparse matrices
]
