"""The checks of other sub-packages get their arguments from what is audited."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner
from skbal.audit import (
    audit_report,
    calibration_error,
    generalisation_report,
    group_errors,
    group_selection,
    invariance_report,
    leakage_check,
    selection_test,
    too_good_check,
    unbiased_risk,
)
from skbal.audit._report._check import outcome_of
from skbal.audit._report._checks import CHECKS
from skbal.audit._report._content import _outcome
from skbal.audit._report._drawing import drawn
from skbal.audit._report._gather import gather
from skbal.audit._report._sections import SECTIONS
from skbal.audit._report._settings import Settings
from skbal.audit._report._source import Source
from skbal.models import MCDropoutClassifier
from tests.audit._report.small import (
    NAMES,
    POOL,
    TEST,
    X,
    Y,
    loop,
    unexplained_numbers,
)

BY_NAME = {check.name: check for check in CHECKS}
NOTHING = {"X_test": None, "y_test": None, "X_pool": None}


@pytest.fixture(scope="module")
def done():
    return loop(NAMES).run()


def outcome(name, source, options=None, **params):
    if not isinstance(source, Source):
        source = gather(source, NOTHING, {"random_state": 0, **(options or {})})
    return outcome_of(BY_NAME[name], source, params)


def result(*given, **params):
    found = outcome(*given, **params)
    assert found.status == "ran", found.reason
    return found.result


def test_every_check_has_its_section_a_question_and_what_follows():
    assert len(BY_NAME) == len(CHECKS)
    for check in CHECKS:
        assert check.section in SECTIONS
        assert check.question.endswith("?")
        has_meaning = bool(check.meaning) == check.judged
        assert has_meaning or check.name in {"unbiased_risk"}
        assert check.meaning == "" or check.meaning.endswith(".")
    assert {check.section for check in CHECKS} | {"chosen"} == set(SECTIONS)


def test_checks_of_one_label_do_not_apply_to_several():
    labels = np.stack([Y == 1, X[:, 0] > 5.8], axis=1).astype(int)
    forest = RandomForestClassifier(5, random_state=0)
    for model in (forest, make_pipeline(StandardScaler(), forest)):
        learner = ActiveLearner(model, X_training=X[POOL], y_training=labels[POOL])
        report = audit_report(
            learner, X[TEST], labels[TEST], groups_test=np.arange(50) % 3
        )
        status = dict(report.to_frame()[["check", "status"]].to_numpy())
        assert {name for name, word in status.items() if word == "ran"} == {
            "leakage_check",
            "repeatable",
        }
        for name in ("labelled classes", "score", "calibration_error", "group_errors"):
            assert status[name] == "does not apply"
        assert not any(
            "could not be run" in part["reason"] for part in report.not_checked
        )


def test_nothing_fails_where_everything_is_given(done):
    report = audit_report(
        done,
        independent=(X[TEST] + 0.1, NAMES[TEST]),
        compare_random=True,
        groups_pool=np.arange(100) % 3,
        groups_test=np.arange(50) % 3,
        reference_error=0.3,
        check_params={"permuted_labels_check": {"n_permutations": 20, "cv": 2}},
    )
    reasons = {part["name"]: part["reason"] for part in report.not_checked}
    assert set(reasons) == {"unbiased_risk", "saliency_sanity_check"}
    assert not any("could not be run" in reason for reason in reasons.values())
    ran = set(report.results)
    inapplicable = {"people", "vote_coverage", "invariance_report"}
    assert ran == set(BY_NAME) - set(reasons) - inapplicable
    assert unexplained_numbers(report) == set()


def test_probabilities_are_those_of_the_test_rows(done):
    model = done.learner.estimator
    expected = calibration_error(
        NAMES[TEST], model.predict_proba(X[TEST]), classes=model.classes_
    )
    found = result("calibration_error", done)
    assert found.to_dict() == expected.to_dict()


def test_a_class_that_the_model_never_saw_has_probability_0(done):
    y = np.where(np.arange(50) < 5, "iris", NAMES[TEST])
    source = gather(done, {**NOTHING, "X_test": X[TEST], "y_test": y}, {})
    found = result("calibration_error", source)
    assert found.classes.tolist()[-1] == "iris"
    assert found.class_probability[-1] == 0
    assert found.class_share[-1] == 0.1


def test_errors_are_those_of_training_test_and_independent_rows(done):
    learner, apart = done.learner, (X[TEST][:20], NAMES[TEST][:20])
    expected = generalisation_report(
        learner.estimator,
        (learner.X_training, learner.y_training),
        (X[TEST], NAMES[TEST]),
        apart,
    )
    found = result("generalisation_report", done, {"independent": apart})
    assert found.to_dict() == expected.to_dict()
    assert found.n_rows.tolist() == [21, 50, 20]


def test_labelled_rows_are_compared_with_those_that_were_not_asked_about(done):
    asked = np.sort([row for record in done.history_ for row in record.indices])
    others = np.setdiff1d(np.arange(100), asked)
    expected = selection_test(X[POOL][asked], X[POOL][others], random_state=0)
    assert result("selection_test", done).to_dict() == expected.to_dict()
    groups = NAMES[POOL]
    expected = group_selection(groups[asked], groups[others])
    found = result("group_selection", done, {"groups_pool": groups})
    assert found.to_dict() == expected.to_dict()


def test_errors_by_group_are_those_of_the_test_rows(done):
    groups = np.arange(50) % 2
    predicted = done.learner.predict(X[TEST])
    found = result("group_errors", done, {"groups_test": groups})
    expected = group_errors(NAMES[TEST], predicted, groups)
    assert found.to_dict() == expected.to_dict()


def test_a_risk_of_chosen_labels_is_taken_as_it_is_given(done):
    assert "are not kept" in outcome("unbiased_risk", done).reason
    given = unbiased_risk([0.0, 1.0, 0.0], [0.1, 0.2, 0.1], n_pool=20)
    report = audit_report(done, results={"unbiased_risk": given}, checks=[])
    assert report.results == {"unbiased_risk": given}


def test_copies_are_looked_for_in_the_pool(done):
    X_test = np.vstack([X[TEST], X[POOL][90:96]])
    given = {**NOTHING, "X_test": X_test, "y_test": np.r_[Y[TEST], Y[POOL][90:96]]}
    found = result("leakage_check", gather(done, given, {"random_state": 0}))
    expected = leakage_check(X[POOL], X_test, random_state=0)
    assert found.found.to_dict() == expected.to_dict()
    assert "training" not in found.verdict
    copies = found.to_frame()
    assert set(range(90, 96)) <= set(copies["pool"])
    assert set(range(50, 56)) <= set(copies["test"])


def test_training_many_times_is_only_done_when_asked_for(done):
    settings = Settings("title")
    found = _outcome(
        BY_NAME["permuted_labels_check"], gather(done, NOTHING, {}), settings
    )
    assert (found.status, "a hundred times" in found.reason) == ("not checked", True)
    assert "check_params={'permuted_labels_check': {}}" in found.remedy
    few = {"permuted_labels_check": {"n_permutations": 20, "cv": 2}}
    report = audit_report(done, checks=["permuted_labels_check"], check_params=few)
    assert list(report.results) == ["permuted_labels_check"]


def test_an_error_is_compared_with_the_one_that_was_expected(done):
    assert "Give reference_error" in outcome("too_good_check", done).remedy
    found = result("too_good_check", done, {"reference_error": 0.5}, factor=2)
    expected = too_good_check(
        NAMES[TEST], done.learner.predict(X[TEST]), 0.5, kind="labels", factor=2
    )
    assert found.to_dict() == expected.to_dict()


def test_odd_rows_are_called_as_in_the_pool():
    odd = X[POOL].copy()
    odd[77] = 40  # cm
    started = loop()
    started.X_pool = odd
    found = result("anomaly_scores", started.run(), method="distance")
    assert found.names[found.order[0]] == 77
    assert len(found.scores) == 100 - 21


def test_a_model_without_draws_has_distances_only():
    linear = LogisticRegression().fit(X[POOL], Y[POOL])
    source = Source(
        "learner", linear, X_labelled=X[POOL], y_labelled=Y[POOL], X_test=X[TEST],
        y_test=Y[TEST],
    )  # fmt: skip
    assert result("anomaly_scores", source).method == "distance"
    assert outcome("uncertainty_saliency", source).status == "does not apply"
    assert result("saliency", source).method == "occlusion"


def test_maps_are_of_a_few_random_test_rows(done):
    found = result("saliency", done)
    assert found.maps.shape == (20, 4)
    places = [np.flatnonzero((X[TEST] == row).all(axis=1))[0] for row in found.images]
    assert places == sorted(places)
    assert "no weights" in outcome("saliency_sanity_check", done).reason


@pytest.mark.parametrize("scaled", [False, True])
def test_maps_of_a_network_are_gradients_if_they_pass(scaled):
    rng = np.random.default_rng(0)
    images, y = rng.random((30, 64), dtype=np.float32), np.arange(30) % 2
    network = MCDropoutClassifier(
        image_shape=(8, 8), module__n_filters=2, n_draws=3, max_steps=2, random_state=0
    )
    model = make_pipeline(StandardScaler(), network) if scaled else network
    source = Source(
        "learner", model.fit(images, y), X_test=images, y_test=y,
        options={"image_shape": (8, 8)},
    )  # fmt: skip
    found = result("uncertainty_saliency", source)
    assert found.method == ("occlusion" if scaled else "gradient")
    assert found.maps.shape == (20, 8, 8)
    (picture,) = BY_NAME["uncertainty_saliency"].pictures(found, source)
    assert picture.alt.startswith("5 random test images")


def test_rows_of_classes_that_the_model_never_saw_are_left_out_of_the_search():
    known = POOL[Y[POOL] < 2]
    model = RandomForestClassifier(5, random_state=0).fit(X[known], Y[known])
    source = Source("learner", model, X_test=X[TEST], y_test=Y[TEST])
    assert result("shortcut_test", source).n_samples == (Y[TEST] < 2).sum()


def test_a_planted_tag_is_found():
    rng = np.random.default_rng(0)
    images = rng.random((300, 8, 8))
    y = rng.integers(2, size=300)
    images[y == 1, :2, :2] = 1
    flat = images.reshape(300, -1)
    model = RandomForestClassifier(30, random_state=0).fit(flat[:100], y[:100])
    source = Source(
        "learner", model, X_labelled=flat[:100], y_labelled=y[:100], X_test=flat[100:],
        y_test=y[100:], options={"image_shape": (8, 8), "random_state": 0},
    )  # fmt: skip
    found = result("shortcut_test", source)
    assert found.concern
    assert found.region[:2, :2].any()
    (picture,) = BY_NAME["shortcut_test"].pictures(found, source)
    assert drawn(picture).startswith("data:image/")


def test_images_are_changed_as_the_caller_says():
    rng = np.random.default_rng(0)
    images = rng.random((60, 8, 8))
    y = rng.integers(2, size=60)
    images[y == 1, :4] += 1
    flat = images.reshape(60, -1)
    model = RandomForestClassifier(5, random_state=0).fit(flat, y)
    source = Source(
        "learner", model, X_test=flat, y_test=y,
        options={"image_shape": (8, 8), "random_state": 0},
    )  # fmt: skip
    asked = {"transforms": {"half turn": lambda x: x[:, :, ::-1, ::-1]}}
    found = result("invariance_report", source, **asked)
    given = {"image_shape": (8, 8), "random_state": 0}
    expected = invariance_report(model, flat, y=y, **asked, **given)
    assert found.to_dict() == expected.to_dict()
    assert found.concern
    (picture,) = BY_NAME["invariance_report"].pictures(found, source)
    assert drawn(picture).startswith("data:image/")
    assert outcome("invariance_report", source).status == "not checked"
    flat_only = Source("learner", model, X_test=flat, y_test=y, options={})
    assert outcome("invariance_report", flat_only).status == "does not apply"
