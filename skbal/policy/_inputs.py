"""What a policy sees of a learner and a pool."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import issparse

from skbal._utils.features import check_powers_finite
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed
from skbal._utils.unwrap import unwrap
from skbal._utils.walk import gathered, walk
from skbal.exceptions import PolicyInputsError
from skbal.information import mutual_information
from skbal.policy._features import TaskView, candidate_features, state_features
from skbal.policy._geometry import Geometry
from skbal.query._features import compute, feature_function
from skbal.sampling._mean import draws_or_mean


class PolicyInputs(NamedTuple):
    """What a policy sees.

    Parameters
    ----------
    candidates : ndarray of shape (n_pool, n_candidate_features)
        Features of each row of the pool, as `CANDIDATE_FEATURES` names them.
    state : ndarray of shape (n_state_features,)
        Features of the whole, as `STATE_FEATURES` names them.
    n_classes : int
        Number of classes that the model knows.
    n_labels : int
        Number of labelled rows.
    """

    candidates: np.ndarray
    state: np.ndarray
    n_classes: int
    n_labels: int


def policy_inputs(learner, X_pool, *, features="input", n_draws=None, random_state=0):
    """Return what a policy sees of a learner and a pool.

    Parameters
    ----------
    learner : learner
        It holds a fitted classifier, and the labelled rows as ``X_training`` and
        ``y_training``.
    X_pool : array-like of shape (n_pool, ...)
        The unlabelled rows.
    features : {"model", "input"} or callable, default="input"
        What distances are computed from. "model" uses the input of the last layer: the
        ``transform`` of the estimator, or the columns of a linear model. "input" uses
        the flattened input of the model, after the transformers of a ``Pipeline``. A
        function takes rows and returns an array of shape (n_rows, n_features).
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : int, RandomState or Generator, default=0
        Seeds the posterior draws. ``None`` draws a fresh seed.

    Returns
    -------
    inputs : PolicyInputs
        The features of the candidates and of the state, see the notes.

    Raises
    ------
    PolicyInputsError
        If something that the features need is missing: labelled rows, two classes, or
        features that are numbers in dense rows.

    Notes
    -----
    Distances are those of columns with mean 0 and standard deviation 1 over the pool
    and the labelled rows. The *smoother* is a Gaussian process on the one-hot labels,
    with a Gaussian kernel whose length scale is half of the median distance: a second
    opinion that does not depend on the model. *Anchors* are up to 100 rows that stand
    for all. The candidate features are

    - ``margin``: one minus the difference between the two largest probabilities;
    - ``entropy``: of the mean prediction, as a fraction of its largest value;
    - ``bald``: the mutual information of label and model, as a fraction of the largest
      entropy; 0 for a model without draws;
    - ``margin_rank``: the fraction of the pool with a smaller ``margin``;
    - ``novelty``: the posterior variance of the smoother, as a fraction of that without
      labels; 1 far away from all labels;
    - ``density``: the mean similarity to the anchors;
    - ``reduction``: how far a label lowers the variance of the smoother at the anchors,
      as in `skbal.query.ExpectedVarianceReduction`;
    - ``weighted_reduction``: the same, where an anchor counts as much as its margin;
    - ``neighbourhood``: the mean margin of the anchors, weighted by similarity;
    - ``smoother_margin``: the margin of the smoother's prediction;
    - ``disagreement``: the probability that the model and the smoother, each drawing a
      class, name different ones;
    - ``rarity``: the probability that a labelled row, chosen at random, has another
      class than the predicted one.

    ``density``, ``reduction`` and ``weighted_reduction`` are logarithms of the ratio to
    the mean of the pool. The features of the state are

    - ``n_labels`` and ``labels_per_class``: logarithms to base 2;
    - ``mean_margin``, ``mean_bald``, ``mean_novelty``: means over the pool;
    - ``agreement``: the fraction of the pool for which the model and the smoother
      predict the same class;
    - ``smoother_accuracy``: the fraction of labelled rows that the smoother predicts
      right if the label of the row is left out;
    - ``balance``: the entropy of the shares of the classes among the labelled rows, as
      a fraction of its largest value.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal import ActiveLearner
    >>> from skbal.policy import policy_inputs
    >>> X, y = [[0.0], [4.0]], [0, 1]
    >>> learner = ActiveLearner(LogisticRegression(), X_training=X, y_training=y)
    >>> inputs = policy_inputs(learner, [[0.5], [2.0], [3.0]])
    >>> inputs.candidates.shape, inputs.n_labels
    ((3, 12), 2)
    """
    seed = check_seed(random_state, "policy_inputs")
    owner = "policy_inputs"
    return inputs_of(
        observe(learner, X_pool, owner, features=features, n_draws=n_draws, seed=seed)
    )


def inputs_of(task):
    """Return the `PolicyInputs` of a `TaskView`."""
    rows, state = candidate_features(task), state_features(task)
    return PolicyInputs(rows, state, task.n_classes, len(task.codes))


def observe(learner, X_pool, owner, *, features, n_draws, seed, **chunks):
    """Return what the features of `policy_inputs` are computed from.

    Parameters
    ----------
    learner, X_pool, features, n_draws
        As in `policy_inputs`.
    owner : str
        Name of the caller, for messages.
    seed : int
        Seeds the posterior draws.
    **chunks
        ``batch_size``, ``n_jobs`` and ``verbose`` of a walk over the rows.

    Returns
    -------
    task : TaskView
    """
    labelled = getattr(learner, "X_training", None)
    if labelled is None or n_rows(labelled) == 0:
        raise PolicyInputsError(
            f"{owner} needs a learner with a record of labelled rows, X_training and "
            f"y_training, but this {type(learner).__name__} has none."
        )
    codes = _codes(learner, owner)
    function = feature_function(learner, features, owner)
    pool, known = (compute(function, rows, **chunks)[0] for rows in (X_pool, labelled))
    geometry = _geometry(pool, known, owner)

    def draw(rows):
        return draws_or_mean(learner, rows, n_draws, random_state=seed, n_jobs=1)

    found = gathered(walk(draw, X_pool, then=_reduced, **chunks), n_rows(X_pool))
    rows = np.arange(len(geometry.rows))
    n_pool = len(pool)
    return TaskView(*found, geometry, rows[:n_pool], rows[n_pool:], codes)


def _codes(learner, owner):
    """Return the classes of the labelled rows as columns of the predictions."""
    model = unwrap(learner)[1]
    classes = getattr(model, "classes_", ())
    if isinstance(classes, list):  # a list of arrays, in scikit-learn
        raise PolicyInputsError(
            f"{owner} needs a classifier of one column of labels, and "
            f"{type(model).__name__} knows {len(classes)} columns."
        )
    classes = np.asarray(classes).tolist()
    if len(classes) < 2:
        raise PolicyInputsError(
            f"{owner} needs a classifier that knows at least two classes, and "
            f"{type(model).__name__} knows {classes}."
        )
    column = {label: code for code, label in enumerate(classes)}
    labels, strange = np.asarray(learner.y_training), "labels of several columns"
    if labels.ndim == 1:
        codes = [column.get(label) for label in labels.tolist()]
        if None not in codes:
            return np.array(codes, dtype=np.intp)
        strange = repr(labels[codes.index(None)])
    raise PolicyInputsError(
        f"{owner} needs labels that are classes of {type(model).__name__}, got "
        f"{strange}."
    )


def _geometry(pool, known, owner):
    if issparse(pool) or issparse(known):
        raise PolicyInputsError(
            f"{owner} measures distances in dense rows, and these are sparse. Give "
            "features a function that returns fewer, dense columns."
        )
    if pool.shape[1] != known.shape[1]:
        raise PolicyInputsError(
            f"{owner} needs as many features of the pool as of the labelled rows, got "
            f"{pool.shape[1]} and {known.shape[1]}."
        )
    check_powers_finite(pool, f"features of {owner}")
    check_powers_finite(known, f"features of {owner}")
    return Geometry(np.concatenate([pool, known]))


def _reduced(draws):
    return draws.mean(axis=1, dtype=np.float64), mutual_information(draws)
