"""DistilledClassifier: a network from few labels, taught by a model of the pool."""

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from skbal import sampling
from skbal._utils.labels import for_all_classes
from skbal._utils.names import KnowsItsParameters
from skbal._utils.observers import show_pool
from skbal._utils.parameters import check_parameters, own
from skbal._utils.pools import n_rows, whole
from skbal._utils.tags import tags_of
from skbal._utils.text import ONE_HOT, text_explained
from skbal._utils.transactions import all_or_nothing
from skbal.base import PosteriorSamplerMixin
from skbal.models._accuracy import AccuracyMixin
from skbal.models._distillation._students import (
    check_student,
    classes_for,
    is_a_classifier,
    teach,
)
from skbal.models._dropout._classifier import MCDropoutClassifier
from skbal.models._graph._classifier import GraphClassifier


def _check_teacher(teacher, name, owner):
    if isinstance(teacher, type) or not is_a_classifier(teacher):
        is_class = isinstance(teacher, type)
        got = f"the class {teacher.__name__}" if is_class else repr(teacher)
        raise TypeError(
            f"{name} of {owner} must be a classifier with predict_proba, such as "
            f"GraphClassifier(graph), got {got}."
        )


def _check_pool(X_pool, name, owner):
    if not n_rows(X_pool, f"{name} of {owner}"):
        raise ValueError(f"{name} of {owner} must have at least one row, got none.")


