import json

import numpy as np
import pytest
from scipy import ndimage, stats
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skbal.audit import invariance_report
from skbal.exceptions import NoDrawsError
from skbal.models import RandomShift
from tests.audit._invariance.fakes import Brightest, Drawn, Mean, points

COLUMNS = np.tile(np.arange(12), 20)  # 240 rows; columns 6 to 11 are "right"
X = points(COLUMNS)
Y = np.where(COLUMNS >= 6, "right", "left")
MODEL = Brightest().fit(X)


def rolled(columns):
    """Return a change that moves images to the right, around the side."""
    return lambda images: np.roll(images, columns, axis=3)


def test_numbers_are_those_by_hand():
    report = invariance_report(MODEL, X, {"roll": {0: rolled(0), 2: rolled(2)}}, Y)
    assert report.transforms == ("none", "roll", "roll")
    assert report.strengths == (None, 0, 2)
    assert report.words == ("none", "roll 0", "roll 2")
    # Columns 4, 5 become right and 10, 11 left: four of twelve.
    np.testing.assert_allclose(report.same, [1, 1, 8 / 12])
    np.testing.assert_allclose(report.accuracy, [1, 1, 8 / 12])
    np.testing.assert_allclose(report.distance, [0, 0, 0.7 * 4 / 12])
    # Half of the rows are right before and after, with entropy of 0.9 against 0.1.
    entropy = (stats.entropy([0.9, 0.1]) + stats.entropy([0.2, 0.8])) / 2
    np.testing.assert_allclose(report.entropy, entropy)
    assert np.isnan(report.mutual_information).all()
    assert np.isnan(report.intervals["mutual_information"]).all()


def test_intervals_are_wilsons_for_shares_and_hold_means():
    report = invariance_report(MODEL, X, {"roll": rolled(2)}, Y, level=0.1)
    for name, hits in (("same", 160), ("accuracy", 160)):
        exact = stats.binomtest(hits, 240).proportion_ci(0.9, method="wilson")
        np.testing.assert_allclose(report.intervals[name][1], [exact.low, exact.high])
    for name in ("entropy", "distance"):
        low, high = report.intervals[name].T
        assert (low <= getattr(report, name)).all()
        assert (getattr(report, name) <= high).all()


def test_a_shift_goes_to_each_side_as_often():
    report = invariance_report(MODEL, X, {"shift": [0, 2, 30]}, Y, random_state=0)
    assert report.words[2] == "shift 2 pixels"
    # To the right columns 4, 5 change, to the left 6, 7; up and down nothing changes.
    kept = 1 - 2 / 12 / 2
    assert report.same[1] == 1
    assert abs(report.same[2] - kept) < 4 * np.sqrt(kept * (1 - kept) / 240)
    # Far away only the dark edge is left, where the first column counts as brightest.
    assert 0.2 < report.same[3] < 0.8


def test_draws_are_those_of_predict_samples():
    model = Drawn().fit(X)
    report = invariance_report(
        model, X, {"roll": rolled(6)}, Y, n_draws=5, random_state=3
    )
    draws = np.random.default_rng(3).random(5)
    information = []
    for right in (0.5 + draws / 2, draws / 10):
        each = np.column_stack([1 - right, right])
        mean = each.mean(axis=0)
        inner = np.mean([stats.entropy(draw) for draw in each])
        information.append(stats.entropy(mean) - inner)
    # Half of the rows lie on either side, before and after.
    np.testing.assert_allclose(report.mutual_information, np.mean(information))
    assert report.same.tolist() == [1, 0]


def test_a_model_that_no_move_changes_is_invariant():
    dark = 0.4 * np.random.default_rng(0).random((300, 1, 8, 8))
    report = invariance_report(
        Mean().fit(dark), dark, ["shift", "rotation", "elastic"], random_state=0
    )
    assert report.concern is False
    assert report.accuracy is None
    assert report.verdict == (
        "No transform changes the predicted class of more than 10% of rows: shift 0 "
        "pixels, which does most, changes 0% (0% to 1.3%) of 300 rows."
    )
    assert np.isnan(report.entropy).all()  # it has no probabilities


def test_the_verdict_names_the_worst_line():
    report = invariance_report(MODEL, X, {"roll": {1: rolled(1), 6: rolled(6)}}, Y)
    assert report.concern is True
    assert report.verdict == (
        "The model is not invariant: roll 6 changes the predicted class of 100% (98.4% "
        "to 100%) of 240 rows, and the accuracy falls from 100% to 0%."
    )
    few = invariance_report(MODEL, X[:12], {"mirror": lambda x: x}, Y[:12])
    assert few.concern is None
    assert few.verdict == (
        "It cannot be told whether each transform leaves all but 10% of the predicted "
        "classes as they are: mirror changes 0% (0% to 24%) of 12 rows, and the "
        "accuracy stays 100%."
    )


