import json
import re
from importlib import import_module
from pathlib import Path

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import BayesianRidge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skbal import ActiveLearner, ActiveLearningClassifier, ActiveLearningRegressor
from skbal.audit import AuditReport, audit_report
from skbal.audit._report import _content
from skbal.audit._report._check import Check
from skbal.audit._report._checks import CHECKS
from skbal.loop import History, Record
from skbal.query import BALD
from tests.audit._report.small import (
    FAST,
    NAMES,
    POOL,
    TEST,
    Page,
    X,
    Y,
    loop,
    unexplained_numbers,
)


@pytest.fixture(scope="module")
def done():
    return loop().run()


@pytest.fixture(scope="module")
def report(done):
    return audit_report(done, checks=FAST)


def statuses(report):
    frame = report.to_frame()
    return dict(zip(frame["check"], frame["status"]))


def test_it_says_what_was_done_how_good_it_is_and_what_was_not_checked(report, done):
    first, simulated, good, *_ = report.summary
    assert "21 labels of 100 rows were paid for: 6 first, then 3 queries" in first
    assert "BALD" in first
    assert "RandomForestClassifier learned from 21 labels" in first
    assert "simulation" in simulated
    n_right = int((done.learner.predict(X[TEST]) == Y[TEST]).sum())
    assert f"{n_right} of 50 test rows" in good
    assert 5 <= len(report.summary) <= 8
    reasons = {part["name"]: part for part in report.not_checked}
    assert "no run of random choice" in reasons["against random"]["reason"]
    assert "compare_random" in reasons["against random"]["remedy"]


def test_every_check_is_in_one_section_and_has_a_status(report):
    names = [c["name"] for s in report.sections for c in s["checks"]]
    assert names == list(report.to_frame()["check"])
    assert sorted(names) == sorted(check.name for check in CHECKS)
    concern = dict(report.to_frame()[["check", "concern"]].to_numpy())
    assert concern["score"] is False
    assert concern["people"] is None
    ran = {name for name, status in statuses(report).items() if status == "ran"}
    assert ran == set(report.results)
    assert {part["name"] for part in report.not_checked} == {
        name for name, status in statuses(report).items() if status == "not checked"
    }


def test_every_number_of_the_page_is_in_the_data(report):
    assert unexplained_numbers(report) == set()
    text = Page(report.to_html()).text
    for words in report.summary:
        assert " ".join(words.split()) in text


def test_no_number_of_the_page_contradicts_another(report, done):
    facts, results = report.to_dict()["facts"], report.to_dict()["results"]
    classes, score = results["labelled classes"], results["score"]
    assert (
        facts["n_learned"] == sum(classes["n_labels"]) == len(done.learner.y_training)
    )
    assert facts["n_labels"] == facts["n_learned"] + facts["n_set_aside"]
    assert facts["n_test"] == score["n_rows"] == sum(score["class_rows"])
    assert score["n_right"] == sum(score["class_right"])
    assert facts["last_score"] == pytest.approx(score["n_right"] / score["n_rows"])
    # The table of steps on the page ends with the same numbers.
    page = Page(report.to_html())
    start = next(n for n, row in enumerate(page.cells) if row[:1] == ["step"])
    last = page.cells[start + len(done.history_)]
    assert int(last[1]) == facts["n_labels"]
    assert float(last[2]) == pytest.approx(facts["last_score"], rel=1e-3)
    asked = [int(row[3]) for row in page.cells[start + 1 : start + 5]]
    assert sum(asked) == facts["n_labels"]


def test_a_report_is_the_same_each_time_and_changes_nothing(done, report):
    before = done.learner.predict_proba(X[TEST])
    state = joblib.hash(done.learner.estimator)
    again = audit_report(done, checks=FAST)
    assert again.to_json() == report.to_json()
    assert again.to_html() == report.to_html()
    assert joblib.hash(done.learner.estimator) == state
    assert np.array_equal(done.learner.predict_proba(X[TEST]), before)


