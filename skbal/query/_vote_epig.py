"""VoteEPIG: choose the rows whose votes tell most about the votes on target rows."""

import copy

import numpy as np

from skbal._utils.parameters import count
from skbal._utils.pools import n_rows, subset
from skbal._utils.random import check_seed
from skbal._utils.vote_models import concentration_of, refuse_counts
from skbal.base import best_first
from skbal.information import expected_vote_information_gain
from skbal.query._engine import draw_rows
from skbal.query._share_labels import move_draws, noise_of_shares
from skbal.query._shared import rows_of_target, target_rows
from skbal.query._vote_strategy import VoteStrategy
from skbal.sampling import predict_samples

# Later rows of a batch are among the rows with the highest scores.
_CANDIDATES = 1000  # at least so many
_PER_ROW = 10  # and so many for each row of the batch


class VoteEPIG(VoteStrategy):
    """Choose the rows whose votes tell most about the votes on target rows, in nats.

    The score is `skbal.information.expected_vote_information_gain`, the expected
    predictive information gain [1]_ with numbers of votes for labels. Unlike `VoteBALD`
    it is low for rows, such as unusual images, whose votes determine weights that no
    prediction for a target row depends on. If the model has ``predict_concentration``,
    the votes are beta-binomial and have less information.

    The rows of a batch are chosen one after the other, and each choice assumes that
    there will be votes on the rows before it. So the rows of a batch have different
    information.

    Parameters
    ----------
    n_votes : int, array-like or callable, default=40
        Number of volunteers who would be asked, 0 or more. An array of shape (n_pool,)
        or (n_pool, n_questions) has a number per row of the pool. A function takes rows
        of the pool and returns such an array for them. It also works in a loop, where
        the pool shrinks, and inside other strategies.
    X_target : array-like of shape (n_targets, ...), optional
        Rows like those that will be predicted. All of them are used. ``None`` uses
        random rows of the pool.
    n_target : int, default=100
        Number of random rows of the pool that are the targets if ``X_target`` is
        ``None``. A smaller pool is used as a whole.
    n_votes_target : int, default=1
        Number of votes on a target that are to be predicted. One vote is what ``score``
        measures. More votes cost more time, and usually choose similar rows.
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
    VoteBALD : Information about the weights.
    EPIG : For classes, with one label per row.

    Notes
    -----
    With several questions, the score is the sum over questions of what the votes on one
    question tell about the votes on the same question.

    The exact information of a batch is a sum over all numbers of votes on all its rows.
    Instead, the draws of all rows and targets are changed, in proportion to their
    covariance with the draws of the row chosen last. Their covariance is then the one
    that remains after a share of yes votes with noise is known, as in a Kalman filter
    [2]_. The next row is the one with the largest score of these draws. This is exact
    where the draws are normal and the noise does not depend on them; here it is an
    approximation. No draws are lost.

    The first row is the best of the whole pool. The others are chosen among the 1,000
    rows with the highest scores, or 10 times the number of rows to choose if that is
    more. Each costs one more scoring of these rows, not of the pool.

    With few draws the scores are too high, above all for rows with a high score by
    `VoteBALD`; see the notes of `skbal.information.expected_vote_information_gain`.

    References
    ----------
    .. [1] F. Bickford Smith, A. Kirsch, S. Farquhar, Y. Gal, A. Foster and T. Rainforth
       (2023), Prediction-Oriented Bayesian Active Learning.
    .. [2] J. S. Whitaker and T. M. Hamill (2002), Ensemble Data Assimilation without
       Perturbed Observations.

    Examples
    --------
    Eight draws about three things. Two rows show the first thing, one row the second,
    and the targets are about both. The last row has most information about the weights,
    but tells nothing about the targets.

    >>> from itertools import product
    >>> import numpy as np
    >>> from skbal.query import VoteBALD, VoteEPIG
    >>> bits = np.array(list(product([0.0, 1.0], repeat=3)))
    >>> rho = (bits * [0.8, 0.5, 1.0] + [0.1, 0.3, 0.0]).T[[0, 0, 1, 2]]
    >>> class Model:
    ...     def predict_samples(self, X, n_draws=None, *, random_state=None):
    ...         return rho[X][:, :, np.newaxis]
    >>> pool = np.arange(4)
    >>> VoteBALD(5, random_state=0).score_pool(Model(), pool).round(2)
    array([0.66, 0.66, 0.43, 0.69])
    >>> strategy = VoteEPIG(5, X_target=[0, 2], random_state=0)
    >>> strategy.score_pool(Model(), pool).round(2)
    array([0.18, 0.18, 0.04, 0.  ])
    >>> strategy(Model(), pool, n_instances=2)
    array([1, 2])
    """

    _parameter_rules = {
        "X_target": target_rows(),
        "n_target": count(1),
        "n_votes_target": count(1),
    }

    def __init__(
        self,
        n_votes=40,
        *,
        X_target=None,
        n_target=100,
        n_votes_target=1,
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
        self.X_target = X_target
        self.n_target = n_target
        self.n_votes_target = n_votes_target

    def _check(self, estimator, X_pool):
        super()._check(estimator, X_pool)
        refuse_counts(estimator, type(self).__name__)

    def extra_inputs(self, estimator, X_pool, random_state):
        """Return the draws of the target rows, and what `VoteBALD` returns.

        Parameters
        ----------
        estimator : estimator or learner
            As it was passed to `score_pool`.
        X_pool : array-like of shape (n_pool, ...)
            The whole pool.
        random_state : int
            The seed of the draws of the pool. The same seed makes the draws of the
            target rows, so that the draws of both are joint.

        Returns
        -------
        inputs : dict
            ``rho_target`` of shape (n_targets, n_draws, n_questions),
            ``concentration_target`` of shape (n_targets, n_questions) or None,
            ``model``, and ``n_votes``, if it is one integer.
        """
        inputs = super().extra_inputs(estimator, X_pool, random_state)
        rows = rows_of_target(self, estimator, X_pool)
        inputs["rho_target"] = predict_samples(
            estimator, rows, self.n_draws, random_state=random_state
        )
        inputs["concentration_target"] = concentration_of(estimator, rows)
        return inputs

    def score_draws(
        self,
        draws,
        n_votes,
        concentration=None,
        model="the model",
        *,
        rho_target,
        concentration_target=None,
    ):
        """Return the information about the votes on the targets, in nats.

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
        rho_target : ndarray of shape (n_targets, n_draws, n_questions)
            Probabilities of yes at the targets.
        concentration_target : ndarray of shape (n_targets, n_questions), optional
            Concentrations at the targets.

        Returns
        -------
        scores : ndarray of shape (n_rows,)
        """
        draws, n_votes, concentration = self._of_question(
            draws, n_votes, concentration, model
        )
        rho_target, n_votes_target, concentration_target = self._of_question(
            rho_target, self.n_votes_target, concentration_target, model
        )
        gain = expected_vote_information_gain(
            draws,
            rho_target,
            n_votes,
            n_votes_target,
            concentration,
            concentration_target,
        )
        return gain.sum(axis=1)

    def select_batch(self, learner, X_pool, n_instances, rng):
        if n_instances == 1:
            return super().select_batch(learner, X_pool, n_instances, rng)
        seeded = copy.copy(self)  # so that all draws are joint
        seeded.random_state = check_seed(self.random_state, type(self).__name__)
        return seeded._select_jointly(learner, X_pool, n_instances, rng)

    def _select_jointly(self, learner, X_pool, n_instances, rng):
        scores, seed = self.score_pool(learner, X_pool), self.random_state
        n_kept = min(max(_CANDIDATES, _PER_ROW * n_instances), len(scores))
        rows = np.sort(best_first(scores, n_kept, rng))
        draws = draw_rows(
            learner,
            X_pool,
            rows,
            n_draws=self.n_draws,
            seed=seed,
            batch_size=self.batch_size,
            n_jobs=self.n_jobs,
        )
        of_rows = self._for_rows(rows, n_rows(X_pool))
        inputs = self.extra_inputs(learner, X_pool, seed)
        inputs |= of_rows.row_inputs(learner, subset(X_pool, rows), seed)
        return rows[self._greedy(draws, inputs, n_instances, rng)]

    def _greedy(self, draws, inputs, n_instances, rng):
        """Return the positions of rows, each chosen given the labels of others."""
        votes = inputs["n_votes"], inputs.get("concentration"), inputs["model"]
        rho, n_votes, concentration = self._of_question(draws, *votes)
        noise = noise_of_shares(rho, n_votes, concentration)  # before draws are moved
        draws, target = (
            given.astype(np.float64) for given in (draws, inputs["rho_target"])
        )
        inputs["rho_target"] = target
        first = self.question or 0
        picks = []
        for _ in range(n_instances):
            scores = self.score_draws(draws, **inputs)
            scores[picks] = -np.inf
            best = int(best_first(scores, 1, rng)[0])
            picks.append(best)
            for question, variance in enumerate(noise[best], start=first):
                label = draws[best, :, question].copy()
                move_draws(target, label, variance)
                move_draws(draws, label, variance)
        return picks
