"""The public function: fit once, hold the fitted estimator to one promise at a time."""

from skbal._utils.random import check_seed
from skbal._utils.validation import check_count, check_real
from skbal.testing._case import Case, NotApplicable
from skbal.testing._checks import CHECKS

_OWNER = "check_posterior_sampler"


def check_posterior_sampler(
    estimator,
    X,
    y,
    *,
    n_draws=None,
    random_state=0,
    tolerance=1e-5,
    n_standard_errors=5.0,
    skip=None,
):
    """Return which promises of its draws an estimator keeps; raise at a broken one.

    A clone of the estimator is fitted on (X, y), and its draws, as
    `skbal.sampling.predict_samples` finds them, are held to:

    - ``shape``: three axes, as many draws as asked for;
    - ``finite``: no NaN, no infinity;
    - ``probabilities``: a classifier's draws are in [0, 1] and sum to one;
    - ``classes``: its columns are in the order of ``classes_``;
    - ``mean``: the mean over draws is ``predict_proba`` or ``predict``, up to the
      standard error of the draws;
    - ``repeat``: the same seed, the same draws; another or none, others;
    - ``order``, ``chunks``, ``company``: the draws of a row do not depend on the order
      of the rows, on how they are cut into pieces, or on the other rows;
    - ``duplicates``: equal rows get equal draws;
    - ``streams``: the global streams of Python, NumPy and torch stay where they were;
    - ``flags``: so do the modes, weights and buffers of torch modules;
    - ``unchanged``: so does X;
    - ``pickle``: a pickled copy gives the same draws;
    - ``refit``: so does a clone fitted anew with the same ``random_state``.

    Parameters
    ----------
    estimator : estimator
        Cloned, so it need not be fitted. A ``random_state`` of None anywhere in its
        parameters is set to 0 in the clone.
    X : array-like of shape (n_samples, ...)
        The rows to fit on and to draw for, at least 4; a hundred are enough.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The targets.
    n_draws : int, optional
        How many draws the checks look at; None takes the estimator's own number.
    random_state : int, RandomState, Generator or None, default=0
        The seed of the draws that are compared.
    tolerance : float, default=1e-5
        How far draws may differ by rounding, as a part of the largest draw.
    n_standard_errors : float, default=5.0
        How far the mean over draws may be from the prediction.
    skip : dict of str to str, optional
        Names of checks that cannot hold, each with the reason.

    Returns
    -------
    results : dict of str to str
        For each check ``"passed"``, or ``"skipped: "`` and the reason.

    Raises
    ------
    AssertionError
        If a promise is broken: which one, by how much, and where.
    TypeError
        If ``skip`` is no dict or an argument is of the wrong kind.
    ValueError
        If ``skip`` names an unknown check or gives no reason, or X has too few rows.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.ensemble import ExtraTreesClassifier
    >>> from skbal.testing import check_posterior_sampler
    >>> X, y = load_iris(return_X_y=True)
    >>> results = check_posterior_sampler(ExtraTreesClassifier(10), X[::5], y[::5])
    >>> results["chunks"]
    'passed'
    """
    skip = _check_skip(skip)
    case = Case(
        estimator,
        X,
        y,
        n_draws=None if n_draws is None else check_count(n_draws, "n_draws", _OWNER),
        seed=check_seed(random_state, _OWNER),
        tolerance=check_real(tolerance, "tolerance", _OWNER, low=0),
        n_standard_errors=check_real(
            n_standard_errors, "n_standard_errors", _OWNER, low=0
        ),
    )
    return {name: _result(name, case, skip) for name in CHECKS}


def _check_skip(skip):
    if skip is None:
        return {}
    if not isinstance(skip, dict):
        raise TypeError(
            f"skip of {_OWNER} must be a dict of check names to reasons, "
            f"got {skip!r} ({type(skip).__name__})."
        )
    for name, reason in skip.items():
        if name not in CHECKS:
            raise ValueError(
                f"skip of {_OWNER} must name checks out of {', '.join(CHECKS)}; "
                f"got {name!r}."
            )
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(
                f"skip of {_OWNER} must give a reason why {name!r} cannot hold, "
                f"got {reason!r}."
            )
    return skip


def _result(name, case, skip):
    if name in skip:
        return f"skipped: {skip[name]}"
    try:
        CHECKS[name](case)
    except NotApplicable as reason:
        return f"skipped: {reason}"
    except Exception as error:
        error.add_note(f"In the check {name!r} of {_OWNER}.")
        raise
    return "passed"