def test_it_is_saved_as_page_data_and_card(report, done, tmp_path):
    for suffix, text in (
        (".html", report.to_html()),
        (".json", report.to_json()),
        (".md", report.to_markdown()),
    ):
        report.save(tmp_path / f"audit{suffix}")
        assert (tmp_path / f"audit{suffix}").read_text("utf-8") == text
    assert json.loads((tmp_path / "audit.json").read_text("utf-8")) == report.to_dict()
    audit_report(done, checks=["score"], path=tmp_path / "new.html")
    assert "<h1>Can this model be believed?</h1>" in (tmp_path / "new.html").read_text()


def test_a_card_names_the_model_its_use_and_its_doubts(report):
    card = report.to_markdown()
    assert card.startswith("# Can this model be believed?\n")
    assert "n\\_estimators=10" in card
    assert "For what must it not be used?" in card
    assert "## What was not checked" in card
    assert all(" ".join(w.split())[:20] in card for w in report.summary)


def test_a_notebook_shows_the_summary(report):
    html = report._repr_html_()
    assert report.summary[0] in Page(html).text
    assert re.fullmatch(
        r"AuditReport\(\d+ checks ran, \d+ found a reason for doubt, \d+ not checked\)",
        repr(report),
    )


class Fails:
    """A check that raises an error, or whose result does."""

    def __init__(self, error):
        self.error = error

    def __call__(self, source):
        raise self.error


def test_an_error_inside_of_a_check_loses_no_report(done, monkeypatch):
    def bad_picture(result, source):
        raise ZeroDivisionError("no <axes>")

    score = next(check for check in CHECKS if check.name == "score")
    checks = (
        Check("broken", "a bad one", "score", "Is it?", Fails(KeyError("<b>no</b>"))),
        Check("drawn", "a bad figure", "score", "And?", score.run, bad_picture),
    )
    monkeypatch.setattr(_content, "CHECKS", checks)
    report = audit_report(done)
    (missing,) = report.not_checked
    assert missing["reason"] == "It could not be run: KeyError: '<b>no</b>'"
    page = Page(report.to_html())
    assert "'<b>no</b>'" in page.text
    assert "There is no figure: ZeroDivisionError: no <axes>" in page.text
    assert statuses(report) == {"broken": "not checked", "drawn": "ran"}


def test_results_that_are_there_are_not_made_again(done, report, monkeypatch):
    again = audit_report(
        done, results={"score": report.results["score"]}, checks=["score"]
    )
    assert again.results["score"] is report.results["score"]
    assert list(again.results) == ["score"]
    assert {"It was not asked for."} == {p["reason"] for p in again.not_checked}


def test_without_matplotlib_and_pandas_it_says_what_is_missing(done, monkeypatch):
    def missing(name):
        if name.partition(".")[0] in ("matplotlib", "pandas"):
            raise ImportError(f"No module named {name!r}")
        return import_module(name)

    # scikit-learn 1.6 breaks on a None in sys.modules.
    monkeypatch.setattr("importlib.import_module", missing)
    report = audit_report(done, checks=FAST)
    page = Page(report.to_html())
    assert page.images == []
    assert "pip install 'skbal[examples]'" in page.text
    assert "21 labels of 100 rows" in page.text


# ------------------------------------------------------------------ what is audited


def test_random_choice_from_the_same_first_labels_is_shown_if_asked_for(done):
    report = audit_report(done, compare_random=True, checks=FAST)
    result = report.results["against random"]
    assert (result.low, result.high) == (6, 21)
    assert result.area == pytest.approx(done.history_.area())
    assert len(result.random_areas) == 1
    assert "So few runs cannot tell" in result.verdict
    assert any("Learning curves" in f["title"] for s in report.sections
               for c in s["checks"] for f in c["figures"])  # fmt: skip


def test_a_learner_without_a_loop():
    learner = ActiveLearner(
        make_pipeline(StandardScaler(), RandomForestClassifier(5, random_state=0)),
        BALD(random_state=0),
        X_training=pd.DataFrame(X).iloc[POOL[:30]],
        y_training=NAMES[POOL[:30]],
    )
    report = audit_report(learner, pd.DataFrame(X).iloc[TEST], NAMES[TEST], checks=FAST)
    first = "30 labels were collected; whether BALD chose any of them is not noted."
    assert report.summary[0].startswith(first)
    assert "Pipeline of RandomForestClassifier" in report.summary[0]
    assert report.results["labelled classes"].classes == (
        "setosa",
        "versicolor",
        "virginica",
    )
    assert "keeps no learning curve" in str(report.not_checked)
    without = audit_report(learner, checks=FAST)
    assert "How good the model is was not measured." in without.summary
    assert "Give X_test and y_test" in str(without.not_checked)


