import numpy as np
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.datasets import make_multilabel_classification
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import cross_val_score
from torch import nn

from skbal.exceptions import MissingLabelsWarning
from skbal.models import MCDropoutClassifier, MCDropoutMultiLabelClassifier
from skbal.models._networks._label_loss import LabelLoss

X, Y = make_multilabel_classification(120, 8, n_classes=3, random_state=0)
FEW = {"max_epochs": 2, "n_draws": 5, "random_state": 0}


@pytest.fixture(scope="module")
def model():
    return MCDropoutMultiLabelClassifier(
        lr=0.01, max_epochs=20, n_draws=40, random_state=0
    ).fit(X[:80], Y[:80])


def test_it_predicts_labels_of_new_rows(model):
    often = Y[:80].mean(axis=0) > 0.5
    right, guessed = (model.predict(X[80:]) == Y[80:]).mean(), (often == Y[80:]).mean()
    assert right > guessed + 0.1


def test_draws_are_joint_probabilities_of_yes_and_their_mean_predicts(model):
    draws = model.predict_samples(X, 400, random_state=0)
    assert draws.shape == (120, 400, 3)
    assert draws.min() >= 0
    assert draws.max() <= 1
    assert np.ptp(draws.sum(axis=2)) > 0.5  # they are no classes
    yes = model.predict_proba(X)
    error = draws.std(axis=1) * np.sqrt(1 / 400 + 1 / 40)
    assert np.all(np.abs(draws.mean(axis=1) - yes) < 6 * error)
    assert_array_equal(model.predict(X), (yes > 0.5).astype(int))
    assert [known.tolist() for known in model.classes_] == [[0, 1]] * 3


def test_the_score_is_that_of_rows_with_all_labels_right(model):
    predicted = model.predict(X[80:])
    assert model.score(X[80:], Y[80:]) == np.all(predicted == Y[80:], axis=1).mean()
    assert model.score(X[80:], Y[80:]) == accuracy_score(Y[80:], predicted)


def test_the_loss_is_the_log_likelihood_of_the_labels_that_are_there():
    rng = np.random.default_rng(0)
    logits = rng.normal(size=(5, 4))
    labels = rng.integers(2, size=(5, 4)).astype(float)
    labels[rng.random((5, 4)) < 0.4] = np.nan
    p = 1 / (1 + np.exp(-logits))
    given = np.where(labels == 1, np.log(p), np.log(1 - p))
    expected = -np.nansum(np.where(np.isnan(labels), np.nan, given), axis=1)
    tensors = torch.tensor(logits, requires_grad=True), torch.tensor(labels)
    assert_allclose(LabelLoss("none")(*tensors).detach(), expected, rtol=1e-12)
    loss = LabelLoss()(*tensors)
    assert_allclose(loss.item(), expected.mean(), rtol=1e-12)
    loss.backward()
    # The gradient of a logit is (p - y) / n_rows, and none where y is missing.
    slope = np.where(np.isnan(labels), 0, p - labels) / 5
    assert_allclose(tensors[0].grad, slope, atol=1e-12)


def test_a_missing_label_is_learned_from_the_rows_that_have_it():
    # The first label is known in the first half, the second in the other.
    rows = np.random.default_rng(0).normal(size=(200, 2))
    both = (rows > 0).astype(float)
    half = both.copy()
    half[:100, 1] = half[100:, 0] = np.nan
    settings = {"lr": 0.02, "max_epochs": 40, "n_draws": 20, "random_state": 0}
    model = MCDropoutMultiLabelClassifier(**settings).fit(rows, half)
    right = (model.predict(rows) == both)[np.isnan(half)]
    assert right.mean() > 0.85


def test_a_label_that_nobody_answered_warns():
    missing = Y.astype(float)
    missing[:, 1] = np.nan
    with pytest.warns(MissingLabelsWarning, match="no answer to label 1 in any of its"):
        MCDropoutMultiLabelClassifier(**FEW).fit(X, missing)


