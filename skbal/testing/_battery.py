"""check_posterior_sampler: fit once, then test one promise at a time."""

from skbal._utils.random import check_seed
from skbal._utils.validation import check_fits, check_n_draws, check_real
from skbal.testing._case import Case
from skbal.testing._checks import CHECKS
from skbal.testing._run import check_skip, run_checks

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
    """Test whether the draws of an estimator keep their promises.

    A clone of the estimator is fitted on (X, y). Its draws, as found by
    `skbal.sampling.predict_samples`, are tested for:

    - ``shape``: three axes, as many draws as asked for;
    - ``finite``: no NaN, no infinity;
    - ``probabilities``: a classifier's draws are in [0, 1] and sum to one, or with
      several yes/no labels per row are in [0, 1];
    - ``classes``: its columns are in the order of ``classes_``, or of the labels;
    - ``mean``: the mean over draws is ``predict_proba`` or ``predict``, up to the
      standard error of the draws;
    - ``repeat``: the same seed gives the same draws, another seed or none other draws;
    - ``order``, ``chunks``, ``company``: the draws of a row depend neither on the order
      of the rows, nor on how they are cut into chunks, nor on the other rows;
    - ``duplicates``: equal rows have equal draws;
    - ``streams``: the global random streams of Python, NumPy and torch do not move;
    - ``flags``: modes, weights and buffers of torch modules do not change;
    - ``unchanged``: X does not change;
    - ``pickle``: a pickled copy gives the same draws;
    - ``refit``: a clone fitted with the same ``random_state`` gives the same draws.

    Parameters
    ----------
    estimator : estimator
        Cloned, so it need not be fitted. A ``random_state`` of None anywhere in its
        parameters is set to 0 in the clone.
    X : array-like of shape (n_samples, ...)
        Rows to fit and to predict, at least 4; a hundred are enough.
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        The targets.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : int, RandomState, Generator or None, default=0
        Seeds the draws that are compared.
    tolerance : float, default=1e-5
        Largest difference by rounding, as a fraction of the largest draw.
    n_standard_errors : float, default=5.0
        Largest difference between the mean over draws and the prediction, in standard
        errors.
    skip : dict of str to str, optional
        Names of checks that cannot pass, each with the reason.

    Returns
    -------
    results : dict of str to str
        ``"passed"`` for each check, or ``"skipped: "`` and the reason.

    Raises
    ------
    AssertionError
        If a promise is broken: which one, by how much, and where.
    TypeError
        If ``skip`` is not a dict or an argument is of the wrong kind.
    ValueError
        If ``skip`` names an unknown check or has no reason, or X has too few rows.

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
    check_fits(estimator, _OWNER)
    skip = check_skip(skip, CHECKS, _OWNER)
    case = Case(
        estimator,
        X,
        y,
        n_draws=None if n_draws is None else check_n_draws(n_draws, _OWNER),
        seed=check_seed(random_state, _OWNER),
        tolerance=check_real(tolerance, "tolerance", _OWNER, low=0),
        n_standard_errors=check_real(
            n_standard_errors, "n_standard_errors", _OWNER, low=0
        ),
    )
    return run_checks(CHECKS, case, skip, _OWNER)
