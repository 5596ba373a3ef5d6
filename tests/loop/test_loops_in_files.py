"""Loops that are saved without pickle, and go on in another program."""

import json
import shutil
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import numpy as np
import pandas
import pytest
from modAL.models import Committee
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.callbacks import Callback

from skbal import ActiveLearner
from skbal.exceptions import OneClassWarning, RejectedLabelsWarning, TeachingWarning
from skbal.loop import ActiveLearningLoop, History
from skbal.oracles import LabelOracle
from skbal.query import BALD, Margin, MaxEntropy, Random
from tests.loop.saved_cases import (
    CASES,
    POOL,
    TEST,
    X,
    Y,
    forest,
    loaded,
    network,
    new_loop,
)

ROOT = Path(__file__).parents[2]
# Cases that warn of what they are about.
pytestmark = [
    pytest.mark.filterwarnings("ignore::skbal.exceptions.OneClassWarning"),
    pytest.mark.filterwarnings("ignore::skbal.exceptions.RejectedLabelsWarning"),
]


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """The folder of files, one after each step of each case, and whole histories."""
    folder, histories = tmp_path_factory.mktemp("loops"), {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OneClassWarning)
        warnings.simplefilter("ignore", RejectedLabelsWarning)
        for case in CASES:
            loop = new_loop(case)
            loop.save(folder / f"{case}-start.skbal")
            for record in loop:
                loop.save(folder / f"{case}-{record.step}.skbal")
            histories[case] = loop.history_
    return folder, histories


@pytest.mark.parametrize("case", CASES)
def test_a_loop_makes_the_next_step_as_if_it_had_not_been_left(case, saved):
    folder, histories = saved
    whole = histories[case]
    assert new_loop(case).run().history_ == whole  # saving disturbed nothing
    files = [f"{case}-start", *(f"{case}-{step}" for step in range(len(whole)))]
    for number, name in enumerate(files):
        # A learner of the user's, and one that is made from the file.
        loop = loaded(folder / f"{name}.skbal", case, with_learner=number % 2)
        if number:
            assert loop.history_ == whole[:number]
        for _ in loop:
            break
        assert loop.history_ == whole[: number + 1]


