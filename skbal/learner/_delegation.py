"""Methods and attributes of a learner that are those of its estimator."""

import copy
from contextlib import contextmanager

from sklearn.exceptions import NotFittedError
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skbal import sampling
from skbal._utils.arrays import refuse_sparse_column
from skbal._utils.tags import tags_of
from skbal._utils.validation import check_fits
from skbal.learner._rollback import undo


def _estimator_has(name):
    return lambda learner: hasattr(learner.estimator, name)


class DelegationMixin:
    """Predictions, scores and fitted attributes of ``self.estimator``."""

    @available_if(_estimator_has("predict"))
    def predict(self, X, **predict_kwargs):
        """Return the predictions of the estimator.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        **predict_kwargs
            Passed to the estimator's ``predict``.

        Returns
        -------
        y_pred : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels, or values in the units of y.
        """
        with self._asks_to_teach():
            try:
                return self.estimator.predict(X, **predict_kwargs)
            except TypeError as error:
                if "argument 'return_std'" not in str(error):
                    raise
                raise TypeError(
                    f"estimator of {type(self).__name__} must have a predict that "
                    "takes return_std, as a GaussianProcessRegressor has, got "
                    f"{type(self.estimator).__name__}."
                ) from error

    @available_if(_estimator_has("predict_proba"))
    def predict_proba(self, X, **predict_proba_kwargs):
        """Return the class probabilities of the estimator.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        **predict_proba_kwargs
            Passed to the estimator's ``predict_proba``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        with self._asks_to_teach():
            return self.estimator.predict_proba(X, **predict_proba_kwargs)

    @available_if(_estimator_has("decision_function"))
    def decision_function(self, X, **decision_kwargs):
        """Return the decision function of the estimator.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        **decision_kwargs
            Passed to the estimator's ``decision_function``.

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
            Confidence scores, as the estimator defines them.
        """
        with self._asks_to_teach():
            return self.estimator.decision_function(X, **decision_kwargs)

    @available_if(_estimator_has("score"))
    def score(self, X, y, **score_kwargs):
        """Return the score of the estimator.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The true labels.
        **score_kwargs
            Passed to the estimator's ``score``.

        Returns
        -------
        score : float
            Higher is better: accuracy for most classifiers, R^2 for regressors.
        """
        refuse_sparse_column(y, f"y of {type(self).__name__}.score")
        with self._asks_to_teach():
            return self.estimator.score(X, y, **score_kwargs)

    def predict_samples(self, X, n_draws=None, *, random_state=None):
        """Return joint posterior draws of the estimator.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        n_draws : int, optional
            Number of posterior draws. ``None`` uses the estimator's own number.
        random_state : None, int, numpy.random.RandomState or numpy.random.Generator
            An integer gives the same draws at every call, ``None`` fresh ones.

        Returns
        -------
        draws : ndarray of shape (n_samples, n_draws, n_outputs)
            As `skbal.predict_samples` returns them.

        Raises
        ------
        TypeError
            If the estimator makes no draws.
        """
        with self._asks_to_teach():
            return sampling.predict_samples(
                self.estimator, X, n_draws, random_state=random_state
            )

    @contextmanager
    def _asks_to_teach(self):
        """Use the estimator in the block; before the first label, say what to do."""
        if isinstance(self.estimator, type):
            check_fits(self.estimator, type(self).__name__)
        if not self._changes:  # a filter predicts in the middle of a change
            undo(self)
        try:
            yield
        except NotFittedError as error:
            if self.X_training is not None:
                raise
            raise NotFittedError(
                f"This {type(self).__name__} is not fitted yet: teach it first, by "
                "teach(X, y) or with X_training and y_training."
            ) from error

    @property
    def classes_(self):
        """The classes that the estimator knows, sorted."""
        return self._learned_attribute("classes_")

    @property
    def n_features_in_(self):
        """The number of features that the estimator was fitted to."""
        return self._learned_attribute("n_features_in_")

    @property
    def feature_names_in_(self):
        """The names of the features that the estimator was fitted to."""
        return self._learned_attribute("feature_names_in_")

    def _learned_attribute(self, name):
        if self.X_training is None and not hasattr(self.estimator, name):
            raise AttributeError(
                f"This {type(self).__name__} has no {name}: teach it first, by "
                "teach(X, y) or with X_training and y_training."
            )
        return getattr(self.estimator, name)

    def __sklearn_tags__(self):
        # A learner of a classifier is a classifier, for instance for stratified folds.
        tags = super().__sklearn_tags__()
        inner = tags_of(self.estimator)
        if inner is not None:
            tags.estimator_type = inner.estimator_type
            tags.classifier_tags = inner.classifier_tags
            tags.regressor_tags = inner.regressor_tags
            tags.target_tags = inner.target_tags
            tags.requires_fit = inner.requires_fit
            tags.non_deterministic = inner.non_deterministic
            tags.input_tags = copy.copy(inner.input_tags)
            tags.input_tags.allow_nan &= self.force_all_finite is not True
        return tags

    def __sklearn_is_fitted__(self):
        if tags_of(self.estimator) is None:
            return self.X_training is not None
        try:
            check_is_fitted(self.estimator)
        except NotFittedError:
            return False
        return True