class DistilledClassifier(
    KnowsItsParameters,
    AccuracyMixin,
    PosteriorSamplerMixin,
    MetaEstimatorMixin,
    BaseEstimator,
):
    """A student that learns a teacher's predictions for the rows of a pool.

    The teacher learns from the labels. The student, usually a network, learns the
    teacher's class probabilities of all rows of the pool. So a few labels are enough
    for a network, if they are enough for a teacher that knows the pool, such as
    `GraphClassifier`. Everything that is predicted comes from the student.

    Parameters
    ----------
    teacher : estimator, optional
        A classifier with ``predict_proba``. It is cloned and fitted to the labels. One
        in a `sklearn.frozen.FrozenEstimator` is used as it is, whatever labels `fit` is
        given. If it learns from unlabelled rows (``observe_pool``) and was given none,
        it is shown the pool in each `fit`. ``None`` is a `GraphClassifier`.
    student : estimator, optional
        The classifier that learns the probabilities. It is cloned. It may be a network
        of skbal, another classifier whose ``fit`` takes ``sample_weight``, or a
        ``Pipeline`` that ends in one. ``None`` is ``MCDropoutClassifier()``.
    X_pool : array-like of shape (n_pool, ...), optional
        The rows on which the student is taught, of the form passed to `fit`. They
        should contain the labelled rows. ``None`` uses the pool of the loop, the run or
        the comparison. Outside of these it uses the rows passed to `fit`.

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,)
        The class labels.
    taught_classes_ : ndarray of shape (n_taught,)
        Those of them in y.
    teacher_ : estimator
        The fitted teacher.
    student_ : estimator
        The fitted student. Its classes are 0, 1, ... in the order of ``classes_``, or
        those of its parameter ``classes``.
    n_features_in_ : int
        Number of features seen by the student, if rows have a second axis.
    feature_names_in_ : ndarray of str
        Column names, if X was a data frame.

    See Also
    --------
    GraphClassifier : A teacher.
    MCDropoutClassifier : A student; its ``fit`` takes probabilities, too.
    sklearn.semi_supervised.SelfTrainingClassifier : A model that teaches itself.

    Notes
    -----
    The student minimises the cross-entropy between the teacher's probabilities and its
    own, which is the objective of Hinton et al. [1]_ at a temperature of one. A network
    takes the probabilities as soft labels. Another classifier gets each row once per
    class, weighted by its probability. That is the same sum of losses, but takes
    ``n_classes`` times the memory of the pool.

    The student repeats errors that the teacher makes with certainty. It can be better
    than the teacher on new rows, if its own view of rows (a convolution, for instance)
    generalises better than the teacher's.

    References
    ----------
    .. [1] G. Hinton, O. Vinyals and J. Dean (2015), Distilling the Knowledge in a
       Neural Network, arXiv:1503.02531.

    Examples
    --------
    A network from ten labels:

    >>> from sklearn.datasets import load_digits
    >>> from skbal.features import GradientHistograms, PoolGraph
    >>> from skbal.models import (
    ...     DistilledClassifier, GraphClassifier, MCDropoutClassifier)
    >>> from skbal.seeding import ClusterSeed
    >>> X, y = load_digits(return_X_y=True)
    >>> X_pool, X_test, y_pool, y_test = X[:1000], X[1000:], y[:1000], y[1000:]
    >>> strokes = GradientHistograms(n_cells=4, image_shape=(8, 8))
    >>> graph = PoolGraph(strokes, n_components=100, random_state=0).fit(X_pool)
    >>> rows = ClusterSeed(12, features=graph, random_state=0).select(X_pool)
    >>> model = DistilledClassifier(
    ...     GraphClassifier(graph, random_state=0),
    ...     MCDropoutClassifier(max_epochs=15, random_state=0),
    ...     X_pool=X_pool,
    ... )
    >>> bool(model.fit(X_pool[rows], y_pool[rows]).score(X_test, y_test) > 0.8)
    True
    >>> model.predict_samples(X_test, n_draws=20, random_state=0).shape
    (797, 20, 10)
    """

    _parameter_rules = {
        "teacher": own(_check_teacher, "a classifier", object(), none=True),
        "student": own(check_student, "a classifier", object(), none=True),
        "X_pool": own(_check_pool, "an array of rows", [], none=True),
    }

    def __init__(self, teacher=None, student=None, *, X_pool=None):
        self.teacher = teacher
        self.student = student
        self.X_pool = X_pool

    # ------------------------------------------------------------------ learning

    def fit(self, X, y, sample_weight=None):
        """Fit the teacher to the labels, and the student to the teacher.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            The labelled rows.
        y : array-like of shape (n_samples,)
            The labels.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows. The teacher is given them, and without ``X_pool`` the
            student, too.

        Returns
        -------
        self : DistilledClassifier
            The fitted estimator. If an error is raised, what was fitted before stays.

        Raises
        ------
        TypeError, ValueError
            If a parameter is invalid. The message says which. Errors of the teacher and
            of the student pass through.
        """
        check_parameters(self)
        rows = X if self.X_pool is None else whole(self.X_pool)
        weights = {} if sample_weight is None else {"sample_weight": sample_weight}
        with all_or_nothing(self):
            self.teacher_ = self._new_teacher(rows).fit(X, y, **weights)
            known = self.taught_classes_ = self.teacher_.classes_
            self.classes_ = classes_for(self.student, known, type(self).__name__)
            probabilities = np.asarray(self.teacher_.predict_proba(rows))
            probabilities = for_all_classes(probabilities, known, self.classes_)
            of_rows = sample_weight if self.X_pool is None else None
            self.student_ = self._taught(rows, probabilities, of_rows)
        return self

    def _given_teacher(self):
        return GraphClassifier(random_state=0) if self.teacher is None else self.teacher

    def _new_teacher(self, rows):
        teacher = clone(self._given_teacher())
        if self.X_pool is not None:
            show_pool(teacher, rows)
        return teacher

    def _taught(self, rows, probabilities, sample_weight):
        """Return a fitted student."""
        if self.student is not None:
            return teach(clone(self.student), rows, probabilities, sample_weight)
        remedy = f"student=make_pipeline({ONE_HOT}, MCDropoutClassifier())"
        with text_explained(f"X given to {type(self).__name__}", remedy):
            return teach(MCDropoutClassifier(), rows, probabilities, sample_weight)

    @property
    def observes_pool(self):
        """Whether `observe_pool` keeps a pool: none is given."""
        return self.X_pool is None

    def observe_pool(self, X_pool):
        """Set the parameter ``X_pool``, and show the pool to the teacher.

        A loop, a run and a comparison call this before they ask their first question. A
        pool that is given already stays.

        Parameters
        ----------
        X_pool : array-like of shape (n_pool, ...)
            The pool. Labels are not needed.

        Returns
        -------
        self : DistilledClassifier
            The estimator. `fit` teaches the student on the pool.

        Raises
        ------
        TypeError, ValueError
            If X_pool or a parameter is invalid. The message says which.
        """
        check_parameters(self)
        if self.observes_pool:
            _check_pool(X_pool, "X_pool given to observe_pool", type(self).__name__)
            teacher = clone(self._given_teacher())
            show_pool(teacher, X_pool)
            self.teacher, self.X_pool = teacher, X_pool
        return self

    def __sklearn_is_fitted__(self):
        return hasattr(self, "student_")

    # ---------------------------------------------------------------- predicting

    def predict(self, X):
        """Return the class of the student's largest probability.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        """Return the student's class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        check_is_fitted(self)
        return self.student_.predict_proba(X)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws of the student.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_classes)
            Class probabilities in the order of ``classes_``.

        Raises
        ------
        TypeError
            If the student makes no draws.
        """
        check_is_fitted(self)
        return sampling.predict_samples(
            self.student_, X, n_draws, random_state=random_state
        )

    @property
    def n_features_in_(self):
        """Number of features seen by the student."""
        return self.student_.n_features_in_

    @property
    def feature_names_in_(self):
        """Column names seen by the student."""
        return self.student_.feature_names_in_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        # Not "if part": an ensemble that is not fitted has no length.
        parts = [part for part in (self.teacher, self.student) if part is not None]
        inner = [tags_of(part) for part in parts]
        found = [one.input_tags for one in inner if one is not None]
        both = len(found) == 2
        tags.input_tags.sparse = both and all(one.sparse for one in found)
        tags.input_tags.allow_nan = both and all(one.allow_nan for one in found)
        return tags
