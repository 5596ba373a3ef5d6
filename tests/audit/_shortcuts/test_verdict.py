"""`shortcut_test` keeps its level, finds what is planted, and refuses bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.ndimage import gaussian_filter
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler

from skbal.audit import shortcut_test
from skbal.audit._shortcuts._candidates import Candidate, counted
from skbal.audit._shortcuts._parts import Part
from skbal.audit._shortcuts._verdict import split
from tests.audit._shortcuts.fakes import (
    OneColumn,
    TagReader,
    noise_images,
    tagged_images,
)

FOREST = RandomForestClassifier(30, random_state=0)
RESULT_FIELDS = ("found", "p_value", "where", "n_hits", "n_other_hits", "odds_ratio")


def rows_at_the_null(rng, n_each=90, tolerance=1 / 3):
    """Return rows of which the tolerated share of class 1 has the giveaway."""
    X, y = rng.normal(size=(2 * n_each, 3)), np.repeat([0, 1], n_each)
    X[:, 0] = (y == 1) & (rng.random(2 * n_each) < tolerance)
    return X, y


def test_false_alarms_stay_at_the_level_with_as_many_hits_as_are_tolerated():
    n_runs, found = 100, []
    for seed in range(n_runs):
        X, y = rows_at_the_null(np.random.default_rng(seed))
        found.append(shortcut_test(OneColumn(), X, y, random_state=seed).found)
    most = stats.binom.ppf(0.999, n_runs, 0.05)
    assert sum(found) <= most
    # It is no test that never fires: more carriers are found nearly always.
    X, y = rows_at_the_null(np.random.default_rng(0), tolerance=0.8)
    assert shortcut_test(OneColumn(), X, y, random_state=0).found


def test_of_2000_tests_at_the_null_hypothesis_the_share_of_false_alarms_is_exact():
    # The second stage alone, of a part and class that were chosen before.
    codes = np.repeat([0, 1], [100, 43])
    donors = np.arange(len(codes))
    rng = np.random.default_rng(0)
    effects = (rng.random((2000, len(codes))) < 1 / 3) & (codes == 1)
    candidate = Candidate(Part(), 1, 0.5)
    rejected = [
        counted(candidate, FixedEffects(one), codes, donors)[0].p_value(1 / 3) <= 0.05
        for one in effects
    ]
    least = stats.binom.isf(0.05, 43, 1 / 3) + 1  # hits that reject
    expected = stats.binom.sf(least - 1, 43, 1 / 3)
    assert 0.04 < expected <= 0.05
    error = np.sqrt(expected * (1 - expected) / 2000)
    assert abs(np.mean(rejected) - expected) < 4 * error


class FixedEffects:
    """Donors with known effects on class 1, in place of an exchange."""

    n_classes = 2

    def __init__(self, effects):
        self._effects = np.column_stack([0 * effects, effects]).astype(float)

    def effects(self, part, donors):
        return self._effects[donors], self._effects[donors]


def test_the_halves_are_disjoint_and_hold_half_of_each_class():
    codes = np.random.default_rng(0).choice(3, size=200, p=[0.7, 0.2, 0.1])
    recipients, explore, confirm = split(codes, 6, np.random.default_rng(1))
    together = np.concatenate([recipients, explore, confirm])
    np.testing.assert_array_equal(np.sort(together), np.arange(200))
    np.testing.assert_array_equal(np.bincount(codes[recipients]), [2, 2, 2])
    sizes = np.bincount(codes[explore]) - np.bincount(codes[confirm])
    assert set(sizes) <= {0, 1}


def test_the_p_value_is_that_of_the_counted_hits():
    X, y = rows_at_the_null(np.random.default_rng(1), tolerance=0.7)
    result = shortcut_test(OneColumn(), X, y, random_state=0, tolerance=0.4)
    assert (result.where, result.class_label) == ("column 0", 1)
    inside = stats.binomtest(
        result.n_hits, result.n_donors, 0.4, alternative="greater"
    ).pvalue
    outside = stats.binomtest(
        result.n_other_hits, result.n_others, 0.1, alternative="less"
    ).pvalue
    assert result.p_value == pytest.approx(max(inside, outside))
    assert set(result.hit_rows) <= set(np.flatnonzero((y == 1) & (X[:, 0] == 1)))
    assert len(result.hit_rows) == result.n_hits


FORMS = {
    "grey": (lambda X: X, np.asarray, None),
    "flat": (lambda X: X.reshape(-1, 100), lambda X: X.reshape(-1, 10, 10), (10, 10)),
    "channels first": (lambda X: np.stack([X] * 2, 1), lambda X: X[:, 1], None),
    "colours last": (lambda X: np.stack([X] * 3, -1), lambda X: X[..., 2], None),
    "bytes": (lambda X: (X * 255).astype(np.uint8), lambda X: X / 255, None),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_tag_on_most_images_of_a_class_is_found_and_delimited_in_every_form(form):
    as_input, as_grey, image_shape = FORMS[form]
    X, y, mask, carries = tagged_images(np.random.default_rng(0), share=0.75)
    model = TagReader(mask, as_grey)
    result = shortcut_test(model, as_input(X), y, image_shape, random_state=0)
    assert result.found
    assert (result.kind, result.class_label) == ("region", "tagged")
    np.testing.assert_array_equal(result.region, mask)
    assert result.box == (0, 2, 7, 9)
    assert carries[result.hit_rows].all()
    assert "rows 0-2, columns 7-9 give away class tagged" in result.verdict


def test_a_tag_that_the_model_does_not_use_is_no_shortcut():
    X, y, mask, _ = tagged_images(np.random.default_rng(0), side=12)
    elsewhere = np.roll(mask, 5, axis=0)
    assert shortcut_test(TagReader(elsewhere), X, y, random_state=0).found is False


def test_brightness_blur_and_background_are_named():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 80)
    plain = np.zeros((160, 12, 12), dtype=np.float32)
    plain[:, 3:9, 3:9] = rng.random((160, 6, 6)) ** 2
    plain[:, 4, 4] = 1
    plain = np.stack([np.roll(one, rng.integers(-2, 3, 2), (0, 1)) for one in plain])
    on = y == 1
    changed = {
        "brightness": np.where(on[:, None, None], plain * 0.4, plain),
        "background": np.where(on[:, None, None], np.maximum(plain, 0.2), plain),
        "blur": np.where(on[:, None, None], gaussian_filter(plain, (0, 1, 1)), plain),
    }
    features = {
        "brightness": lambda X: -X.reshape(len(X), -1).max(axis=1),
        "background": lambda X: np.median(X[:, 0], axis=1),
        "blur": lambda X: np.abs(np.diff(X, axis=2)).max(axis=(1, 2)),
    }
    for kind, X in changed.items():
        model = Threshold(features[kind]).fit(X, y)
        result = shortcut_test(model, X, y, random_state=0)
        assert (result.found, result.kind) == (True, kind), result.verdict


class Threshold(RandomForestClassifier):
    """A forest on one number of each image."""

    def __init__(self, feature=None, n_estimators=5, random_state=0):
        super().__init__(n_estimators=n_estimators, random_state=random_state)
        self.feature = feature

    def fit(self, X, y):
        return super().fit(self.feature(X)[:, None], y)

    def predict_proba(self, X):
        return super().predict_proba(self.feature(X)[:, None])


def test_labels_that_only_the_whole_image_tells_are_no_shortcut():
    rng = np.random.default_rng(0)
    X = noise_images(300, rng, side=12)
    y = (X.mean(axis=(1, 2)) > 0.5).astype(int)
    model = RandomForestClassifier(20, random_state=0)
    model.fit(X[:150].reshape(150, -1), y[:150])
    result = shortcut_test(
        model, X[150:].reshape(150, -1), y[150:], (12, 12), random_state=0
    )
    assert result.found is False
    assert result.concern is False
    assert result.region is None
    assert result.verdict.startswith("No shortcut was found in 150 rows.")


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("model", [LogisticRegression(max_iter=200), FOREST])
def test_of_small_clean_digits_it_says_that_it_cannot_be_told(model, seed):
    X, y = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(y))
    learn, held_out = order[:900], order[900:]
    fitted = clone(model).set_params(random_state=seed).fit(X[learn] / 16, y[learn])
    result = shortcut_test(
        fitted, X[held_out] / 16, y[held_out], (8, 8), random_state=seed
    )
    assert (result.found, result.concern, result.region) == (None, None, None)
    assert result.p_value > 0.05
    assert result.small_shape == (8, 8)
    assert "images of 8 x 8 pixels are too small" in result.verdict
    assert "No tag or frame was found in 897 rows." in result.verdict


def test_of_small_images_without_anything_that_repeats_it_cannot_be_told_either():
    X, y, mask, _ = tagged_images(np.random.default_rng(0), share=0)
    X[y == "tagged"] *= 0.5  # the brightness of small images is not searched
    result = shortcut_test(TagReader(mask), X, y, random_state=0)
    assert (result.found, result.p_value, result.candidates) == (None, 1.0, [])
    assert "10 x 10 pixels are too small" in result.verdict


def test_a_tag_on_small_digits_is_found():
    X, y = load_digits(return_X_y=True)
    images = X.reshape(-1, 8, 8)
    images[y == 3, :2, :2] = [[16, 9], [11, 14]]
    order = np.random.default_rng(0).permutation(len(y))
    learn, held_out = order[:900], order[900:]
    model = clone(FOREST).fit(X[learn], y[learn])
    result = shortcut_test(model, X[held_out], y[held_out], (8, 8), random_state=0)
    assert (result.found, result.class_label) == (True, 3)
    assert result.region[:2, :2].all()  # strokes of the 3 may be joined to it


class ImageReader(TagReader):
    """A model of flat rows that knows the shape of its images, as networks do."""

    def __init__(self, tag, image_shape):
        super().__init__(tag, lambda X: np.reshape(X, (len(X), *tag.shape)))
        self.image_shape = image_shape

    def fit(self, X, y):
        return self

    def __sklearn_is_fitted__(self):
        return True


def test_the_shape_of_images_is_that_which_the_model_knows_also_in_a_pipeline():
    X, y, mask, _ = tagged_images(np.random.default_rng(0), side=12)
    flat, model = X.reshape(len(X), -1), ImageReader(mask, (1, 12, 12))
    scaled = Pipeline([("scale", FunctionTransformer()), ("model", model)])
    expected = shortcut_test(model, flat, y, (12, 12), random_state=0)
    assert expected.where == "rows 0-2, columns 9-11"
    for estimator in (model, scaled):
        result = shortcut_test(estimator, flat, y, random_state=0)
        assert result.to_dict() == expected.to_dict()
    # What the caller gives goes first, also if it is wrong.
    with pytest.raises(ValueError, match="25 values per row"):
        shortcut_test(model, flat, y, (5, 5))


def test_a_shape_of_other_rows_than_those_given_is_not_taken():
    X, y = rows_at_the_null(np.random.default_rng(0), tolerance=0.9)
    model = OneColumn()
    model.image_shape = (2, 2)  # of what a pipeline makes of three columns
    result = shortcut_test(model, X, y, random_state=0)
    assert (result.kind, result.where) == ("columns", "column 0")


def test_a_column_of_a_frame_is_named_and_text_may_stand_beside_it():
    rng = np.random.default_rng(0)
    X, y = rows_at_the_null(rng, tolerance=0.9)
    frame = pd.DataFrame(X, columns=["site", "age", "dose"]).assign(
        city=rng.choice(["a", "b"], size=len(X))
    )
    result = shortcut_test(NamedColumn(), frame, y, random_state=0)
    assert (result.found, result.where) == (True, "site")
    np.testing.assert_array_equal(result.region, [True, False, False, False])
    assert result.box is None
    table = result.to_frame()
    assert set(table["where"]) == {"site", "age", "dose", "city"}
    assert table["search_p_value"].is_monotonic_increasing


@pytest.mark.parametrize(("share", "found"), [(0.6, False), (1.0, True)])
def test_a_column_of_different_values_must_decide_for_nearly_all_rows(share, found):
    rng = np.random.default_rng(0)
    X, y = rows_at_the_null(rng, tolerance=share, n_each=100)
    code = shortcut_test(OneColumn(), X, y, random_state=0)
    assert code.found
    X[:, 0] += rng.uniform(-0.4, 0.4, size=len(X))  # no value occurs twice
    strong = shortcut_test(OneColumn(), X, y, random_state=0)
    assert (strong.found, strong.where, strong.tolerance) == (found, "column 0", 0.8)


class NamedColumn(OneColumn):
    def predict_proba(self, X):
        assert X["city"].isin(["a", "b"]).all()
        return super().predict_proba(X[["site"]].to_numpy())


def test_a_group_of_equal_columns_is_found_where_each_alone_is_not_enough():
    rng = np.random.default_rng(0)
    X, y = rows_at_the_null(rng, tolerance=0.9)
    X = np.column_stack([X, X[:, 0], rng.normal(size=len(X))])
    result = shortcut_test(BothColumns(), X, y, random_state=0)
    assert result.where == "the columns 0 and 3"
    assert result.found


class BothColumns(OneColumn):
    def predict_proba(self, X):
        return super().predict_proba(X[:, [0]] * X[:, [3]])


def test_a_classifier_without_probabilities_and_a_pipeline_are_taken():
    X, y, _, _ = tagged_images(np.random.default_rng(0))
    flat = X.reshape(len(X), -1)
    model = make_pipeline(MinMaxScaler(), RandomForestClassifier(30, random_state=0))
    model.fit(flat, y)
    result = shortcut_test(model, flat, y, (10, 10), random_state=0)
    assert result.found

    class OnlyLabels:
        classes_ = model.classes_
        predict = staticmethod(model.predict)

    result = shortcut_test(OnlyLabels(), flat, y, (10, 10), random_state=0)
    assert result.found


def test_draws_are_averaged_and_all_predictions_share_one_seed():
    X, y = rows_at_the_null(np.random.default_rng(0), tolerance=0.8)
    asked = set()

    class Sampled(OneColumn):
        def predict_samples(self, X, n_draws=None, *, random_state=None):
            asked.add((n_draws, random_state))
            mean = self.predict_proba(X)
            move = np.array([-0.01, 0.01])  # from the mean, to either side
            return np.stack([mean + move, mean - move, mean], axis=1)

    expected = shortcut_test(OneColumn(), X, y, random_state=5)
    result = shortcut_test(Sampled(), X, y, random_state=5, n_draws=3)
    assert asked == {(3, 5)}
    assert result.p_value == pytest.approx(expected.p_value)
    assert result.odds_ratio == pytest.approx(expected.odds_ratio)


def test_too_few_rows_cannot_be_told():
    X, y, mask, _ = tagged_images(np.random.default_rng(0), n_each=20)
    result = shortcut_test(TagReader(mask), X, y)
    assert (result.found, result.concern, result.p_value) == (None, None, 1.0)
    assert result.verdict.endswith(
        "40 rows are too few. The half that tests needs at least 3 rows of a class and "
        "29 of all others."
    )
    assert len(result.to_frame()) == 0


@settings(max_examples=10, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_the_same_seed_gives_the_same_result_and_names_of_classes_do_not_matter(seed):
    X, y = rows_at_the_null(np.random.default_rng(seed), n_each=70, tolerance=0.6)
    first = shortcut_test(OneColumn(), X, y, random_state=seed)

    class Named(OneColumn):
        classes_ = np.array(["calm", "storm"])

    second = shortcut_test(
        Named(), X.copy(), np.array(["calm", "storm"])[y], random_state=seed
    )
    for name in RESULT_FIELDS:
        assert getattr(first, name) == getattr(second, name)
    assert second.class_label == Named.classes_[first.class_label]


def test_the_order_of_rows_does_not_decide():
    rng = np.random.default_rng(0)
    X, y, mask, _ = tagged_images(rng, share=0.8)
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(len(y))
        result = shortcut_test(TagReader(mask), X[order], y[order], random_state=0)
        assert result.found
        np.testing.assert_array_equal(result.region, mask)


def test_the_arrays_of_the_caller_stay_as_they_are():
    X, y, mask, _ = tagged_images(np.random.default_rng(0))
    before = X.copy(), y.copy()
    shortcut_test(TagReader(mask), X, y, random_state=0)
    np.testing.assert_array_equal(X, before[0])
    np.testing.assert_array_equal(y, before[1])


X, Y = rows_at_the_null(np.random.default_rng(0), n_each=40)
BAD = [
    (
        {"estimator": OneColumn},
        TypeError,
        "estimator of shortcut_test must be a fitted",
    ),
    ({"estimator": LinearRegression().fit(X, Y)}, TypeError, "with classes_"),
    ({"estimator": RandomForestClassifier()}, NotFittedError, "not fitted"),
    (
        {"estimator": DummyClassifier().fit(X, Y * 0)},
        ValueError,
        "at least two classes",
    ),
    ({"y": Y[1:]}, ValueError, "80"),
    ({"y": Y + 1}, ValueError, "fitted on, got 2"),
    ({"y": Y * 0}, ValueError, "at least two classes, got one"),
    ({"X": X[:, 0]}, ValueError, "must hold numbers as images"),
    ({"X": np.full((80, 4, 4), np.nan)}, ValueError, "must be finite"),
    ({"image_shape": (2, 2)}, ValueError, "4 values per row"),
    ({"level": 0}, ValueError, "level of shortcut_test must lie between 0 and 1"),
    ({"level": "low"}, TypeError, "level of shortcut_test"),
    ({"tolerance": 1}, ValueError, "tolerance of shortcut_test must lie between"),
    ({"n_recipients": 1}, ValueError, "n_recipients of shortcut_test"),
    ({"n_draws": 0}, ValueError, "n_draws of shortcut_test"),
    ({"random_state": "a"}, TypeError, "random_state of shortcut_test"),
]


@pytest.mark.parametrize(("changed", "error", "message"), BAD)
def test_what_cannot_be_right_is_refused(changed, error, message):
    arguments = {"estimator": OneColumn(), "X": X, "y": Y, **changed}
    with pytest.raises(error, match=message):
        shortcut_test(**arguments)


def test_strings_in_a_frame_of_another_library_are_refused():
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({"kind": ["disc", "halo"] * 40})
    y = np.arange(80) % 2
    model = DummyClassifier().fit(np.zeros((80, 1)), y)
    with pytest.raises(TypeError, match="must be a data frame of pandas if it holds"):
        shortcut_test(model, frame, y)