# A new program imports torch, which takes longer than all that it does.
def test_another_program_goes_on_with_all_of_them(saved, tmp_path):
    folder, histories = saved
    for case in CASES:
        shutil.copy(folder / f"{case}-1.skbal", tmp_path)
    code = [sys.executable, "-W", "error", "-m", "tests.loop.saved_cases", tmp_path]
    run = subprocess.run(code, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    there = json.loads(run.stdout)
    for case in CASES:
        assert History.from_records(there[f"{case}-1"]) == histories[case], case


# --------------------------------------------------------- in the middle of a step


def small_loop(oracle=None, learner=None, X_pool=X[POOL], **settings):
    settings = {"n_queries": 2, "n_instances": 3, "initial": range(9), **settings}
    if learner is None:
        learner = ActiveLearner(GaussianNB(), MaxEntropy(random_state=0))
    oracle = LabelOracle(Y[POOL]) if oracle is None else oracle
    return ActiveLearningLoop(learner, X_pool, oracle, **settings)


def small_learner(**settings):
    return ActiveLearner(GaussianNB(), MaxEntropy(random_state=0), **settings)


class Interrupted(LabelOracle):
    """Fails at its second question, if told to after it has written its answer."""

    late = False

    def answer_once(self, question, indices):
        fails = self.n_asked == 9
        if self.late:
            super().answer_once(question, indices)
        if fails:
            raise KeyboardInterrupt
        return super().answer_once(question, indices)


@pytest.mark.parametrize("late", [False, True])
def test_a_question_without_answer_is_asked_again_and_one_with_answer_is_not(
    late, tmp_path
):
    oracle = Interrupted(Y[POOL], cost_per_label=2.0)
    oracle.late = late
    loop = small_loop(oracle)
    with pytest.raises(KeyboardInterrupt):
        loop.run()
    loop.save(tmp_path / "loop")
    fresh = LabelOracle(Y[POOL], cost_per_label=2.0)
    again = ActiveLearningLoop.load(tmp_path / "loop", X[POOL], fresh)
    whole = small_loop(LabelOracle(Y[POOL], cost_per_label=2.0)).run().history_
    assert again.run().history_ == whole
    assert again.history_[-1].cost == 2.0 * 15
    assert fresh.n_asked == (3 if late else 6)


class FailsOnce(GaussianNB):
    """Cannot be fitted to twelve rows at its first try."""

    def fit(self, X, y):
        if len(X) == 12 and not hasattr(type(self), "failed"):
            type(self).failed = True
            raise MemoryError("no more")
        return super().fit(X, y)


def test_answers_that_wait_to_be_taught_are_in_the_file(tmp_path):
    def learner():
        return ActiveLearner(FailsOnce(), MaxEntropy(random_state=0))

    loop = small_loop(learner=learner())
    with pytest.raises(MemoryError):
        loop.run()
    loop.save(tmp_path / "loop")
    fresh = LabelOracle(Y[POOL])
    again = ActiveLearningLoop.load(
        tmp_path / "loop", X[POOL], fresh, learner=learner()
    )
    for here, there in zip(again.pending_, loop.pending_):
        np.testing.assert_array_equal(here, there)
    assert again.run().history_ == small_loop().run().history_
    assert fresh.n_asked == 3


# --------------------------------------------------------------- pools of all kinds


def kinds_of_pools():
    frame = pandas.DataFrame(X[POOL].copy(), columns=list("abc"))
    frame.iloc[3, 1] = np.nan
    yield "a frame", frame, HistGradientBoostingClassifier(max_iter=3, random_state=0)
    yield "a sparse matrix", csr_matrix(X[POOL]), LogisticRegression()
    yield "a list", X[POOL].tolist(), GaussianNB()
    yield "half numbers", X[POOL].astype(np.float32), GaussianNB()


@pytest.mark.parametrize("case", list(kinds_of_pools()), ids=lambda case: case[0])
def test_the_rows_taught_are_those_of_a_pool_of_any_kind(case, tmp_path):
    _, pool, estimator = case

    def a_loop():
        learner = ActiveLearner(clone(estimator), Margin(random_state=0))
        return small_loop(learner=learner, X_pool=pool)

    loop = a_loop()
    next(iter(loop))
    loop.save(tmp_path / "loop")
    again = ActiveLearningLoop.load(tmp_path / "loop", pool, LabelOracle(Y[POOL]))
    assert type(again.learner.X_training) is type(loop.learner.X_training)
    assert again.run().history_ == a_loop().run().history_


def test_rows_that_are_not_those_of_the_pool_are_in_the_file(tmp_path):
    sparse = csr_matrix(X[TEST])
    learner = ActiveLearner(LogisticRegression(), Margin(random_state=0))
    # Indices into another pool, whose rows are others here.
    learner.teach(sparse, Y[TEST], indices=range(20))
    loop = small_loop(learner=learner, X_pool=csr_matrix(X[POOL]), initial=None).run()
    loop.save(tmp_path / "loop")
    again = ActiveLearningLoop.load(
        tmp_path / "loop", csr_matrix(X[POOL]), LabelOracle(Y[POOL])
    )
    here, there = again.learner, loop.learner
    np.testing.assert_array_equal(here.X_training.toarray(), there.X_training.toarray())
    np.testing.assert_array_equal(here.indices_training, there.indices_training)
    np.testing.assert_array_equal(here.y_training, there.y_training)


def test_rejected_rows_come_back_with_their_labels_and_indices(saved):
    folder, _ = saved
    loop = loaded(folder / "a filter-3.skbal", "a filter")
    undisturbed = new_loop("a filter").run()
    assert len(loop.learner.rejected_)
    assert loop.learner.rejected_ == undisturbed.learner.rejected_
    assert loop.learner.label_filter.n_observed_ == (
        undisturbed.learner.label_filter.n_observed_
    )


def test_the_streams_of_a_learner_of_the_users_take_the_states_of_the_file(tmp_path):
    def a_learner(rng):
        return ActiveLearner(GaussianNB(), Random(random_state=rng), random_state=rng)

    def a_loop(**settings):
        learner = a_learner(np.random.default_rng(5))
        return small_loop(learner=learner, n_queries=3, **settings)

    loop = a_loop()
    steps = iter(loop)
    next(steps), next(steps)
    loop.save(tmp_path / "loop")
    mine = np.random.default_rng(99)
    for learner in (None, a_learner(mine)):
        again = ActiveLearningLoop.load(
            tmp_path / "loop", X[POOL], LabelOracle(Y[POOL]), learner=learner
        )
        assert again.run().history_ == a_loop().run().history_
        found = again.learner
        assert found.random_state is found.query_strategy.random_state


# ------------------------------------------------------------------ what is refused


def refusal(error, match):
    return pytest.raises(error, match=match)


@pytest.mark.parametrize(("learner", "error", "match"), [
    (lambda: ActiveLearner(forest(warm_start=True), BALD()), ValueError,
     "warm_start of its RandomForestClassifier is True.*joblib.dump"),
    (lambda: ActiveLearner(make_pipeline(StandardScaler(), network(warm_start=True)),
                           BALD()), ValueError, "mcdropoutclassifier__warm_start"),
    (lambda: ActiveLearner(network(warm_start=True, callbacks=[Callback()]), BALD()),
     ValueError, "warm_start of its MCDropoutClassifier"),
    (lambda: ActiveLearner(RandomForestClassifier(
        n_estimators=3, random_state=np.random.RandomState(0)), BALD()), ValueError,
     "random_state of its RandomForestClassifier is a RandomState.*an integer"),
    (lambda: Committee([ActiveLearner(GaussianNB())]), TypeError,
     "learner of ActiveLearningLoop must be a skbal.ActiveLearner.*got Committee"),
])  # fmt: skip
def test_a_loop_that_would_be_another_is_not_saved(learner, error, match, tmp_path):
    loop = small_loop(learner=learner(), n_queries=0).run()
    (tmp_path / "loop").write_text("what was there")
    with refusal(error, match):
        loop.save(tmp_path / "loop")
    assert [path.name for path in tmp_path.iterdir()] == ["loop"]
    assert (tmp_path / "loop").read_text() == "what was there"


def test_a_model_that_was_fitted_elsewhere_is_not_saved(tmp_path):
    learner = ActiveLearner(GaussianNB().fit(X[TEST], Y[TEST]), MaxEntropy())
    with refusal(ValueError, "GaussianNB was fitted to rows .* not taught"):
        small_loop(learner=learner, initial=None).save(tmp_path / "loop")
    frame = pandas.DataFrame(X, columns=list("abc"))
    learner = small_learner(X_training=frame[TEST], y_training=Y[TEST])
    loop = small_loop(learner=learner, X_pool=frame[POOL], initial=None)
    with refusal(TypeError, "taught rows of the kind DataFrame .* X_pool"):
        loop.save(tmp_path / "loop")


class Forgetful:
    """A filter that remembers what has no plain form."""

    def trust(self, estimator, X, y):
        self.last = estimator
        return np.ones(len(X), dtype=bool)


def test_what_has_no_plain_form_is_named(tmp_path):
    learner = small_learner(label_filter=Forgetful())
    with refusal(TypeError, r"what the label filter remembers\['last'\] has no plain"):
        small_loop(learner=learner).run().save(tmp_path / "loop")


def load_small(path, X_pool=X[POOL], **settings):
    return ActiveLearningLoop.load(path, X_pool, LabelOracle(Y[POOL]), **settings)


@pytest.fixture(scope="module")
def small_file(tmp_path_factory):
    path = tmp_path_factory.mktemp("small") / "loop.skbal"
    small_loop(X_test=X[TEST], y_test=Y[TEST]).run().save(path)
    return path


TESTED = {"X_test": X[TEST], "y_test": Y[TEST]}


@pytest.mark.parametrize(("given", "match"), [
    ({"X_pool": X[:49]}, "X_pool of ActiveLearningLoop.load must be .* 50 rows, "
                         "got 49 rows"),
    ({"X_pool": X[POOL, :2]}, r"rows of shape \(3,\), got rows of shape \(2,\)"),
    ({"X_pool": X[POOL][::-1]}, "X_pool of .* in their order"),
    ({"X_test": None, "y_test": None}, "X_test .* it had one"),
    ({"y_test": Y[TEST][::-1]}, "y_test of"),
    ({"learner": ActiveLearner(GaussianNB(var_smoothing=0.5),
                               MaxEntropy(random_state=0))},
     "estimator__var_smoothing was 1e-09 and is 0.5"),
    ({"learner": ActiveLearner(GaussianNB(), MaxEntropy(random_state=1))},
     "query_strategy__random_state was 0 and is 1"),
    ({"learner": ActiveLearner(LogisticRegression(), MaxEntropy(random_state=0))},
     "estimator was GaussianNB and is LogisticRegression"),
])  # fmt: skip
def test_what_is_given_again_must_be_what_it_was(given, match, small_file):
    with refusal(ValueError, match):
        load_small(small_file, **{**TESTED, **given})


def test_a_wrong_kind_of_argument_is_a_type_error(small_file):
    with refusal(TypeError, "oracle of ActiveLearningLoop.load must be callable"):
        ActiveLearningLoop.load(small_file, X[POOL], Y[POOL], **TESTED)
    with refusal(TypeError, "learner of ActiveLearningLoop.load must have the methods"):
        load_small(small_file, learner=GaussianNB(), **TESTED)
    with pytest.raises(FileNotFoundError):
        load_small(small_file.with_name("none"))


def twice(estimator, X, y):
    return 2 * estimator.score(X, y)


def enough(loop):
    return "enough" if len(loop.history_) > 2 else None


def test_functions_are_given_again(tmp_path):
    settings = {"scoring": twice, "stopping": [enough], "n_queries": 9}
    whole = small_loop(**settings, **TESTED).run()
    assert whole.stop_reason_ == "enough"
    loop = small_loop(**settings, **TESTED)
    next(iter(loop))
    loop.save(tmp_path / "loop")
    with refusal(ValueError, "stopping of ActiveLearningLoop.load is needed"):
        load_small(tmp_path / "loop", **TESTED)
    with refusal(ValueError, "scoring of ActiveLearningLoop.load is needed"):
        load_small(tmp_path / "loop", stopping=enough, **TESTED)
    again = load_small(tmp_path / "loop", scoring=twice, stopping=[enough], **TESTED)
    assert again.run().history_ == whole.history_
    assert again.stop_reason_ == "enough"


def test_a_class_of_the_users_needs_a_learner(tmp_path):
    loop = small_loop(learner=ActiveLearner(FailsOnce(), MaxEntropy(random_state=0)))
    loop.save(tmp_path / "loop")
    with refusal(ValueError, "learner of .* is needed: its parts estimator are not"):
        load_small(tmp_path / "loop")


def test_a_model_that_was_fitted_by_hand_is_told_of(tmp_path):
    loop = small_loop().run()
    loop.learner.estimator.fit(X[POOL], Y[POOL])
    loop.save(tmp_path / "loop")
    with pytest.warns(TeachingWarning, match="GaussianNB .* predicts otherwise"):
        load_small(tmp_path / "loop")


# ------------------------------------------------------------------- damaged files


def with_content(path, target, change):
    """Write a copy of a file with another content."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            if name == "content.json":
                content = json.loads(old.read(name))
                change(content)
                new.writestr(name, json.dumps(content))
            else:
                new.writestr(name, old.read(name))


CHANGES = {
    "a newer format": (lambda c: c.update(format=99), "reads up to format"),
    "another kind": (lambda c: c.update(kind="History"), "written by History.save"),
    "no learner": (lambda c: c.pop("learner"), "must have the entries"),
    "no cost": (lambda c: c["state"].pop("cost"), "its state must have the entries"),
    "records that are none": (
        lambda c: c["state"]["history"].update(records=[7]), "must be a list of dicts"),
    "an array too many": (lambda c: c.update(n_arrays=999), "damaged"),
    "a number that is none": (lambda c: c.update(n_arrays="1"), "n_arrays"),
    "a step that is none": (
        lambda c: c["state"].update(step={"dict": [["number", 1]]}), "earlier"),
    "a part that is none": (
        lambda c: c["state"].update(filter={"array": -1}), "no array -1"),
    "strategies that are none": (
        lambda c: c["state"].update(strategies=7), "what strategies remember must"),
}  # fmt: skip


@pytest.mark.parametrize("name", CHANGES)
def test_a_file_that_is_wrong_is_refused(name, small_file, tmp_path):
    change, match = CHANGES[name]
    target = tmp_path / "loop.skbal"
    with_content(small_file, target, change)
    with refusal(ValueError, f"loop.skbal cannot be loaded as an .*{match}"):
        load_small(target, **TESTED)


def test_a_file_from_before_strategies_could_learn_is_read(small_file, tmp_path):
    target = tmp_path / "loop.skbal"
    with_content(small_file, target, lambda c: c["state"].pop("strategies"))
    one, two = load_small(small_file, **TESTED), load_small(target, **TESTED)
    assert one.history_ == two.history_


@pytest.mark.parametrize("estimator", [
    {"object": "os:system", "parameters": {}},
    {"object": "subprocess:Popen", "parameters": {"args": "true"}},
    {"object": "sklearn.datasets:load_iris", "parameters": {}},
    {"object": "sklearn.pipeline:Pipeline",
     "parameters": {"steps": [], "memory": "folder"}},
    {"object": "sklearn.frozen:FrozenEstimator", "kept": True, "parameters": {}},
    {"object": "sklearn.svm:SVC", "parameters": {"gama": 1}},
    {"other": "builtins:len"},
])  # fmt: skip
def test_a_file_makes_no_other_objects(estimator, small_file, tmp_path):
    def change(content):
        content["learner"]["learner"]["parameters"]["estimator"] = estimator

    with_content(small_file, tmp_path / "loop", change)
    with pytest.raises(ValueError):
        load_small(tmp_path / "loop", **TESTED)


def test_a_file_that_was_cut_or_is_something_else_is_refused(small_file, tmp_path):
    whole = small_file.read_bytes()
    path = tmp_path / "loop"
    middle = whole.index(b".npy") + 120
    damaged = bytes([whole[middle] ^ 255])
    for content in (
        b"",
        b"{}",
        whole[:-30],
        whole[: len(whole) // 2],
        whole[:middle] + damaged + whole[middle + 1 :],
    ):
        path.write_bytes(content)
        with refusal(ValueError, "cannot be loaded as an ActiveLearningLoop"):
            load_small(path, **TESTED)
    np.savez(path.with_suffix(".npz"), X=X)
    with refusal(ValueError, "was not written by ActiveLearningLoop.save"):
        load_small(path.with_suffix(".npz"), **TESTED)
    assert path.read_bytes() == content  # loading writes nothing