@pytest.mark.parametrize(
    ("y", "error", "message"),
    [
        (Y[:, 0], ValueError, r"must have shape \(n_samples, n_labels\), with .*120,"),
        (Y + 1, ValueError, "must hold 0 for no, 1 for yes, or NaN, got 2 for label 0"),
        (Y * 0.5, ValueError, r"got 0\.5 for label"),
        (np.full((120, 3), np.nan), ValueError, "a label in each row, but row 0 has"),
        (np.full((120, 3), "yes"), ValueError, "must hold 0 for no, 1 for yes, or NaN"),
        (csr_array(Y), TypeError, r"must be dense: give y\.toarray"),
        (None, ValueError, "requires y to be passed"),
    ],
)
def test_other_labels_are_refused(y, error, message):
    with pytest.raises(error, match=message):
        MCDropoutMultiLabelClassifier(**FEW).fit(X, y)


def test_columns_of_labels_given_as_soft_labels_are_told_the_other_class():
    message = r"sum to 1, got .* For several yes/no labels per row use MCDropoutMulti"
    with pytest.raises(ValueError, match=message):
        MCDropoutClassifier(**FEW).fit(X, Y)
    with pytest.raises(ValueError, match=r"sum to 1, got the sum 0\.9 in row 0\.$"):
        MCDropoutClassifier(**FEW).fit(X[:4], [[0.5, 0.4]] * 4)


def test_a_warm_start_continues_with_the_same_labels_only():
    model = MCDropoutMultiLabelClassifier(warm_start=True, **FEW).fit(X, Y)
    model.fit(X, Y)
    assert model.n_labels_ == 3
    with pytest.raises(ValueError, match="has 2 labels per row, but the first fit saw"):
        model.fit(X, Y[:, :2])


def test_saved_weights_give_the_same_draws(model, tmp_path):
    model.save_weights(tmp_path / "model.safetensors")
    loaded = clone(model).load_weights(tmp_path / "model.safetensors")
    assert loaded.n_labels_ == 3
    assert len(loaded.classes_) == 3
    assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_scorers_of_several_labels_work(model):
    f1 = f1_score(Y[80:], model.predict(X[80:]), average="micro")
    assert f1 > 0.5
    network = MCDropoutMultiLabelClassifier(**FEW)
    for scoring in ("f1_micro", "average_precision", None):
        scores = cross_val_score(network, X, Y, cv=2, scoring=scoring)
        assert np.all((scores >= 0) & (scores <= 1))


def test_weights_of_rows_count_in_the_loss():
    settings = {"max_steps": 30, "n_draws": 5, "random_state": 0, "lr": 0.02}
    y = np.tile([[0, 1], [1, 0]], (60, 1))
    weights = np.tile([1.0, 0.0], 60)
    model = MCDropoutMultiLabelClassifier(**settings).fit(X, y, weights)
    assert_array_equal(model.predict(X), np.tile([0, 1], (120, 1)))


class Head(nn.Sequential):
    def __init__(self, *last, n_outputs=3):
        layers = [nn.Linear(8, 16), nn.ReLU(), nn.Dropout(0.5)]
        super().__init__(*layers, nn.Linear(16, n_outputs), *last)


def test_a_module_of_ones_own_gives_logits_one_per_label():
    model = MCDropoutMultiLabelClassifier(Head(), **FEW).fit(X, Y)
    assert model.predict_proba(X).shape == (120, 3)
    with pytest.raises(ValueError, match="must give logits, but Head ends in a Sig"):
        MCDropoutMultiLabelClassifier(Head(nn.Sigmoid()), **FEW).fit(X, Y)
    with pytest.raises(ValueError, match=r"n_samples, 3\), one column per label"):
        MCDropoutMultiLabelClassifier(Head(n_outputs=2), **FEW).fit(X, Y)


def test_images_have_labels_too():
    images = np.random.default_rng(0).random((20, 1, 8, 8))
    small = {"module__n_filters": 2, "module__hidden_units": 8}
    model = MCDropoutMultiLabelClassifier(**small, **FEW).fit(images, Y[:20])
    assert model.predict_samples(images, random_state=0).shape == (20, 5, 3)
