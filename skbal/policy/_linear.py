"""LinearPolicy: a weighted sum of features, whose weights change with the labels."""

from dataclasses import replace
from numbers import Real

import numpy as np

from skbal._utils.parameters import check_parameters, own
from skbal._utils.validation import check_real
from skbal.policy._features import CANDIDATE_FEATURES, STATE_FEATURES
from skbal.policy._saving import SavedPolicy, limits_from, limits_rule

# These enter as log(offset + value): a row that the model is certain about has a low
# score, whatever else speaks for it.
OFFSETS = {"margin": 0.02, "smoother_margin": 0.05, "disagreement": 0.05}

_LARGEST = float(np.finfo(np.float64).max)  # an integer of JSON may be larger


def terms_of(features):
    """Return the terms of the sum, one column for each name in `CANDIDATE_FEATURES`.

    Parameters
    ----------
    features : ndarray of shape (n_candidates, n_candidate_features)
        As `policy_inputs` returns them.

    Returns
    -------
    terms : ndarray of shape (n_candidates, n_candidate_features)
        The features, or the logarithm of those that are in `OFFSETS`.
    """
    terms = np.array(features, dtype=np.float64)
    for name, offset in OFFSETS.items():
        column = CANDIDATE_FEATURES.index(name)
        terms[:, column] = np.log(offset + terms[:, column])
    return terms


def _weights_rule():
    def check(value, name, owner):
        if not isinstance(value, dict):
            raise TypeError(
                f"{name} of {owner} must be a dict of a weight for names of features, "
                f"got {value!r}."
            )
        for feature, weight in value.items():
            if feature not in CANDIDATE_FEATURES:
                raise ValueError(
                    f"{name} of {owner} must have names of CANDIDATE_FEATURES, got "
                    f"{feature!r}."
                )
            if not isinstance(weight, Real) or not abs(weight) <= _LARGEST:
                raise ValueError(
                    f"{name} of {owner} must have finite weights, got {weight!r} for "
                    f"{feature!r}."
                )

    return own(check, "a dict of a weight for names of features", ["margin"])


def n_late_rule():
    """Return the rule for the number of labels per class that is late."""

    def check(value, name, owner):
        if check_real(value, name, owner, low=1) == 1:
            raise ValueError(f"{name} of {owner} must be larger than 1, got {value}.")

    return own(check, "a real number > 1", 1)


class LinearPolicy(SavedPolicy):
    """Score rows by a weighted sum of features, whose weights change with the labels.

    With one label per class, the weights are ``early``. With ``n_late`` labels per
    class or more they are ``late``, and in between they change in equal steps of the
    logarithm of the labels per class.

    Parameters
    ----------
    early : dict of str to float
        Weights of features in `CANDIDATE_FEATURES`. Others have weight 0.
    late : dict of str to float, optional
        The same. ``None`` is ``early``.
    n_late : float, default=16
        Number of labels per class, larger than 1, from which on the weights are
        ``late``.
    limits : dict of str to tuple, optional
        Lowest and highest ``n_classes``, ``n_labels`` and ``n_pool`` that the policy is
        meant for. Beyond them, `LearnedQuery` falls back to the margin. ``None`` sets
        no limits.

    See Also
    --------
    PolicySearch : Finds the weights.

    Notes
    -----
    ``margin``, ``smoother_margin`` and ``disagreement`` enter as the logarithms of
    0.02, 0.05 and 0.05 plus their value. Since ``reduction``, ``weighted_reduction``
    and ``density`` are logarithms, the score is the logarithm of a product of powers:
    with weights of 1 for ``margin`` and 0.5 for ``density``, that of information
    density [1]_.

    References
    ----------
    .. [1] B. Settles and M. Craven (2008), An Analysis of Active Learning Strategies
       for Sequence Labeling Tasks, equation (13).

    Examples
    --------
    Two rows are about equally uncertain; the second one is where many others are.

    >>> import numpy as np
    >>> from skbal.policy import CANDIDATE_FEATURES, STATE_FEATURES, LinearPolicy
    >>> policy = LinearPolicy({"margin": 1.0, "density": 0.5}, {"margin": 1.0})
    >>> features = np.zeros((2, len(CANDIDATE_FEATURES)))
    >>> features[:, CANDIDATE_FEATURES.index("margin")] = 0.8, 0.7
    >>> features[:, CANDIDATE_FEATURES.index("density")] = 0.0, 1.0
    >>> state = np.zeros(len(STATE_FEATURES))
    >>> policy.score_candidates(features, state).argmax()
    np.int64(1)
    >>> state[STATE_FEATURES.index("labels_per_class")] = 4.0
    >>> policy.score_candidates(features, state).argmax()
    np.int64(0)
    """

    _parameter_rules = {
        "early": _weights_rule(),
        "late": replace(_weights_rule(), none=True),
        "n_late": n_late_rule(),
        "limits": limits_rule(),
    }

    def __init__(self, early, late=None, *, n_late=16, limits=None):
        self.early = early
        self.late = late
        self.n_late = n_late
        self.limits = limits

    def score_candidates(self, features, state):
        """Return the weighted sum of the features of each row.

        Parameters
        ----------
        features : ndarray of shape (n_candidates, n_candidate_features)
            One column for each name in `CANDIDATE_FEATURES`.
        state : ndarray of shape (n_state_features,)
            One number for each name in `STATE_FEATURES`.

        Returns
        -------
        scores : ndarray of shape (n_candidates,), dtype=float64

        Raises
        ------
        TypeError
            If a parameter is of the wrong kind.
        ValueError
            If a parameter has a wrong value.
        """
        check_parameters(self)
        return terms_of(features) @ self.weights(state)

    def weights(self, state):
        """Return the weights that are used in a state.

        Parameters
        ----------
        state : ndarray of shape (n_state_features,)
            One number for each name in `STATE_FEATURES`.

        Returns
        -------
        weights : ndarray of shape (n_candidate_features,), dtype=float64
        """
        doublings = state[STATE_FEATURES.index("labels_per_class")]
        part = np.clip(doublings / np.log2(self.n_late), 0, 1)
        early = _array_of(self.early)
        late = early if self.late is None else _array_of(self.late)
        return (1 - part) * early + part * late

    @property
    def _limits(self):
        return self.limits

    def _content(self):
        check_parameters(self)
        return self.get_params(deep=False)

    @classmethod
    def _from_content(cls, content):
        names = cls._get_param_names()
        policy = cls(**{name: content[name] for name in names if name in content})
        check_parameters(policy)
        policy.limits = limits_from(policy.limits, cls.__name__)
        return policy


def _array_of(weights):
    return np.array([weights.get(name, 0.0) for name in CANDIDATE_FEATURES])
