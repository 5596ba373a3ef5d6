"""DawidSkene: what people know, from how they agree with each other.

EM of Dawid and Skene [1]_, section 2, with pseudo-counts. With q the probability of
each class of each item, an iteration is

    confusion[a, k, l] ~ prior[k, l] + sum of q[i, k] over answers l of person a on i
    class_prior[k]     ~ 1 + sum of q[i, k] over items i
    q[i, k]            ~ class_prior[k] * product of confusion[a, k, l] over answers

All answers are one sparse matrix with a row for each item and a column for each pair
of a person and an answer, so that both sums are matrix products.

References
----------
.. [1] A. P. Dawid and A. M. Skene (1979), Maximum likelihood estimation of observer
   error-rates using the EM algorithm.
"""

import numpy as np
from scipy.sparse import csr_array
from scipy.special import logsumexp
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from skbal._utils.labels import (
    COULD_NOT_TELL,
    class_codes,
    different_labels,
    label_column,
)
from skbal._utils.names import KnowsItsParameters
from skbal._utils.parameters import check_parameters, count, own, positive, real
from skbal._utils.random import check_seed, stream
from skbal._utils.transactions import all_or_nothing
from skbal._utils.validation import check_count, check_real
from skbal._utils.warn import warn
from skbal.votes._answer_table import (
    answer_columns,
    check_lengths,
    known_rows,
    name_codes,
)
from skbal.votes._gibbs import OF_CLASSES, parameter_draws, skill_prior
from skbal.votes._whom_to_ask import WhomToAskMixin


def _check_classes(value, name, owner):
    found = different_labels(value, f"{name} of {owner}")
    if len(found) < 2:
        raise ValueError(
            f"{name} of {owner} must be two labels or more, got {found.tolist()}."
        )


