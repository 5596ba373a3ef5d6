"""Classifiers of several labels for checks that know one class per row."""

import numpy as np
from sklearn.preprocessing import LabelEncoder
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.multiclass import check_classification_targets

from skbal.models import (
    DeepEnsembleMultiLabelClassifier,
    MCDropoutMultiLabelClassifier,
)


class OneLabelEach:
    """Takes classes, with a yes/no label for each: whether the row is of this class."""

    def fit(self, X, y, sample_weight=None):
        if y is None:
            return super().fit(X, y)
        y = check_array(y, ensure_2d=False, dtype=None, input_name="y")
        y = column_or_1d(y, warn=True)
        check_classification_targets(y)
        encoder = LabelEncoder().fit(y)
        codes = encoder.transform(y)
        super().fit(X, np.eye(len(encoder.classes_))[codes], sample_weight)
        self.classes_ = encoder.classes_
        return self

    def predict(self, X):
        best = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def predict_proba(self, X):
        yes = super().predict_proba(X)
        return yes / yes.sum(axis=1, keepdims=True)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = True
        tags.classifier_tags.multi_label = False
        tags.target_tags.multi_output = False
        tags.target_tags.single_output = True
        return tags


class EnsembleOfOneLabelEach(OneLabelEach, DeepEnsembleMultiLabelClassifier):
    pass


class NetworkOfOneLabelEach(OneLabelEach, MCDropoutMultiLabelClassifier):
    pass