def test_the_level_holds_where_just_enough_rows_keep_their_class():
    """By all numbers of rows that may turn over, in two lines of the same rows."""

    def flipping(number):
        def flip(images):
            images[:number] = images[:number, ..., ::-1]
            return images

        return {"flip": {1: flip, 2: flip}}

    n_flipped = np.arange(41)
    concerns = np.array(
        [invariance_report(MODEL, X[:40], flipping(n)).concern for n in n_flipped]
    )
    assert concerns[0] is False  # 0.9 ** 40 is 0.015
    assert concerns[1] is None
    assert concerns[40] is True
    chance = stats.binom(40, 0.1).pmf(n_flipped)
    # Each line alone is wrongly doubted in half of the allowed cases at most.
    assert 0.001 < chance[concerns == True].sum() <= 0.025  # noqa: E712
    assert chance[concerns == False].sum() <= 0.025  # noqa: E712


def test_p_values_are_those_of_an_exact_test():
    report = invariance_report(MODEL, X, {"roll": rolled(1)}, min_same=0.8)
    kept = 200  # two of twelve columns change their side
    for found, side in ((report.p_doubt, "less"), (report.p_fine, "greater")):
        expected = stats.binomtest(kept, 240, 0.8, alternative=side).pvalue
        np.testing.assert_allclose(found[1], expected)


def test_every_layout_of_the_images_gives_the_same_numbers():
    pandas = pytest.importorskip("pandas")
    first = FunctionTransformer(lambda X: np.asarray(X).reshape(-1, 1, 9, 12))
    flat = make_pipeline(first, MODEL)
    last = make_pipeline(
        FunctionTransformer(lambda X: np.moveaxis(X, 3, 1)), Brightest().fit(X)
    )
    bytes_ = make_pipeline(
        FunctionTransformer(lambda X: X[:, None] / np.float32(255)), MODEL
    )
    asked = {"shift": [3], "rotation": [15], "roll": rolled(2)}
    expected = invariance_report(MODEL, X, asked, Y, random_state=0)
    frame = pandas.DataFrame(X.reshape(240, -1))
    for model, rows, given in (
        (flat, X.reshape(240, -1), {"image_shape": (9, 12)}),
        (flat, frame, {"image_shape": (1, 9, 12)}),
        (last, np.repeat(np.moveaxis(X, 1, 3), 3, axis=3), {}),
        (bytes_, (255 * X[:, 0]).astype(np.uint8), {}),
    ):
        found = invariance_report(model, rows, asked, Y, random_state=0, **given)
        np.testing.assert_allclose(found.same, expected.same)
        np.testing.assert_allclose(found.accuracy, expected.accuracy)


def test_the_estimator_gets_rows_like_those_of_x():
    images = np.full((4, 6, 6), 200, dtype=np.uint8)

    class Noting(Mean):
        def predict(self, X):
            seen.append(X)
            return np.zeros(len(X), dtype=int)

    seen = []
    invariance_report(Noting().fit(images), images, {"double": lambda x: 2 * x + 0.6})
    given, doubled = seen
    assert given.dtype == doubled.dtype == np.uint8
    assert given.shape == doubled.shape == images.shape
    assert (given == 200).all()
    assert (doubled == 255).all()  # and not 400 modulo 256


def test_the_images_of_the_caller_stay_and_a_seed_repeats():
    def darken(images):
        images *= 0.5  # in place
        return images

    copy = X.copy()
    asked = {"dark": darken, "random": RandomShift(3), "elastic": [1]}
    first, second, other = (
        invariance_report(MODEL, X, asked, Y, random_state=seed) for seed in (0, 0, 1)
    )
    np.testing.assert_array_equal(X, copy)
    assert first.to_dict() == second.to_dict()
    assert first.to_dict() != other.to_dict()
    assert first.same[1] == 1  # half as bright is as bright