class DawidSkene(WhomToAskMixin, KnowsItsParameters, BaseEstimator):
    """Estimates how often each person is right, and the class of each item.

    It learns from all answers, and nobody needs to know the right ones: somebody who
    often agrees with the others is probably right [1]_. Each person has a confusion
    matrix, the probability of each answer given the true class. Answers of good people
    then weigh more than those of bad ones, and even somebody who always swaps two
    classes is useful.

    Parameters
    ----------
    classes : array-like of shape (n_classes,), optional
        All possible answers. ``None`` uses those that were given.
    smoothing : float, default=0.1
        Pseudo-counts in the confusion matrix of a person: this number for each wrong
        answer, and ``n_classes`` times as many for the right one. So the accuracy of
        somebody with few answers is neither 0 nor 1.
    max_iter : int, default=200
        Largest number of iterations of EM.
    tol : float, default=1e-6
        EM stops when an iteration increases the log-posterior by less than this per
        answer, in nats.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The possible answers.
    items_ : ndarray of shape (n_items,)
        The items that somebody answered about, sorted.
    annotators_ : ndarray of shape (n_annotators,)
        The people, sorted.
    posterior_ : ndarray of shape (n_items, n_classes)
        Probability of each class of each item.
    class_prior_ : ndarray of shape (n_classes,)
        Share of each class among all items.
    confusion_ : ndarray of shape (n_annotators, n_classes, n_classes)
        Entry [a, k, l] is the probability that person a says class l about an item of
        class k.
    accuracy_ : ndarray of shape (n_annotators,)
        Probability that a person is right about a random item.
    n_answers_ : ndarray of shape (n_annotators,)
        Number of answers of each person.
    log_posterior_ : ndarray of shape (n_iterations,)
        Logarithm of the probability of all answers times that of the parameters,
        before each iteration, in nats, up to a constant. It never decreases.
    n_iter_ : int
        Number of iterations.

    See Also
    --------
    VoteAllocation : Which items to show to people next.
    skbal.oracles.CrowdOracle : An oracle that asks several people.

    Notes
    -----
    EM starts from the share of votes for each class. It finds a maximum near that
    start, and thus assumes that most people are right about most items. A person who
    answers twice about an item has given two answers.

    If each item has one answer, there is nothing to compare with: the result is then
    that of the start and says nothing about people.

    It is not always better than the majority. On two tables of real answers, it was
    right about 70.9% of the items in one (majority: 69.6%), and 74.5% in the other
    (majority: 76.0%).

    References
    ----------
    .. [1] A. P. Dawid and A. M. Skene (1979), Maximum likelihood estimation of
       observer error-rates using the EM algorithm. Applied Statistics 28, 20-28,
       equations 2.3 to 2.5.

    Examples
    --------
    Ann and Bob agree, and Cyd says the opposite:

    >>> from skbal.votes import DawidSkene
    >>> people = ["ann", "bob", "cyd"] * 6
    >>> items = [item for item in range(6) for _ in range(3)]
    >>> answers = ["cat", "cat", "dog", "dog", "dog", "cat"] * 3
    >>> crowd = DawidSkene().fit(items, answers, people)
    >>> crowd.predict([0, 1]).tolist()
    ['cat', 'dog']
    >>> crowd.accuracy_.round(1).tolist()
    [1.0, 1.0, 0.1]
    """

    _parameter_rules = {
        "classes": own(_check_classes, "two different labels or more", [1], none=True),
        "smoothing": positive(),
        "max_iter": count(1),
        "tol": real(0),
    }

    def __init__(self, classes=None, *, smoothing=0.1, max_iter=200, tol=1e-6):
        self.classes = classes
        self.smoothing = smoothing
        self.max_iter = max_iter
        self.tol = tol

    def fit(self, items, labels=None, annotators=None, *, known=None):
        """Learn from all answers.

        Parameters
        ----------
        items : array-like of shape (n_answers,), or data frame
            The item that each answer is about, as strings or numbers. Or a data frame
            with the columns "item", "answer" and "annotator", as
            `skbal.campaign.Campaign.answers` returns; rows without an answer are left
            out.
        labels : array-like of shape (n_answers,)
            The answers.
        annotators : array-like of shape (n_answers,)
            The person who gave each answer.
        known : dict, optional
            The right answers of some items. Those that nobody answered about are left
            out.

        Returns
        -------
        self : DawidSkene
            The fitted object.

        Raises
        ------
        ValueError, TypeError
            If an argument is invalid, or an answer is none of ``classes``.

        Warns
        -----
        ConvergenceWarning
            If EM has not converged after ``max_iter`` iterations.
        """
        check_parameters(self)
        owner = type(self).__name__
        if labels is None and hasattr(items, "columns"):
            items, labels, annotators = answer_columns(items, owner)
        names, item_codes = name_codes(items, "items", owner)
        people, person_codes = name_codes(annotators, "annotators", owner)
        labels = label_column(labels, f"labels given to {owner}", COULD_NOT_TELL)
        check_lengths(item_codes, labels, person_codes, owner)
        with all_or_nothing(self):
            self.items_, self.annotators_ = names, people
            classes, label_codes = self._classes(labels, owner)
            self.classes_ = classes
            fixed = known_rows(known, names, classes, owner)
            self.n_answers_ = np.bincount(person_codes, minlength=len(people))
            columns = person_codes * len(classes) + label_codes
            shape = (len(names), len(people) * len(classes))
            ones = np.ones(len(labels))
            self._answers = csr_array((ones, (item_codes, columns)), shape=shape)
            self._fixed = fixed
            self._learn(self._answers, fixed)
        return self

    def _classes(self, labels, owner):
        """Return the classes, and the position of each label among them."""
        found, codes = class_codes(labels, "labels", owner)
        if self.classes is None:
            return found, codes
        classes = different_labels(self.classes, f"classes of {owner}")
        places = {label: place for place, label in enumerate(classes.tolist())}
        unknown = [label for label in found.tolist() if label not in places]
        if unknown:
            raise ValueError(
                f"labels given to {owner} must be among classes, {classes.tolist()}, "
                f"got {unknown[0]!r}."
            )
        return classes, np.array([places[one] for one in found.tolist()])[codes]

    def _learn(self, answers, fixed):
        """Run EM. ``answers`` is (n_items, n_annotators * n_classes)."""
        n_classes = len(self.classes_)
        prior = _pseudo_counts(self.smoothing, n_classes)
        posterior = _fix(_first_guess(answers, n_classes), fixed)
        transposed = answers.T.tocsr()
        least, trace, is_done = self.tol * answers.sum(), [], False
        while not is_done and len(trace) < self.max_iter:
            confusion, class_prior = _maximized(transposed, posterior, prior)
            log_joint = _log_joint(answers, confusion, class_prior)
            of_people = (prior * np.log(confusion)).sum()
            of_classes = OF_CLASSES * np.log(class_prior).sum()
            trace.append(_of_answers(log_joint, fixed) + of_people + of_classes)
            total = logsumexp(log_joint, axis=1, keepdims=True)
            posterior = _fix(np.exp(log_joint - total), fixed)
            is_done = len(trace) > 1 and trace[-1] - trace[-2] <= least
        self.posterior_, self.class_prior_ = posterior, class_prior
        self.confusion_ = confusion
        self.accuracy_ = np.einsum("k,akk->a", class_prior, confusion)
        self.log_posterior_, self.n_iter_ = np.array(trace), len(trace)
        if not is_done:
            warn(
                f"DawidSkene has not converged after max_iter={self.max_iter} "
                "iterations. The result stands, and more iterations improve it.",
                ConvergenceWarning,
            )

    def predict_proba(self, items):
        """Return the probability of each class of some items.

        Parameters
        ----------
        items : array-like of shape (n_asked,)
            Items that somebody answered about.

        Returns
        -------
        probabilities : ndarray of shape (n_asked, n_classes)
            Columns in the order of ``classes_``.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If nobody answered about an item.
        """
        rows = self._rows(items)
        if (rows < 0).any():
            item = np.asarray(items)[rows < 0].tolist()[0]
            raise ValueError(
                f"items given to {type(self).__name__} must be items of fit, got "
                f"{item!r}, which nobody answered about."
            )
        return self.posterior_[rows]

    def predict(self, items):
        """Return the most probable class of some items.

        Parameters
        ----------
        items : array-like of shape (n_asked,)
            Items that somebody answered about.

        Returns
        -------
        labels : ndarray of shape (n_asked,)
            The first in ``classes_`` among equally probable ones.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        ValueError
            If nobody answered about an item.
        """
        probabilities = self.predict_proba(items)
        return self.classes_[probabilities.argmax(axis=1)]

    def log_likelihood(self, items, *, confusion=None):
        """Return the logarithm of the probability of all answers about an item.

        Parameters
        ----------
        items : array-like of shape (n_asked,)
            Items, also some that nobody answered about.
        confusion : array-like of shape (n_annotators, n_classes, n_classes), optional
            The confusion matrices, positive. ``None`` is ``confusion_``.

        Returns
        -------
        log_likelihood : ndarray of shape (n_asked, n_classes)
            Given each class, in the order of ``classes_``, in nats. 0 for an item
            without answers.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        """
        rows = self._rows(items)
        confusion = self.confusion_ if confusion is None else np.asarray(confusion)
        matrix = _by_answers(np.log(confusion))
        return (self._answers[rows] @ matrix) * (rows >= 0)[:, np.newaxis]

    def accuracy_interval(self, level=0.9, *, n_draws=400, random_state=None):
        """Return an interval for the probability that each person is right.

        Gibbs sampling, started from the result of EM, makes draws from the joint
        posterior of all confusion matrices, the class prior and the classes of all
        items. The interval contains the middle ``level`` of these draws. So it takes
        into account that the right answers are not known.

        Parameters
        ----------
        level : float, default=0.9
            Posterior probability of the interval, in (0, 1).
        n_draws : int, default=400
            Number of draws, after a quarter as many that are left out.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Seeds the draws.

        Returns
        -------
        interval : ndarray of shape (n_annotators, 2)
            Lower and upper end, in the order of ``annotators_``.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        TypeError, ValueError
            If an argument is invalid.

        Notes
        -----
        The prior of a confusion matrix is one right and half a wrong answer about each
        class, not ``smoothing``, which made intervals too narrow in our trials. So
        ``accuracy_`` may lie outside if a person gave few answers. Intervals of level
        0.9 contained the accuracy of 83 to 92% of simulated people
        (``benchmarks/studies/annotators``). They assume that people are mostly right.
        """
        check_is_fitted(self)
        owner = f"accuracy_interval of {type(self).__name__}"
        level = check_real(level, "level", owner, low=0, high=1)
        if not 0 < level < 1:
            raise ValueError(f"level of {owner} must lie in (0, 1), got {level}.")
        draws = [
            np.einsum("k,akk->a", class_prior, confusion)
            for confusion, class_prior in self._draws(n_draws, random_state, owner)
        ]
        outside = (1 - level) / 2
        return np.quantile(draws, [outside, 1 - outside], axis=0).T

    def mean_confusion(self, *, n_draws=100, random_state=None):
        """Return the posterior mean of the confusion matrices.

        ``confusion_`` is the most probable one. Here the mean is over draws, as
        `accuracy_interval` makes them. For a person whose answers cannot be compared
        with others, it is that of the prior.

        Parameters
        ----------
        n_draws : int, default=100
            Number of draws, after a quarter as many that are left out.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            Seeds the draws.

        Returns
        -------
        confusion : ndarray of shape (n_annotators, n_classes, n_classes)
            Entry [a, k, l] is the probability that person a says class l about an item
            of class k.

        Raises
        ------
        NotFittedError
            If `fit` was not called.
        TypeError, ValueError
            If an argument is invalid.
        """
        check_is_fitted(self)
        owner = f"mean_confusion of {type(self).__name__}"
        total = np.zeros_like(self.confusion_)
        for confusion, _ in self._draws(n_draws, random_state, owner):
            total += confusion
        return total / n_draws

    def _draws(self, n_draws, random_state, owner):
        return parameter_draws(
            self._answers,
            self.posterior_,
            self._fixed,
            skill_prior(len(self.classes_)),
            check_count(n_draws, "n_draws", owner),
            stream(check_seed(random_state, owner), "skills"),
        )

    def __sklearn_is_fitted__(self):
        return hasattr(self, "posterior_")


