"""The score of a classifier, with an error that names y."""

from sklearn.base import ClassifierMixin

from skbal._utils.arrays import refuse_sparse_column


class AccuracyMixin(ClassifierMixin):
    """scikit-learn's classifiers, with a clear error for labels that are sparse."""

    def score(self, X, y, sample_weight=None):
        """Return the share of rows that are predicted right.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...)
            Rows of the form passed to ``fit``.
        y : array-like of shape (n_samples,)
            Their true labels.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        score : float
            The accuracy, between 0 and 1.

        Raises
        ------
        TypeError
            If y is a sparse matrix.
        """
        refuse_sparse_column(y, f"y of {type(self).__name__}.score")
        return super().score(X, y, sample_weight)
