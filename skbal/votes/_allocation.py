"""VoteAllocation: which items get the next votes, by what is known of each."""

import numpy as np
from scipy.special import softmax
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.utils.validation import check_is_fitted

from skbal._utils.chunks import chunks, rows_within
from skbal._utils.counts import check_counts
from skbal._utils.indices import check_indices
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, flag, option, own, seed
from skbal._utils.pools import n_rows
from skbal._utils.random import check_seed, stream
from skbal._utils.text import ONE_HOT, text_explained
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import check_count, check_real, check_same_number
from skbal._utils.warn import warn
from skbal.exceptions import VotesWarning
from skbal.votes._gate import calibrated, check_gate, out_of_fold
from skbal.votes._posterior import Posterior
from skbal.votes._retirement import Retirement, check_retire, reached
from skbal.votes._types import first_concentrations, fit_types, log_likelihoods

_LIKE_PAIRS = 20  # items that suffice to see that a column is the sum of both answers
_YES_LEADS = 0.25  # share of the items, which tells k of N from a rare first answer
_TAKES_TEXT = f"classifier=make_pipeline({ONE_HOT}, LogisticRegression())"
_MANY = 2  # votes of an item that tell how much people agree


class VoteAllocation(KnowsItsParameters, BaseEstimator):
    """Chooses the items whose next vote is worth most, and estimates the shares of all.

    Volunteers choose one of several answers for an item, such as an image. Uniform
    voting asks equally many volunteers about each item. Most items are clear after a
    vote or two. Here the prior of an item comes from its features, by a classifier that
    learns from the votes on the other items. Prior and votes give the posterior of the
    shares that each answer would have among all volunteers [1]_, and the next votes go
    to where they are needed.

    `fit` learns from all votes so far. `update` takes all votes so far, in
    milliseconds, and `select` names the items for the next ones. Fit again now and
    then.

    Parameters
    ----------
    classifier : classifier, optional
        Learns which answer leads, from features. Its ``fit`` must take
        ``sample_weight``; a ``Pipeline`` may end in it. ``None`` is
        ``LogisticRegression()``. Use features that suit it, such as
        `skbal.features.GradientHistograms`, or `PatchFeatures` for photographs.
    target : {"leading", "shares"}, default="leading"
        What the votes are for. "leading" is for the answer that most people would give,
        "shares" for a small squared error of the shares of all answers.
    n_types : int, default=2
        Number of types of items for each leading answer, from clear to unclear.
    retire : dict, optional
        When an item gets no more votes. ``max_votes`` is the largest number of votes.
        With ``chance_wrong``, an item retires if the probability that its leading
        answer does not lead is at most that number, and it has ``min_votes`` votes
        (default 1). ``None`` retires no item.
    cv : int, default=5
        Number of parts of the items. The prior of an item comes from a classifier that
        has not seen its part.
    max_iter : int, default=3
        Number of times that `fit` learns types and classifier in turn.
    warm_start : bool, default=False
        Whether `fit` begins with what it found the last time for the same items. One
        or two iterations are then enough.
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        Seeds the parts of the items and the order of equally good ones.

    Attributes
    ----------
    counts_ : ndarray of shape (n_items, n_answers)
        The votes so far.
    shares_ : ndarray of shape (n_items, n_answers)
        Posterior mean of the share of each answer.
    leading_ : ndarray of shape (n_items,)
        The answer that most probably leads, as the index of its column.
    chance_wrong_ : ndarray of shape (n_items,)
        Probability that another answer leads.
    priority_ : ndarray of shape (n_items,)
        How much a vote is worth. `select` takes the largest.
    concentrations_ : ndarray of shape (n_types * n_answers, n_answers)
        The Dirichlet distribution of each type of item. The first ``n_answers`` are
        the clear ones.
    n_answers_ : int
        Number of answers.

    See Also
    --------
    skbal.query.VoteBALD : Which images to label to learn the weights of a model.

    Notes
    -----
    An item of a type has shares from a Dirichlet distribution, which is found from the
    items with two votes or more by EM. The classifier gives the probability that each
    answer leads; its power is chosen to make the votes most probable. The posterior of
    an item is a mixture of Dirichlet distributions.

    With ``target="leading"``, the priority of an item with n votes is the probability
    that its leading answer is wrong, divided by n + 1: the more votes there are, the
    less another one changes. Looking three votes ahead was no better in our trials, and
    takes thirty times as long. With ``target="shares"``, the priority is the expected
    decrease of the variance of the shares by one more vote, which is exact.

    Single votes cannot tell whether people disagree about one item or the items
    differ. So begin with several votes on a few random items, say four votes on one
    item of twenty.

    References
    ----------
    .. [1] M. Walmsley et al. (2022), Galaxy Zoo DECaLS: Detailed visual morphology
       measurements from volunteers and deep learning for 314 000 galaxies.

    Examples
    --------
    >>> import numpy as np
    >>> from skbal.votes import VoteAllocation
    >>> rng = np.random.default_rng(0)
    >>> leading = rng.integers(3, size=300)
    >>> X = rng.normal(size=(300, 2)) + 3 * np.array([[0, 0], [0, 1], [1, 0]])[leading]
    >>> def vote(items):
    ...     shares = 0.1 + 0.7 * np.eye(3)[leading[items]]
    ...     return np.array([rng.choice(3, p=share) for share in shares])
    >>> counts = np.zeros((300, 3), dtype=int)
    >>> for item in np.repeat(rng.permutation(300)[:30], 4):  # some items, four votes
    ...     counts[item, vote([item])[0]] += 1
    >>> allocation = VoteAllocation(random_state=0).fit(X, counts)
    >>> for _ in range(10):
    ...     items = allocation.select(15)
    ...     np.add.at(counts, (items, vote(items)), 1)
    ...     allocation = allocation.update(counts)
    >>> bool(np.mean(allocation.leading_ == leading) > 0.9)  # with 0.9 votes an item
    True
    """

    _parameter_rules = {
        "classifier": own(check_gate, "a classifier or None", 3, none=True),
        "target": option("leading", "shares"),
        "n_types": count(1),
        "retire": own(check_retire, "a dict of limits or None", 3, none=True),
        "cv": count(2),
        "max_iter": count(1),
        "warm_start": flag(),
        "random_state": seed(),
    }

    def __init__(
        self,
        classifier=None,
        *,
        target="leading",
        n_types=2,
        retire=None,
        cv=5,
        max_iter=3,
        warm_start=False,
        random_state=None,
    ):
        self.classifier = classifier
        self.target = target
        self.n_types = n_types
        self.retire = retire
        self.cv = cv
        self.max_iter = max_iter
        self.warm_start = warm_start
        self.random_state = random_state

    # ------------------------------------------------------------------ learning

    def fit(self, X, counts):
        """Learn from all votes so far what the next ones are likely to be.

        Parameters
        ----------
        X : array-like of shape (n_items, ...) or None
            Features of the items, as the classifier takes them. With ``None`` all
            items have the same prior.
        counts : array-like of shape (n_items, n_answers)
            How many volunteers gave each answer to each item; 0 for items that nobody
            was asked about.

        Returns
        -------
        self : VoteAllocation
            The fitted object.

        Raises
        ------
        ValueError, TypeError
            If X, ``counts`` or a parameter is invalid. The message says which.

        Warns
        -----
        VotesWarning
            If two columns of ``counts`` may be yes votes and all votes.
        """
        check_parameters(self)
        owner = type(self).__name__
        counts = _checked(counts, owner)
        if X is not None:
            self._check_features(X, len(counts), owner)
        _warn_of_pairs(counts, owner)
        with all_or_nothing(self):
            self._seed = check_seed(self.random_state, owner)
            self._learn(X, counts)
            self._look_at(counts, np.arange(len(counts)))
        return self

    def _check_features(self, X, n_items, owner):
        check_same_number(n_rows(X), n_items, owner, "counts")
        if n_items < self.cv:
            raise ValueError(
                f"cv of {owner} must be at most the number of items, {n_items}, got "
                f"{self.cv}."
            )
        if self.classifier is not None:
            return
        if getattr(getattr(X, "dtype", None), "kind", "f") in "mM":
            # LogisticRegression would learn from them, but not predict.
            raise TypeError(
                f"X given to {owner} must be numbers for the default classifier, got "
                f"dtype {X.dtype}."
            )
        if len(getattr(X, "shape", (0, 0))) > 2:
            raise ValueError(
                f"X given to {owner} must have shape (n_items, n_features) for the "
                f"default classifier, got {X.shape}. For images use classifier="
                "make_pipeline(GradientHistograms(), LogisticRegression())."
            )

    def _learn(self, X, counts):
        n_answers = counts.shape[1]
        start = first_concentrations(n_answers, self.n_types)
        types, clearness, leads = self._first_guess(counts, start)
        rng = stream(self._seed, "parts")
        n_votes = counts.sum(axis=1)
        # Not only items with several votes: they were asked again as people disagree.
        voted = np.flatnonzero(n_votes > 0)
        for _ in range(self.max_iter):
            if n_votes.max() >= _MANY:
                log_leads = np.log(leads[voted])
                types, clearness = fit_types(counts[voted], log_leads, start, n_answers)
            leads = self._gate(X, counts, types, clearness, leads, rng)
        likelihoods = log_likelihoods(counts, types)
        self._log_weights = calibrated(leads, clearness, likelihoods)
        self.concentrations_, self._clearness, self._leads = types, clearness, leads
        self.n_answers_ = n_answers

    def _first_guess(self, counts, start):
        """Return types and probabilities to lead before anything is learned."""
        if self.warm_start and hasattr(self, "_leads"):
            is_same = self.concentrations_.shape == start.shape
            if is_same and self._leads.shape == counts.shape:
                return self.concentrations_, self._clearness, self._leads
        clearness = np.full(len(start), -np.log(self.n_types))
        return start, clearness, np.full(counts.shape, 1 / counts.shape[1])

    def _gate(self, X, counts, types, clearness, leads, rng):
        """Return the probability that each answer leads before an item has votes."""
        log_weights = np.tile(np.log(leads), self.n_types) + clearness
        weights = softmax(log_likelihoods(counts, types) + log_weights, axis=1)
        of_answers = weights.reshape(len(counts), self.n_types, -1).sum(axis=1)
        has_votes = counts.any(axis=1)
        if X is None:
            share = of_answers[has_votes].sum(axis=0) + 1
            return np.broadcast_to(share / share.sum(), counts.shape)
        arguments = X, of_answers, has_votes, self.cv, rng
        if self.classifier is not None:
            return out_of_fold(self.classifier, *arguments)
        with text_explained(f"X given to {type(self).__name__}", _TAKES_TEXT):
            return out_of_fold(LogisticRegression(), *arguments)

    def update(self, counts):
        """Take new votes into account, without learning anew.

        Parameters
        ----------
        counts : array-like of shape (n_items, n_answers)
            All votes so far on the items of `fit`, not only the new ones.

        Returns
        -------
        self : VoteAllocation

        Raises
        ------
        ValueError
            If ``counts`` is invalid or of other items, or a count is smaller than
            before.
        """
        check_is_fitted(self)
        owner = type(self).__name__
        counts = _checked(counts, owner)
        if counts.shape != self.counts_.shape:
            raise ValueError(
                f"counts given to update of {owner} must have the shape "
                f"{self.counts_.shape} of those given to fit, got {counts.shape}."
            )
        _refuse_falling(counts, self.counts_, owner)
        changed = np.flatnonzero((counts != self.counts_).any(axis=1))
        with all_or_nothing(self):
            self._look_at(counts, changed)
        return self

    def _look_at(self, counts, changed):
        """Find what is known of some items, and keep it with that of the others."""
        n_items, n_answers = counts.shape
        if len(changed) == n_items:
            self.shares_ = np.empty((n_items, n_answers))
            self.leading_ = np.empty(n_items, dtype=np.intp)
            self.chance_wrong_, self.priority_ = np.empty((2, n_items))
        else:
            for name in ("shares_", "leading_", "chance_wrong_", "priority_"):
                setattr(self, name, getattr(self, name).copy())
        size = rows_within(64 * self.concentrations_.size, largest=1024)
        for part in chunks(len(changed), size):
            items = changed[part]
            posterior = Posterior.of(
                counts[items], self._log_weights[items], self.concentrations_
            )
            chances = posterior.chances_to_lead()
            self.shares_[items] = posterior.shares()
            self.leading_[items] = chances.argmax(axis=1)
            self.chance_wrong_[items] = 1 - chances.max(axis=1)
            self.priority_[items] = self._worth(posterior, chances, counts[items])
        self.counts_ = counts.copy()

    def _worth(self, posterior, chances, counts):
        if self.target == "shares":
            return posterior.falls_of_variance()
        return (1 - chances.max(axis=1)) / (1 + counts.sum(axis=1))

    # -------------------------------------------------------------------- choosing

    def select(self, n_items=1):
        """Return the items that a vote is worth most for.

        Parameters
        ----------
        n_items : int, default=1
            Number of items, each of which is to get one vote.

        Returns
        -------
        items : ndarray of shape (n_selected,), dtype=intp
            Best first. There are fewer if fewer items are left that did not retire.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError, TypeError
            If ``n_items`` is no positive integer, or a parameter is invalid.
        """
        check_is_fitted(self)
        check_parameters(self)  # limits may be set after `fit`
        n_items = check_count(n_items, "n_items", f"select of {type(self).__name__}")
        left = np.flatnonzero(self._rules() == "")
        rng = stream(self._seed, "order", int(self.counts_.sum()))
        left = rng.permutation(left)
        order = np.argsort(-self.priority_[left], kind="stable")
        return left[order[:n_items]]

    def share_intervals(self, items=None, *, level=0.9):
        """Return between which bounds the share of each answer lies.

        Parameters
        ----------
        items : array-like of int of shape (n_asked,), optional
            The items. ``None`` means all.
        level : float, default=0.9
            Posterior probability that a share lies between its bounds, in (0, 1).

        Returns
        -------
        low, high : ndarray of shape (n_asked, n_answers)
            The bounds leave equal probability on both sides.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError, TypeError
            If an argument is invalid.
        """
        check_is_fitted(self)
        owner = f"share_intervals of {type(self).__name__}"
        if not 0 < check_real(level, "level", owner, low=0, high=1) < 1:
            raise ValueError(f"level of {owner} must be in (0, 1), got {level}.")
        n_items, n_answers = self.counts_.shape
        items = np.arange(n_items) if items is None else items
        items = check_indices(items, n_items, "items", owner, unique=False)
        low, high = np.empty((2, len(items), n_answers))
        size = rows_within(64 * self.concentrations_.size, largest=1024)
        for part in chunks(len(items), size):
            low[part], high[part] = self._posterior(items[part]).intervals(level)
        return low, high

    def _posterior(self, items):
        return Posterior.of(
            self.counts_[items], self._log_weights[items], self.concentrations_
        )

    def retired(self):
        """Return the items that get no more votes, with the reason.

        Returns
        -------
        retirements : list of Retirement
            Each has ``item``, ``rule``, ``value``, ``limit`` and ``reason``.
        """
        check_is_fitted(self)
        check_parameters(self)
        rules, n_votes = self._rules(), self.counts_.sum(axis=1)
        values = {"max_votes": n_votes, "chance_wrong": self.chance_wrong_}
        return [
            Retirement(
                int(item),
                str(rules[item]),
                float(values[rules[item]][item]),
                float(self.retire[rules[item]]),
            )
            for item in np.flatnonzero(rules != "")
        ]

    def _rules(self):
        n_votes = self.counts_.sum(axis=1)
        return reached(self.retire or {}, n_votes, self.chance_wrong_)

    def __sklearn_is_fitted__(self):
        return hasattr(self, "priority_")


