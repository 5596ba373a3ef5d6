"""VoteBALD: choose the rows whose votes have most information about the weights."""

from skbal.information import vote_mutual_information
from skbal.query._vote_strategy import VoteStrategy


class VoteBALD(VoteStrategy):
    """Choose the rows whose votes have most information about the weights, in nats.

    The score is `skbal.information.vote_mutual_information` [1]_. It is high if each
    draw is certain how many of n volunteers will say yes and the draws disagree. It is
    0 if the draws agree, even that half of the volunteers say yes. If the model has
    ``predict_concentration``, the votes are beta-binomial and have less information.

    Parameters
    ----------
    n_votes : int, array-like or callable, default=40
        Number of volunteers who would be asked, 0 or more. An array of shape (n_pool,)
        or (n_pool, n_questions) has a number per row of the pool. A function takes rows
        of the pool and returns such an array for them. It also works in a loop, where
        the pool shrinks, and inside other strategies.
    question : int, optional
        Index of the only question considered. ``None`` sums over all questions.
    n_draws : int, optional
        Number of posterior draws. ``None`` uses the estimator's own number.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the posterior draws and the breaking of ties. An integer makes the choice
        repeatable for the same estimator and pool.
    pool_subsample : int, optional
        Number of random rows of the pool considered by a call. ``None`` considers all
        rows.
    batch_size : int, optional
        Number of rows predicted at once. ``None`` chooses it so that temporaries stay
        near 64 MB.
    n_jobs : int, optional
        Number of parallel joblib workers. ``None`` means 1 unless in a
        `joblib.parallel_config` context.
    verbose : int, default=0
        Whether to show a progress bar.

    See Also
    --------
    BALD : For classes, with one label per row.
    skbal.information.vote_information_curve : Information by the number of votes.

    Notes
    -----
    The sum over questions is an upper bound of their joint information. Given the
    weights, votes on different questions are independent, so the two differ only in the
    entropy of the votes, and the joint entropy is at most the sum.

    More votes never have less information, so rows with a larger ``n_votes`` have an
    advantage.

    References
    ----------
    .. [1] M. Walmsley et al. (2020), Galaxy Zoo: probabilistic morphology through
       Bayesian CNNs and active learning.

    Examples
    --------
    The draws of the model must be probabilities of yes. The first two rows are
    uncertain, but the draws disagree only for the second:

    >>> import numpy as np
    >>> from skbal.query import VoteBALD
    >>> class Model:
    ...     def predict_samples(self, X, n_draws=None, *, random_state=None):
    ...         return np.array([[[0.5], [0.5]], [[0.2], [0.8]], [[0.9], [0.9]]])[X]
    >>> strategy = VoteBALD(n_votes=10, random_state=0)
    >>> strategy(Model(), np.array([0, 1, 2]))
    array([1])
    >>> strategy.score_pool(Model(), np.array([0, 1, 2])).round(3)
    array([0.   , 0.648, 0.   ])
    """

    def __init__(
        self,
        n_votes=40,
        *,
        question=None,
        n_draws=None,
        random_state=None,
        pool_subsample=None,
        batch_size=None,
        n_jobs=None,
        verbose=0,
    ):
        super().__init__(
            n_votes,
            question=question,
            n_draws=n_draws,
            random_state=random_state,
            pool_subsample=pool_subsample,
            batch_size=batch_size,
            n_jobs=n_jobs,
            verbose=verbose,
        )

    def score_draws(self, draws, n_votes, concentration=None, model="the model"):
        """Return the information of the votes of each row, in nats.

        Parameters
        ----------
        draws : ndarray of shape (n_rows, n_draws, n_questions)
            Probabilities of yes.
        n_votes : int or ndarray of shape (n_rows, 1) or (n_rows, n_questions)
            Number of votes.
        concentration : ndarray of shape (n_rows, n_questions), optional
            Concentration of the beta-binomial; ``None`` for binomial votes.
        model : str, default="the model"
            Name of the model, for messages.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
        """
        given = self._of_question(draws, n_votes, concentration, model)
        return vote_mutual_information(*given).sum(axis=1)
