"""Choosing test labels, so that the error of a model is known with few of them."""

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError

from skbal._utils.arrays import as_array
from skbal._utils.indices import check_indices
from skbal._utils.labels import label_column
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import (
    check_parameters,
    flag,
    having,
    option,
    option_or_function,
    own,
    real,
    seed,
)
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed, stream
from skbal._utils.unanswered import unanswered
from skbal._utils.validation import check_n_instances
from skbal.audit._selection._losses import (
    BOUNDS,
    expected_losses,
    losses_of,
    predictions_of,
)
from skbal.audit._selection._lure import check_level, unbiased_risk

_CLASSIFIER = "a fitted classifier"
_LABELS = "(y, predict_proba)"


class ActiveTest(KnowsItsParameters, BaseEstimator):
    """Choose which test rows to label, and estimate the mean loss on all of them.

    Test labels cost as much as others. Most test rows say little: the model is right
    and everything agrees. This draws rows at random, with higher probability where a
    second model, the surrogate, expects a large loss [1]_, and weights the losses so
    that their mean is unbiased (`unbiased_risk`).

    Parameters
    ----------
    estimator : estimator or learner
        The fitted classifier that is tested. It is never changed.
    surrogate : estimator, optional
        A fitted classifier with ``predict_proba`` that knows more, or at least makes
        other errors: an ensemble, or a model that has looked at the pool. ``None`` is
        the estimator itself. A bad surrogate makes the interval long, never the
        estimate biased.
    loss : {"zero-one", "log"} or callable, default="zero-one"
        The loss: 1 for a wrong label, or minus the log-probability of the true one in
        nats. A callable takes labels of shape (n_rows,) and the probabilities of the
        estimator, of shape (n_rows, n_classes), and returns a number for each row.
    acquisition : {"mean", "root-mean-square"}, default="mean"
        What the probability of a pick is proportional to: the expected loss, as in
        [1]_, or the root of the expected squared loss, which makes the variance
        smallest if the surrogate is right about its own doubt [2]_.
    uniform_share : float, default=0.3
        Share of the probability that is spread over all rows that are left, in (0, 1].
        It bounds the weights where the surrogate is wrong.
    use_expected : bool, default=False
        Whether the estimate uses the losses that the surrogate expects of all rows, and
        labels only correct their mean. It is unbiased, too, and often more exact, but
        its interval is too short where the surrogate is nearly always right. False is
        the estimate of [1]_.
    confidence_level : float, default=0.95
        Confidence level of the interval, between 0 and 1.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the picks. An integer makes them repeatable, whatever the sizes of the
        batches.

    Attributes
    ----------
    X_pool_ : array-like of shape (n_pool, ...)
        The test rows.
    scores_ : ndarray of shape (n_pool,)
        What the probabilities are proportional to, in the units of the loss.
    expected_ : ndarray of shape (n_pool,)
        Loss that the first surrogate expects of each row.
    indices_ : ndarray of int of shape (n_picks,)
        Rows that were picked, in this order.
    probabilities_ : ndarray of shape (n_picks,)
        Probability of each pick among the rows that were left.
    losses_ : ndarray of shape (n_picks,)
        Loss of each pick, NaN until its label is taught.
    risk_ : UnbiasedRisk
        The estimate from all picks up to the first one that has no label yet.

    See Also
    --------
    unbiased_risk : The estimate for picks that were made elsewhere.

    References
    ----------
    .. [1] J. Kossen, S. Farquhar, Y. Gal and T. Rainforth (2021), Active testing:
       sample-efficient model evaluation, ICML, sections 3 and 4.
    .. [2] C. Sawade, N. Landwehr, S. Bickel and T. Scheffer (2010), Active risk
       estimation, ICML, section 3.

    Examples
    --------
    A model from 30 labels; 60 of 1,000 test labels tell its error:

    >>> from sklearn.datasets import make_classification
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from sklearn.linear_model import LogisticRegression
    >>> from skbal.audit import ActiveTest
    >>> X, y = make_classification(1030, n_informative=4, random_state=0)
    >>> X_test, y_test = X[30:], y[30:]
    >>> model = LogisticRegression().fit(X[:30], y[:30])
    >>> surrogate = RandomForestClassifier(random_state=0).fit(X[:30], y[:30])
    >>> test = ActiveTest(model, surrogate, random_state=0).observe_pool(X_test)
    >>> rows = test.query(60)
    >>> risk = test.teach(rows, y_test[rows]).risk_
    >>> lower, upper = risk.interval
    >>> bool(lower < 1 - model.score(X_test, y_test) < upper)
    True
    """

    _parameter_rules = {
        "estimator": having("predict", example=_CLASSIFIER),
        "surrogate": having("predict_proba", example=_CLASSIFIER, none=True),
        "loss": option_or_function("zero-one", "log", of=_LABELS),
        "acquisition": option("mean", "root-mean-square"),
        "uniform_share": own(
            lambda value, name, owner: _check_share(value, name, owner),
            "a real number in (0, 1]",
            0,
        ),
        "use_expected": flag(),
        "confidence_level": own(
            lambda value, name, owner: check_level(value, owner, name),
            "a real number between 0 and 1",
            1.0,
        ),
        "random_state": seed(),
    }

    def __init__(
        self,
        estimator,
        surrogate=None,
        *,
        loss="zero-one",
        acquisition="mean",
        uniform_share=0.3,
        use_expected=False,
        confidence_level=0.95,
        random_state=None,
    ):
        self.estimator = estimator
        self.surrogate = surrogate
        self.loss = loss
        self.acquisition = acquisition
        self.uniform_share = uniform_share
        self.use_expected = use_expected
        self.confidence_level = confidence_level
        self.random_state = random_state

    def observe_pool(self, X_pool):
        """Begin a test on these rows.

        Parameters
        ----------
        X_pool : array-like of shape (n_pool, ...)
            The test rows, without labels: those whose mean loss is wanted. The
            estimator must not have been fitted on any of them.

        Returns
        -------
        self : ActiveTest

        Raises
        ------
        TypeError, ValueError
            If a parameter is not as it must be, or X_pool holds no rows.
        """
        check_parameters(self)
        owner = type(self).__name__
        if not n_rows(X_pool, f"X_pool given to {owner}"):
            raise ValueError(f"X_pool given to {owner} must hold at least one row.")
        predictions = predictions_of(
            self.estimator,
            X_pool,
            "estimator",
            owner,
            with_probabilities=self.loss != "zero-one",
        )
        scores, expected = self._scores(X_pool, predictions)
        self.X_pool_, self._predictions, self.scores_ = X_pool, predictions, scores
        self.expected_ = expected
        self._seed = check_seed(self.random_state, owner)
        self.indices_ = np.empty(0, dtype=np.intp)
        self.probabilities_, self.losses_ = np.empty(0), np.empty(0)
        return self

    def update_surrogate(self, surrogate):
        """Choose further rows by another surrogate, for instance one that knows more.

        The estimate stays unbiased: each pick counts with the probability that it had.

        Parameters
        ----------
        surrogate : estimator
            A fitted classifier with ``predict_proba``. It may be fitted on the test
            labels that were taught so far.

        Returns
        -------
        self : ActiveTest

        Raises
        ------
        TypeError
            If it is not a fitted classifier with ``predict_proba``.
        NotFittedError
            If `observe_pool` was not called.
        """
        self._check_begun("update_surrogate")
        owner = type(self).__name__
        self._parameter_rules["surrogate"](surrogate, "surrogate", owner)
        before, self.surrogate = self.surrogate, surrogate
        try:
            self.scores_, _ = self._scores(self.X_pool_, self._predictions)
        except BaseException:
            self.surrogate = before
            raise
        return self

    def query(self, n_instances=1):
        """Draw test rows to label, without replacement.

        Parameters
        ----------
        n_instances : int, default=1
            Number of rows.

        Returns
        -------
        indices : ndarray of int of shape (n_instances,)
            Rows of X_pool in the order of the picks. They count as picked from now on:
            teach them all.

        Raises
        ------
        NotFittedError
            If `observe_pool` was not called.
        TypeError, ValueError
            If ``n_instances`` is no positive integer, or more than the rows left.
        """
        self._check_begun("query")
        left = np.ones(len(self.scores_), dtype=bool)
        left[self.indices_] = False
        left = np.flatnonzero(left)
        n_instances = check_n_instances(n_instances, len(left), type(self).__name__)
        picks, probabilities = [], []
        for _ in range(n_instances):
            shares = self._shares(left)
            number = len(self.indices_) + len(picks)
            place = stream(self._seed, "pick", number).choice(len(left), p=shares)
            picks.append(left[place])
            probabilities.append(shares[place])
            left = np.delete(left, place)
        self.indices_ = np.concatenate([self.indices_, picks]).astype(np.intp)
        self.probabilities_ = np.concatenate([self.probabilities_, probabilities])
        self.losses_ = np.concatenate([self.losses_, np.full(n_instances, np.nan)])
        return self.indices_[-n_instances:].copy()

    def teach(self, indices, y):
        """Take the labels of rows that were picked.

        Parameters
        ----------
        indices : array-like of int of shape (n_rows,)
            Rows that `query` returned, in any order.
        y : array-like of shape (n_rows,)
            Their true labels.

        Returns
        -------
        self : ActiveTest

        Raises
        ------
        NotFittedError
            If `observe_pool` was not called.
        TypeError, ValueError
            If a row was not picked or has a label already, or y has another length or
            lacks a label. Then nothing is changed.

        Notes
        -----
        A row without an answer cannot be left out: rows that nobody can label are
        usually different from other rows. Until it has a label, `risk_` is the estimate
        from the picks before it.
        """
        self._check_begun("teach")
        owner = type(self).__name__
        rows = check_indices(indices, len(self.scores_), "indices", owner)
        y = self._check_labels(y, rows, owner)
        place_of = {int(row): place for place, row in enumerate(self.indices_)}
        for row in rows.tolist():
            if row not in place_of:
                raise ValueError(
                    f"indices of {owner} must be rows that query returned, got {row}."
                )
            if not np.isnan(self.losses_[place_of[row]]):
                raise ValueError(
                    f"indices of {owner} must be rows without a label, but that of row "
                    f"{row} was taught before."
                )
        losses = losses_of(self.loss, y, self._predictions.at(rows), owner)
        all_losses = self.losses_.copy()
        all_losses[[place_of[row] for row in rows.tolist()]] = losses
        self.losses_ = all_losses
        return self

    def run(self, X_pool, oracle, n_labels):
        """Make a whole test: draw rows, ask for their labels, return the estimate.

        Parameters
        ----------
        X_pool : array-like of shape (n_pool, ...)
            The test rows.
        oracle : callable
            Called with indices of rows, returns their labels, as those of
            `skbal.oracles`.
        n_labels : int
            Number of labels to ask for.

        Returns
        -------
        risk : UnbiasedRisk
            The estimate, also kept as ``risk_``.

        Raises
        ------
        TypeError, ValueError
            As the methods that it calls.
        """
        owner = type(self).__name__
        if not callable(oracle):
            raise TypeError(
                f"oracle of {owner} must be callable, got {type(oracle).__name__}: of "
                "labels y that are known, LabelOracle(y) makes an oracle."
            )
        self.observe_pool(X_pool)
        rows = self.query(n_labels)
        return self.teach(rows, oracle(rows)).risk_

    @property
    def risk_(self):
        """The estimate of the mean loss on the pool from the labels so far."""
        self._check_begun("risk_")
        is_missing = np.isnan(self.losses_)
        n = int(np.argmax(is_missing)) if is_missing.any() else len(is_missing)
        if not n:
            raise NotFittedError(
                f"risk_ of {type(self).__name__} needs the label of the first pick: "
                "call query, then teach."
            )
        bounds = BOUNDS.get(self.loss) if isinstance(self.loss, str) else (None, None)
        expected = self.expected_ if self.use_expected else np.zeros(len(self.scores_))
        return unbiased_risk(
            self.losses_[:n],
            self.probabilities_[:n],
            len(self.scores_),
            expected=expected[self.indices_[:n]],
            expected_mean=float(expected.mean()),
            confidence_level=self.confidence_level,
            bounds=bounds,
        )

    def _scores(self, X_pool, predictions):
        """Return what probabilities are proportional to, and the expected losses."""
        owner = type(self).__name__
        model, name = self.surrogate, "surrogate"
        if model is None:
            model, name = self.estimator, "estimator"
        beliefs = predictions_of(model, X_pool, name, owner, with_probabilities=True)
        first, second = expected_losses(self.loss, predictions, beliefs, owner)
        scores = np.sqrt(second) if self.acquisition != "mean" else first
        if not (np.isfinite(scores).all() and (scores >= 0).all()):
            raise ValueError(
                f"Expected losses of {owner} must be finite and not negative, got "
                f"{scores[~(scores >= 0)][:1] or scores.max()}."
            )
        return scores, first

    def _shares(self, left):
        """Return the probability of each row that is left."""
        scores, uniform = self.scores_[left], np.full(len(left), 1 / len(left))
        total = scores.sum()
        if total == 0:
            return uniform
        shares = (1 - self.uniform_share) * (scores / total)
        shares += self.uniform_share * uniform
        return shares / shares.sum()

    def _check_labels(self, y, rows, owner):
        y = as_array(y, f"y given to {owner}")
        if y.ndim and unanswered(y).any():
            raise ValueError(
                f"y given to {owner} must have a label for each row, got none for row "
                f"{rows[np.argmax(unanswered(y))]}: ask again, a row cannot be left "
                "out."
            )
        y = label_column(y, f"y given to {owner}")
        if len(y) != len(rows):
            raise ValueError(
                f"indices and y given to {owner} must have the same length, got "
                f"{len(rows)} and {len(y)}."
            )
        classes = self._predictions.classes
        if len(y) and (y.dtype.kind in "USO") != (classes.dtype.kind in "USO"):
            raise TypeError(
                f"y given to {owner} must be labels like those of the estimator, "
                f"{classes[:3].tolist()}, got {y[:3].tolist()}."
            )
        return y

    def _check_begun(self, name):
        if not hasattr(self, "scores_"):
            raise NotFittedError(
                f"{name} of {type(self).__name__} needs the test rows: call "
                "observe_pool(X_pool) first."
            )


def _check_share(value, name, owner):
    real(0, 1)(value, name, owner)
    if value == 0:
        raise ValueError(
            f"{name} of {owner} must be larger than 0, got {value}: a row that cannot "
            "be picked is never accounted for."
        )