def test_a_loop_without_a_query_says_so():
    words = audit_report(loop(n_queries=0).run(), checks=FAST).summary[0]
    assert words.startswith(
        "6 labels of 100 rows were paid for, and no query was made."
    )


def simulation(**options):
    forest = RandomForestClassifier(n_estimators=5)
    given = {"n_queries": 2, "n_instances": 4, "random_state": 0, **options}
    return ActiveLearningClassifier(forest, BALD(), **given)


def test_a_simulation_gives_the_rows_that_it_held_out():
    fitted = simulation().fit(X, NAMES)
    report = audit_report(fitted, X_pool=X, compare_random=True, checks=FAST)
    score = report.results["score"]
    assert score.n_rows == len(fitted.held_out_) == 30
    assert score.accuracy == pytest.approx(fitted.history_.scores[-1])
    facts = report.to_dict()["facts"]
    assert (facts["n_pool"], facts["n_labels"]) == (120, 14)
    assert report.results["repeatable"].concern is False

    assert report.results["against random"].low == 6


def test_a_simulation_without_its_rows_says_what_to_give():
    report = audit_report(
        simulation(random_state=None).fit(X, Y), compare_random=True, checks=FAST
    )
    reasons = {part["name"]: part for part in report.not_checked}
    assert "X_test and y_test" in reasons["score"]["remedy"]
    assert "no integer" in reasons["against random"]["reason"]
    assert report.concerns == ["repeatable"]


def test_a_regressor():
    target = X[:, 0]
    fitted = ActiveLearningRegressor(
        BayesianRidge(), n_queries=2, n_instances=5, initial=range(5), random_state=0
    ).fit(X[:, 1:], target)
    report = audit_report(fitted, X_pool=X[:, 1:], checks=FAST)
    score = report.results["score"]
    held_out = fitted.held_out_
    errors = np.abs(fitted.predict(X[held_out, 1:]) - target[held_out])
    assert score.error == pytest.approx(errors.mean())
    assert statuses(report)["labelled classes"] == "does not apply"
    assert "numbers from" in Page(report.to_html()).text


def test_a_committee_of_modal():
    from modAL.models import Committee

    members = [
        ActiveLearner(
            RandomForestClassifier(3, random_state=seed),
            X_training=X[POOL[:20]],
            y_training=Y[POOL[:20]],
        )
        for seed in range(2)
    ]
    report = audit_report(Committee(members), X[TEST], Y[TEST], checks=FAST)
    assert report.results["score"].n_rows == 50
    assert "20 labels" in report.summary[0]


def test_rows_set_aside_and_unanswered_are_counted():
    class Doubtful:
        def trust(self, estimator, X, y):
            return X[:, 0] < 6  # cm

    started = loop(NAMES, n_queries=4, max_rejected=50)
    y = NAMES[POOL].astype(object)
    y[np.setdiff1d(np.arange(0, 100, 3), started.initial)] = None
    started.oracle.y = y
    started.learner.label_filter = Doubtful()
    report = audit_report(started.run(), checks=FAST)
    facts = report.to_dict()["facts"]
    assert facts["n_set_aside"] == sum(len(r.rejected) for r in started.history_) > 0
    assert facts["n_unanswered"] == len(started.skipped_) > 0
    lost = facts["n_set_aside"] + facts["n_unanswered"]
    assert facts["n_labels"] - lost == facts["n_learned"]
    assert f"({facts['n_set_aside']} set aside" in report.summary[0]
    assert f"{facts['n_unanswered']} left unanswered)" in report.summary[0]