def _fix(posterior, fixed):
    """Make the known items certain, in place."""
    rows, codes = fixed
    posterior[rows] = 0
    posterior[rows, codes] = 1
    return posterior


def _pseudo_counts(smoothing, n_classes):
    """Return the pseudo-counts of each true class and answer of a person."""
    return smoothing * (1 + (n_classes - 1) * np.eye(n_classes))


def _first_guess(answers, n_classes):
    """Return the share of votes for each class, (n_items, n_classes)."""
    n_annotators = answers.shape[1] // n_classes
    votes = answers @ np.tile(np.eye(n_classes), (n_annotators, 1))
    return votes / votes.sum(axis=1, keepdims=True)


def _maximized(transposed, posterior, prior):
    """Return confusion and class prior that are most probable given the classes."""
    n_classes = len(prior)
    counts = (transposed @ posterior).reshape(-1, n_classes, n_classes)
    confusion = counts.transpose(0, 2, 1) + prior  # (n_annotators, true, said)
    confusion /= confusion.sum(axis=2, keepdims=True)
    sizes = posterior.sum(axis=0) + OF_CLASSES
    return confusion, sizes / sizes.sum()


def _log_joint(answers, confusion, class_prior):
    """Return log p(answers about an item, its class), (n_items, n_classes), in nats."""
    return answers @ _by_answers(np.log(confusion)) + np.log(class_prior)


def _by_answers(confusion):
    """Return a row for each person and answer, a column for each true class."""
    return confusion.transpose(0, 2, 1).reshape(-1, confusion.shape[1])


def _of_answers(log_joint, fixed):
    """Return the log-probability of all answers and known classes, in nats."""
    rows, codes = fixed
    of_items = logsumexp(log_joint, axis=1)
    of_items[rows] = log_joint[rows, codes]
    return of_items.sum()
