"""Networks whose targets are several yes/no labels per row."""

import numpy as np

from skbal._utils.lazy import lazy_module
from skbal._utils.multilabel import check_label_columns
from skbal._utils.warn import warn
from skbal.exceptions import MissingLabelsWarning
from skbal.models._accuracy import AccuracyMixin
from skbal.models._networks import _plain_data

torch = lazy_module("torch")
_endings = lazy_module("skbal.models._networks._endings")
_label_loss = lazy_module("skbal.models._networks._label_loss")
_training = lazy_module("skbal.models._networks._training")


class LabelTargets(AccuracyMixin):
    """Learns yes/no labels by their likelihood; draws are probabilities of yes.

    A label may be missing (NaN) beside others of its row.
    """

    _multi_output = True
    takes_missing_labels = True  # see skbal._utils.multilabel

    def fit(self, X, y, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            The training rows.
        y : array-like of shape (n_samples, n_labels)
            The labels: 0 for no, 1 for yes, and NaN for one that is missing, which does
            not count. Each row needs one label at least.
        sample_weight : array-like of shape (n_samples,), optional
            The weight of each row in the loss. Only ratios matter. A row of weight 0
            is left out.

        Returns
        -------
        self : estimator
            The fitted estimator. If an error is raised, what was fitted before stays.

        Raises
        ------
        NoDropoutError
            If the draws need dropout and the module has none.
        ValueError, TypeError
            If X, y or a parameter is not as it must be; the message says which.

        Warns
        -----
        MissingLabelsWarning
            If a label is missing in all rows.
        """
        return super().fit(X, y, sample_weight)

    def _net_class(self):
        return _training.RegressorNet

    def _criterion_class(self, output_kind):
        return _label_loss.LabelLoss if self.criterion == "auto" else self.criterion

    def _check_fit_rows(self, X, y):
        if y is None:  # scikit-learn's words
            return super()._check_fit_rows(X, y)
        labels = check_label_columns(y, f"y given to {type(self).__name__}")
        X, _ = super()._check_fit_rows(X, np.zeros(len(labels)))
        return X, labels

    def _learn_targets(self, y):
        owner, n_labels = type(self).__name__, y.shape[1]
        if self._continues() and n_labels != self.n_labels_:
            raise ValueError(
                f"y given to {owner} with warm_start=True has {n_labels} labels per "
                f"row, but the first fit saw {self.n_labels_}: set warm_start=False to "
                "start again."
            )
        (missing,) = np.nonzero(np.isnan(y).all(axis=0))
        if len(missing):
            warn(
                f"y given to {owner} has no answer to label {missing[0]} in any of its "
                f"{len(y)} rows. Its probabilities come from an untrained layer.",
                MissingLabelsWarning,
            )
        self._set_labels(n_labels)
        return y

    def _set_labels(self, n_labels):
        self.n_labels_ = n_labels
        self.classes_ = [np.array([0, 1]) for _ in range(n_labels)]

    def _probe(self, net, example):
        outputs = super()._probe(net, example)
        if _endings.ending_of(net.module_, example) == "Sigmoid":
            raise ValueError(
                f"module of {type(self).__name__} must give logits, but "
                f"{type(net.module_).__name__} ends in a Sigmoid: leave it out, the "
                "likelihood needs what comes before it."
            )
        return outputs

    def _n_outputs(self):
        return self.n_labels_

    def _columns(self):
        return "one column per label"

    def _from_outputs(self, outputs):
        return outputs.sigmoid()

    def _target_state(self):
        return {"n_labels": self.n_labels_}

    def _set_target_state(self, state):
        self._set_labels(_plain_data.integer(state, "n_labels", smallest=1))

    def predict_proba(self, X):
        """Return the mean of the draws of the probability of yes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_labels)
            Of yes, for each label.
        """
        return self._mean_draw(X)

    def predict(self, X):
        """Return 1 for each label whose probability of yes is above one half.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples, n_labels), dtype=int
            0 or 1.
        """
        return (self._mean_draw(X) > 0.5).astype(int)

    def score(self, X, y, sample_weight=None):
        """Return the share of rows of which all labels are predicted right.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.
        y : array-like of shape (n_samples, n_labels)
            Their true labels. None may be missing.
        sample_weight : array-like of shape (n_samples,), optional
            Weights of the rows.

        Returns
        -------
        score : float
            The subset accuracy, between 0 and 1. It is strict; the scorers "f1_micro"
            and "average_precision" of scikit-learn look at each label.
        """
        return super().score(X, y, sample_weight)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.classifier_tags.multi_label = True
        tags.target_tags.multi_output = True
        tags.target_tags.single_output = False
        return tags
