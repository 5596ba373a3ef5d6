"""The information of votes on a pool row about votes on target rows."""

import numpy as np

from skbal._utils.draws import NUMBERS_IN_CACHE, check_draws
from skbal._utils.votes import check_n_votes
from skbal.information._binomials import vote_table
from skbal.information._probabilities import without_rounding
from skbal.information._targets import TARGET_COLUMNS, Targets
from skbal.information._vote_checks import chunks_of_one_number, inverse_concentration

_OWNER = "expected_vote_information_gain"


def expected_vote_information_gain(
    rho_pool,
    rho_target,
    n_votes,
    n_votes_target=1,
    concentration=None,
    concentration_target=None,
):
    """Return the information between votes on a row and those on targets, in nats.

    It is the mean over target rows x* of I[k; k* | x, x*] for k of n votes on x and k*
    of n* votes on x*. Votes on different rows are independent given the draw, so that

        p(k, k*) = mean over draws of p(k | rho) p(k* | rho*),

    which is a product of two tables. The sums over k and k* are exact. This is the
    expected predictive information gain [1]_ with numbers of votes for labels. With
    ``n_votes = n_votes_target = 1`` it is `expected_predictive_information_gain` of the
    draws (1 - rho, rho).

    Parameters
    ----------
    rho_pool : array-like of shape (n_samples, n_draws, n_questions)
        Draws of the probability that one volunteer says yes, in [0, 1].
    rho_target : array-like of shape (n_targets, n_draws, n_questions)
        The same for the targets. Draw s must use the same weights as draw s of the
        pool.
    n_votes : int or array-like of shape (n_samples,) or (n_samples, n_questions)
        n, the number of volunteers asked about a row of the pool, 0 or more.
    n_votes_target : int or array-like of shape (n_targets,) or (n_targets, \
n_questions), default=1
        n*, the number of volunteers whose votes on a target are to be predicted.
    concentration : None, float or array-like of shape (n_questions,) or (n_samples, \
n_questions)
        Concentration of beta-binomial votes on the pool, as in `vote_distribution`.
    concentration_target : None, float or array-like of shape (n_questions,) or \
(n_targets, n_questions)
        The same for votes on targets. It makes no difference to one vote.

    Returns
    -------
    gain : ndarray of shape (n_samples, n_questions), dtype=float64
        In [0, log(n + 1)], and at most `vote_mutual_information` of the pool and the
        mean of that of the targets. Values below the rounding error, near 1e-13, are
        set to 0.

    Raises
    ------
    TypeError
        If ``n_votes`` or ``n_votes_target`` does not hold integers, or a concentration
        does not hold numbers.
    ValueError
        If the numbers of draws or of questions differ, there are no targets, the draws
        are not in [0, 1], or an argument has a wrong value or shape.

    Notes
    -----
    A target is a different row from that of the pool, even if their features are
    equal: if votes are beta-binomial, each of the two has its own share of yes votes.

    With few draws, two rows seem to depend on each other by chance, which makes the
    result too high. If the votes on the two rows have little information and in fact
    say nothing about each other, it is near

        2 I[k; w] I[k*; w] / (n_draws - 1),

    with the information about the weights w from `vote_mutual_information`, and it is
    larger if the votes have much information. So rows whose own votes have much
    information have an advantage. More draws reduce this error, more votes or targets
    do not.

    A pool of m rows and t targets takes m * t * (n + 1) * (n* + 1) * n_draws
    multiplications, in matrix products of a few megabytes each. A chunk holds the
    tables of at least one row.

    References
    ----------
    .. [1] F. Bickford Smith, A. Kirsch, S. Farquhar, Y. Gal, A. Foster and T. Rainforth
       (2023), Prediction-Oriented Bayesian Active Learning.

    Examples
    --------
    Four draws are certain about three rows. The votes on the first row of the pool tell
    all about the target, those on the second nothing:

    >>> target = [[[0.0], [0.0], [1.0], [1.0]]]
    >>> other = [[0.0], [1.0], [0.0], [1.0]]
    >>> expected_vote_information_gain([target[0], other], target, 5).round(4)
    array([[0.6931],
           [0.    ]])
    """
    pool = check_draws(rho_pool, _OWNER, name="rho_pool")
    target = check_draws(rho_target, _OWNER, name="rho_target")
    _check_both(pool, target)
    pool = _Side(pool, n_votes, concentration, "")
    target = _Side(target, n_votes_target, concentration_target, "_target")
    gain = np.zeros(pool.n_votes.shape)
    n_draws = pool.rho.shape[1]
    for rows, question, table in target.tables(_n_targets):
        targets, n_columns = Targets(table), table[:, 0].size
        for rows, _, table in pool.tables(_n_rows_of(n_draws, n_columns), question):
            gain[rows, question] += targets.information(table)
    gain /= len(target.rho)
    return without_rounding(gain, 0.0)


class _Side:
    """Draws, numbers of votes and concentrations of the pool, or of the targets."""

    def __init__(self, rho, n_votes, concentration, suffix):
        n_rows, _, n_questions = rho.shape
        self.rho, self.name = rho, "rho_target" if suffix else "rho_pool"
        self.n_votes = check_n_votes(
            n_votes, n_rows, n_questions, _OWNER, name=f"n_votes{suffix}"
        )
        self.inverse = inverse_concentration(
            concentration, self.n_votes.shape, _OWNER, name=f"concentration{suffix}"
        )

    def tables(self, n_rows, question=None):
        """Yield rows, their question, and tables (n_rows, n_draws, n + 1)."""
        some = slice(None) if question is None else slice(question, question + 1)
        of_questions = (
            self.rho[:, :, some],
            self.n_votes[:, some],
            self.inverse[:, some],
        )
        chunks = chunks_of_one_number(
            *of_questions, _OWNER, name=self.name, n_rows=n_rows
        )
        for rows, number, (rho, n, inverse) in chunks:
            yield rows, number, vote_table(rho, n, inverse)


def _n_targets(n):
    return max(TARGET_COLUMNS // (n + 1), 1)


def _n_rows_of(n_draws, n_columns):
    # The products and their logarithms are in the cache together, and the tables, too.
    most = NUMBERS_IN_CACHE // (2 * max(n_columns, n_draws))
    return lambda n: max(most // (n + 1), 1)


def _check_both(pool, target):
    if pool.shape[1:] != target.shape[1:]:
        raise ValueError(
            f"rho_pool and rho_target given to {_OWNER} must hold the same draws "
            f"of the same questions, got shapes {pool.shape} and {target.shape}."
        )
    if len(target) == 0:
        raise ValueError(f"rho_target given to {_OWNER} must hold at least one row.")
