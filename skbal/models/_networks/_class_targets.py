"""Networks whose targets are class labels."""

import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import compute_sample_weight

from skbal._utils.labels import check_classes, labels_of_no_class, sorted_classes
from skbal._utils.lazy import lazy_module
from skbal.models._accuracy import AccuracyMixin
from skbal.models._networks import _plain_data
from skbal.models._networks import _rules as rules

torch = lazy_module("torch")
_endings = lazy_module("skbal.models._networks._endings")
_soft_labels = lazy_module("skbal.models._networks._soft_labels")
_training = lazy_module("skbal.models._networks._training")


def are_soft(y):
    """Return whether labels have several columns, one for each class.

    Parameters
    ----------
    y : array-like
        Labels of any kind.

    Returns
    -------
    soft : bool

    Examples
    --------
    >>> are_soft([[0.5, 0.5], [0.9, 0.1]]), are_soft([0, 1]), are_soft([[0], [1]])
    (True, False, False)
    """
    try:
        shape = np.asarray(y).shape
    except ValueError:  # rows that differ in length
        return False
    return len(shape) == 2 and shape[1] > 1


class ClassTargets(AccuracyMixin):
    """Learns class labels by the cross-entropy; draws are class probabilities.

    A subclass has the parameters ``classes`` and ``class_weight``. Labels may be soft:
    a column of probabilities for each class.
    """

    _parameter_rules = {
        "classes": rules.classes(),
        "class_weight": rules.class_weight(),
    }
    _has_classes = True

    def _net_class(self):
        return _training.ClassifierNet

    def _criterion_class(self, output_kind):
        if self.criterion != "auto":
            return self.criterion
        # skorch gives the logarithm of the outputs to NLLLoss.
        is_probability = output_kind == "probabilities"
        if is_probability:
            return _soft_labels.LabelsOrSoftLabels
        return torch.nn.CrossEntropyLoss

    def _probe(self, net, example):
        outputs = super()._probe(net, example)
        if not isinstance(self.module, str):
            owner = type(self).__name__
            _endings.warn_of_bounded_logits(net.module_, example, outputs, owner)
        return outputs

    def _check_fit_rows(self, X, y):
        if not are_soft(y):
            return super()._check_fit_rows(X, y)
        owner = type(self).__name__
        if self.class_weight is not None:
            raise ValueError(
                f"class_weight of {owner} must be None if y has several columns, the "
                "probabilities of the classes. Change these, or give sample_weight."
            )
        probabilities = _soft_labels.check_soft_labels(y, owner)
        X, _ = super()._check_fit_rows(X, probabilities[:, 0])
        return X, probabilities

    def _learn_targets(self, y):
        if y.ndim == 2:
            return self._learn_soft_targets(y)
        check_classes(y, type(self).__name__)
        seen = LabelEncoder().fit(y).classes_
        if self._continues():
            self._check_given_classes("set warm_start=False to start again")
            self._check_known_classes(seen)
        else:
            self.classes_ = self._classes_of(seen)
        self._add_taught(seen)
        return np.searchsorted(self.classes_, y).astype(np.int64)

    def _given_classes(self):
        """Return the parameter ``classes``, sorted."""
        return sorted_classes(self.classes, "classes", type(self).__name__)

    def _check_given_classes(self, remedy):
        """Raise if the parameter says other classes than those that are known."""
        if self.classes is None or np.array_equal(self._given_classes(), self.classes_):
            return
        raise ValueError(
            f"classes of {type(self).__name__} must be those that were learned, "
            f"{self.classes_.tolist()}, got {self._given_classes().tolist()}: {remedy}."
        )

    def _classes_of(self, seen):
        """Return the classes of the columns, given those that y has."""
        if self.classes is None:
            return seen
        classes = self._given_classes()
        unknown = labels_of_no_class(seen, classes)
        if unknown:
            owner, hint = type(self).__name__, ""
            if np.array_equal(seen, np.arange(len(seen))):
                hint = " Ensembles of scikit-learn number the labels: there, leave "
                hint += "classes=None."
            raise ValueError(
                f"y given to {owner} must hold labels among its classes, "
                f"{classes.tolist()}, got {unknown}.{hint}"
            )
        return classes

    def _add_taught(self, classes):
        """Remember which classes there were labels of."""
        before = getattr(self, "taught_classes_", None) if self._continues() else None
        known = classes if before is None else np.union1d(before, classes)
        self.taught_classes_ = known

    def _learn_soft_targets(self, probabilities):
        n_classes = probabilities.shape[1]
        if not self._continues():
            self.classes_ = self._classes_of_columns(n_classes)
            self._add_taught(self._of_positive_columns(probabilities))
            return probabilities
        self._check_given_classes("set warm_start=False to start again")
        if n_classes != len(self.classes_):
            raise ValueError(
                f"y given to {type(self).__name__} with warm_start=True has "
                f"{n_classes} columns of probabilities, but the first fit saw "
                f"{len(self.classes_)} classes ({self.classes_.tolist()}): set "
                "warm_start=False to start again."
            )
        self._add_taught(self._of_positive_columns(probabilities))
        return probabilities

    def _of_positive_columns(self, probabilities):
        return self.classes_[(np.asarray(probabilities) > 0).any(axis=0)]

    def _classes_of_columns(self, n_classes):
        if self.classes is None:
            return np.arange(n_classes)
        classes = self._given_classes()
        if n_classes != len(classes):
            owner = type(self).__name__
            raise ValueError(
                f"y given to {owner} must have a column for each of its classes, "
                f"{classes.tolist()}, got {n_classes} columns of probabilities."
            )
        return classes

    def _with_class_weights(self, weights, y):
        if self.class_weight is not None:
            of_class = compute_sample_weight(self.class_weight, y).astype(np.float32)
            weights = of_class if weights is None else weights * of_class
            if not weights.any():
                raise ValueError(
                    f"class_weight of {type(self).__name__} must leave rows to learn "
                    f"from, but is 0 for every class in y, got {self.class_weight!r}."
                )
        return super()._with_class_weights(weights, y)

    def _check_known_classes(self, classes):
        unknown = np.setdiff1d(classes, self.classes_)
        if unknown.size:
            raise ValueError(
                f"y given to {type(self).__name__} with warm_start=True has classes "
                f"{unknown.tolist()}, which the first fit did not see "
                f"({self.classes_.tolist()}): set warm_start=False to start again."
            )

    def _set_nets(self, nets):
        super()._set_nets(nets)
        self.output_kind_ = nets[0].output_kind_

    def _n_outputs(self):
        return len(self.classes_)

    def _columns(self):
        if self.classes is not None:
            return "one column per class"
        return "one column per class in y (give classes=, if y may lack some)"

    def _from_outputs(self, outputs):
        if self.output_kind_ == "probabilities":
            return outputs
        # The softmax of log-probabilities is their exponential.
        return outputs.softmax(dim=-1)

    def _target_state(self):
        owner = type(self).__name__
        return {
            "classes": _plain_data.of_labels(self.classes_, owner),
            "taught_classes": _plain_data.of_labels(self.taught_classes_, owner),
        }

    def _set_target_state(self, state):
        self.classes_ = _plain_data.labels(state, "classes")
        self._check_given_classes("set classes to these, or to None")
        # Files of before this was kept have it not.
        name = "taught_classes" if "taught_classes" in state else "classes"
        self.taught_classes_ = _plain_data.labels(state, name)
        if labels_of_no_class(self.taught_classes_, self.classes_):
            raise _plain_data.WrongData("taught_classes must be among classes")

    def predict_proba(self, X):
        """Return the mean of the draws of the class probabilities.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        probabilities : ndarray of shape (n_samples, n_classes)
            Columns in the order of ``classes_``.
        """
        mean = self._mean_draw(X)
        # Draws sum to one in float32 only; scikit-learn's log_loss warns about that.
        return mean / mean.sum(axis=1, keepdims=True)

    def predict(self, X):
        """Return the class of the largest mean probability.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features) or (n_samples, channels, \
height, width)
            Rows of the form passed to ``fit``.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Class labels.
        """
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]