def _checked(counts, owner):
    if counts is None:
        raise ValueError(
            f"counts given to {owner} must have shape (n_items, n_answers), with 0 for "
            "items without votes, got None."
        )
    return check_counts(counts, owner, name="counts")


def _warn_of_pairs(counts, owner):
    """Warn if counts look like yes votes k and all votes N. Nobody can be sure."""
    voted = counts[counts.any(axis=1)]
    if counts.shape[1] != 2 or len(voted) < _LIKE_PAIRS:
        return
    k, n = voted.T
    if (k > n).any():
        return
    if np.ptp(n) == 0 < np.ptp(k):
        why = "the second number is the same for all items"
    # If equally many people see each item, the sum of two counts varies least.
    elif np.mean(2 * k > n) >= _YES_LEADS and np.var(k + n) > np.var(n):
        why = "the first number is never the larger one"
    else:
        return
    warn(
        f"counts given to {owner} look like k yes votes of N, since {why}. They must "
        "be the count of each answer, N - k and k.",
        VotesWarning,
    )


def _refuse_falling(counts, before, owner):
    """Raise if votes are lost, as if only the new ones were given."""
    fallen = np.flatnonzero((counts < before).any(axis=1))
    if len(fallen):
        row = fallen[0]
        raise ValueError(
            f"counts given to update of {owner} must be all votes so far, but row "
            f"{row} had {before[row].tolist()} and now has {counts[row].tolist()}. If "
            "votes were taken back, call fit."
        )