def test_rows_without_an_answer_are_not_labelled():
    started = loop(NAMES, n_queries=4)
    y = NAMES[POOL].astype(object)
    y[np.setdiff1d(np.arange(0, 100, 3), started.initial)] = None
    started.oracle.y = y
    groups = np.where(np.arange(100) % 3, "told", "third")
    groups[started.initial] = "first"
    names = ["group_selection", "selection_test"]
    report = audit_report(started.run(), groups_pool=groups, checks=names)
    found = report.results["group_selection"]
    n_labelled = dict(zip(found.groups, found.n_labelled.tolist()))
    n_queried = len(started.learner.X_training) - 6
    assert n_labelled == {"first": 6, "told": n_queried, "third": 0}
    assert found.never_asked == ("third",)
    assert f"The {n_queried + 6} labelled rows" in str(report.results["selection_test"])


# ------------------------------------------------------------------ what is refused

RUN = History([Record(0, 6, 0.5), Record(1, 21, 0.7)])


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"X_test": X[TEST]}, ValueError, "X_test and y_test of audit_report belong"),
    ({"X_test": X[TEST], "y_test": Y[:3]}, ValueError, "got 50 rows and 3 labels"),
    ({"X_test": X[:2], "y_test": [1, None]}, ValueError, "y_test.*none for row 1"),
    ({"X_test": X[:2], "y_test": np.array([np.nan, 1])}, ValueError, "none for row 0"),
    ({"independent": (X[:1], [None])}, ValueError, "y of independent.*none for row 0"),
    ({"X_pool": X[:7]}, ValueError, "X_pool of audit_report must be the 100 rows"),
    ({"checks": "score"}, TypeError, "checks of audit_report must be a list"),
    ({"checks": ["scores"]}, ValueError, "checks of audit_report must name.*'scores'"),
    ({"check_params": {"scores": {}}}, ValueError, "check_params of audit_report"),
    ({"check_params": {"score": 3}}, TypeError, "must hold dicts, got int"),
    ({"check_params": [1]}, TypeError, "check_params of audit_report must be a dict"),
    ({"results": {"score": 3}}, TypeError, "results of audit_report must hold Audit"),
    ({"independent": X}, TypeError, "independent of audit_report must be a pair"),
    ({"independent": (X, Y[:3])}, ValueError, "X of independent and y of independent"),
    ({"compare_random": "yes"}, TypeError, "compare_random of audit_report.*got str"),
    ({"compare_random": []}, TypeError, "got an empty list"),
    ({"compare_random": [RUN, 3]}, TypeError, "compare_random of audit_report"),
    ({"random_state": "0"}, (TypeError, ValueError), "random_state of audit_report"),
    ({"title": " "}, TypeError, "title of audit_report"),
    ({"path": "report.pdf"}, ValueError, "path of audit_report must end with"),
    ({"path": 3}, TypeError, "path of audit_report must be a path"),
])  # fmt: skip
def test_a_wrong_argument_is_named(done, options, error, message):
    with pytest.raises(error, match=message):
        audit_report(done, **options)


@pytest.mark.parametrize(("source", "error", "message"), [
    (RandomForestClassifier(), TypeError, "source of audit_report.*RandomForestCl"),
    (RandomForestClassifier().fit(X, Y), TypeError, r"ActiveLearner\(model, X_train"),
    (make_pipeline(StandardScaler(), RandomForestClassifier()), TypeError,
     r"got Pipeline\. A report of an estimator .* with the labelled rows: ActiveLear"),
    (ActiveLearner, TypeError, "got the class ActiveLearner"),
    (ActiveLearner(RandomForestClassifier()), ValueError,
     r"was taught no label: .* ActiveLearner\(model, X_training=\.\.\., y_training"),
    (loop(), ValueError, "has not started: call run"),
    (simulation(), ValueError, r"is not: call fit\(X, y\)"),
])  # fmt: skip
def test_what_cannot_be_audited_is_refused(source, error, message):
    with pytest.raises(error, match=message):
        audit_report(source)


def test_saving_in_an_unknown_form_is_refused(report, tmp_path):
    with pytest.raises(ValueError, match=r"path of AuditReport\.save must end with"):
        report.save(tmp_path / "report")
    assert list(Path(tmp_path).iterdir()) == []
    assert isinstance(report, AuditReport)