def test_a_forest_has_draws_and_a_table_of_its_numbers():
    pytest.importorskip("pandas")
    flat = X.reshape(240, -1)
    forest = RandomForestClassifier(7, random_state=0).fit(flat, Y)
    report = invariance_report(
        forest, flat, ["shift"], Y, image_shape=(9, 12), random_state=0
    )
    frame = report.to_frame()
    assert frame["transform"].tolist() == ["none"] + 3 * ["shift"]
    assert frame["strength"].tolist()[1:] == [0, 2, 4]
    np.testing.assert_array_equal(frame["accuracy"], report.accuracy)
    np.testing.assert_array_equal(
        frame[["same_low", "same_high"]], report.intervals["same"]
    )
    assert (frame["mutual_information"] <= frame["entropy"]).all()
    assert report.accuracy[0] == forest.score(flat, Y)
    assert json.loads(json.dumps(report.to_dict()))["n_rows"] == 240
    assert report.examples.shape == (4, 9, 12)


def test_known_changes_are_those_of_scipy():
    rng = np.random.default_rng(0)
    images = rng.random((2, 3, 8, 9)).astype(np.float32)
    model = Mean().fit(images)
    asked = {"blur": [1.5], "scale": [0.7]}
    report = invariance_report(model, images, asked)
    centre = np.array([3.5, 4.0])
    blurred = ndimage.gaussian_filter(images[0], (0, 1.5, 1.5), mode="nearest")
    stretched = [
        ndimage.affine_transform(
            channel, np.eye(2) / 0.7, centre - centre / 0.7, order=1, mode="nearest"
        )
        for channel in images[0]
    ]
    for found, expected in zip(report.examples, [images[0], blurred, stretched]):
        expected = np.moveaxis(np.asarray(expected), 0, -1)
        np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize(("transforms", "error", "message"), [
    (3, TypeError, "transforms of invariance_report must be a dict .* got int"),
    ({}, ValueError, "at least one, got none"),
    (["tilt"], ValueError, "must name 'shift', .* for 'tilt', got None"),
    ({"shift": "far"}, TypeError, r"transforms\['shift'\] .* numbers >= 0, got 'far'"),
    ({"shift": [0.5]}, ValueError, "whole pixels, got 0.5"),
    ({"shift": [-1]}, ValueError, "numbers >= 0, got -1"),
    ({"rotation": [181]}, ValueError, r"numbers in \[0, 180\], got 181"),
    ({"scale": 0}, ValueError, r"numbers in \[0.01, 100\], got 0"),
    ({"a": {1: "blur"}}, TypeError, "map strengths to callables, got 'blur' for 1"),
    ({"a": RandomShift}, ValueError, "or give a callable or a dict"),
    (["shift", "shift"], ValueError, "names that differ, got 'shift' twice"),
    ({"a": lambda x: x[:1]}, ValueError, r"'a' given to .* shape \(240, 1, 9, 12\), g"),
    ({"a": lambda x: "no"}, TypeError, "must return finite numbers .* got ndarray"),
    ({"a": lambda x: x * np.nan}, ValueError, "finite numbers .* got NaN"),
])  # fmt: skip
def test_wrong_transforms_are_named(transforms, error, message):
    with pytest.raises(error, match=message):
        invariance_report(MODEL, X, transforms)


@pytest.mark.parametrize(("given", "error", "message"), [
    ({"X": X.reshape(240, -1)}, ValueError, r"hold images, got rows of shape \(108"),
    ({"X": X[:0]}, ValueError, r"X given to invariance_report is empty, got shape"),
    ({"y": Y[:3]}, ValueError, "240.*3"),
    ({"y": np.arange(240)}, ValueError, "must hold classes.* first label is 0"),
    ({"estimator": Brightest}, TypeError, "estimator of invariance_report must be"),
    ({"min_same": 1}, ValueError, "min_same of invariance_report must lie between"),
    ({"level": 0}, ValueError, "level of invariance_report must lie between"),
    ({"n_draws": 0}, ValueError, "n_draws of invariance_report"),
    ({"n_draws": 5}, NoDrawsError, "Brightest"),
    ({"random_state": -1}, ValueError, "random_state of invariance_report"),
    ({"image_shape": (3, 3)}, ValueError, "image_shape of invariance_report is"),
])  # fmt: skip
def test_other_wrong_arguments_are_named(given, error, message):
    asked = {"estimator": MODEL, "X": X, "transforms": ["shift"], **given}
    with pytest.raises(error, match=message):
        invariance_report(**asked)


class ProbabilitiesOnly:
    classes_ = MODEL.classes_

    def predict_proba(self, X):
        return MODEL.predict_proba(X)


def test_a_model_without_predict_is_told_so():
    with pytest.raises(TypeError, match=r"classifier, got .* It has no predict\."):
        invariance_report(ProbabilitiesOnly(), X, ["shift"])
