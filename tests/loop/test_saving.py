"""Histories in files, what they are of, and loops that go on next week."""

import copy
import json
import math
import pickle
from dataclasses import replace

import joblib
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from modAL.models import Committee
from sklearn.naive_bayes import GaussianNB

import skbal
from skbal import ActiveLearner
from skbal.filters import LabelLikelihoodFilter
from skbal.loop import ActiveLearningLoop, History, Record
from skbal.oracles import LabelOracle
from skbal.query import Margin, MaxEntropy, Random

X = np.random.default_rng(0).normal(size=(60, 3))
Y = np.where(X[:, 0] > 0, "cat", "dog")
POOL, TEST = slice(0, 40), slice(40, 60)


def a_learner(**settings):
    return ActiveLearner(GaussianNB(), MaxEntropy(random_state=0), **settings)


def a_loop(learner=None, X_pool=X[POOL], **settings):
    settings = {"n_queries": 3, "n_instances": 2, "initial": range(8), **settings}
    learner = a_learner() if learner is None else learner
    oracle = LabelOracle(Y[POOL])
    test = {"X_test": X[TEST], "y_test": Y[TEST]}
    return ActiveLearningLoop(learner, X_pool, oracle, **{**test, **settings})


@pytest.fixture
def path(tmp_path):
    return tmp_path / "history.json"


# ------------------------------------------------------------------- to a file and back


def test_a_history_comes_back_with_all_that_it_holds(path):
    history = a_loop().run().history_
    history.provenance["note"] = "second plate"
    history.save(path)
    again = History.load(path)
    assert again == history
    assert again.to_records() == history.to_records()  # also the times
    assert again.provenance == history.provenance


def test_the_file_is_strict_json_that_says_what_it_is(path):
    history = History([Record(0, 3), Record(1, 4, -math.inf)])
    history.save(path)

    def refuse(token):
        raise AssertionError(f"{token} is no JSON")

    content = json.loads(path.read_text(), parse_constant=refuse)
    assert (content["format"], content["kind"]) == (1, "History")
    assert content["skbal_version"] == skbal.__version__
    assert content["provenance"] is None
    assert [record["score"] for record in content["records"]] == [None, "-inf"]


numbers = st.floats(allow_nan=True, allow_infinity=True)
times = st.floats(min_value=0, allow_infinity=False)
rows = st.lists(st.integers(0, 2**40), max_size=5, unique=True).map(tuple)
records = st.builds(
    Record,
    step=st.integers(0, 10**6),
    n_labels=st.just(7),
    score=numbers,
    indices=rows,
    rejected=rows,
    skipped=rows,
    seconds_training=times,
    seconds_querying=numbers,
    cost=st.none() | st.floats(allow_nan=False),
)
plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(max_examples=40)
@given(st.lists(records), st.none() | st.dictionaries(st.text(), plain))
def test_any_history_comes_back(tmp_path_factory, records, provenance):
    path = tmp_path_factory.getbasetemp() / "any.json"
    history = History(records)
    history.provenance = provenance
    history.save(path)
    again = History.load(path)
    assert again == history
    assert repr(again.to_records()) == repr(history.to_records())
    assert again.provenance == provenance


def test_numbers_of_numpy_are_saved_as_numbers(path):
    given = History([Record(np.int64(0), np.int32(3), np.float32(0.5), (np.int64(2),))])
    given.save(str(path))
    assert History.load(str(path)) == given


DAMAGE = {
    "no records": lambda content: content.pop("records"),
    "records of another kind": lambda content: content.update(records=[1]),
    "an unknown field": lambda content: content["records"][0].update(colour="red"),
    "a missing field": lambda content: content["records"][0].pop("n_labels"),
    "labels that fall": lambda content: content["records"][1].update(n_labels=1),
    "an index that is none": lambda content: content["records"][1].update(indices=[-1]),
    "provenance of another kind": lambda content: content.update(provenance="mine"),
}


@pytest.mark.parametrize("change", DAMAGE.values(), ids=DAMAGE)
def test_a_file_that_was_changed_is_named(path, change):
    a_loop().run().history_.save(path)
    content = json.loads(path.read_text())
    change(content)
    path.write_text(json.dumps(content))
    match = r"history\.json cannot be loaded as a History: "
    with pytest.raises(ValueError, match=match):
        History.load(path)


def test_half_a_file_is_named(path):
    a_loop().run().history_.save(path)
    text = path.read_text()
    path.write_text(text[: len(text) // 2])
    with pytest.raises(ValueError, match=r"history\.json .* it is not JSON"):
        History.load(path)


def test_what_cannot_be_saved_leaves_the_old_file(path):
    history = a_loop().run().history_
    history.save(path)
    before = path.read_text()
    history.provenance["model"] = GaussianNB()
    with pytest.raises(TypeError, match=r"provenance is plain data.*GaussianNB"):
        history.save(path)
    assert path.read_text() == before


# ------------------------------------------------------------------------ what it is of


def test_a_loop_notes_what_its_history_is_of():
    learner = a_learner(label_filter=LabelLikelihoodFilter(0.01))
    loop = a_loop(learner, scoring="accuracy").run()
    noted = loop.history_.provenance
    assert noted["estimator"] == "GaussianNB(priors=None, var_smoothing=1e-09)"
    assert "MaxEntropy(" in noted["query_strategy"]
    assert "random_state=0" in noted["query_strategy"]
    assert "threshold=0.01" in noted["label_filter"]
    assert (noted["n_instances"], noted["scoring"]) == (2, "accuracy")
    assert noted["versions"]["skbal"] == skbal.__version__
    assert "changes" not in noted


def test_equality_and_records_know_nothing_of_it():
    history = a_loop().run().history_
    other = History(history)
    assert other.provenance is None
    assert other == history
    assert other.to_records() == history.to_records()
    assert "provenance" not in history.to_frame().columns


def test_a_slice_keeps_it_as_a_copy():
    history = a_loop().run().history_
    part = history[1:]
    assert part.provenance == history.provenance
    part.provenance["versions"]["skbal"] = "0.0"
    assert history.provenance["versions"]["skbal"] == skbal.__version__
    assert History()[:1].provenance is None


def test_a_loop_that_goes_on_unchanged_notes_nothing_more():
    whole = a_loop().run().history_
    loop = a_loop()
    next(iter(loop))
    for _ in range(3):
        loop = copy.deepcopy(loop)
        next(iter(loop))
    assert loop.history_ == whole
    assert loop.history_.provenance == whole.provenance


def test_what_changes_on_the_way_is_noted_with_its_first_step():
    loop = a_loop(n_queries=1).run()
    loop.learner.query_strategy = Margin(random_state=5)
    loop.n_queries, loop.n_instances = 3, 4
    loop.run()
    (change,) = loop.history_.provenance["changes"]
    assert change.keys() == {"step", "query_strategy", "n_instances"}
    assert (change["step"], change["n_instances"]) == (2, 4)
    assert change["query_strategy"].startswith("Margin(")
    assert loop.history_.provenance["query_strategy"].startswith("MaxEntropy(")


def test_a_history_of_before_gets_it_from_the_step_on_that_is_known():
    loop = a_loop(n_queries=1).run()
    loop.history_.provenance = None
    loop.n_queries = 2
    (change,) = loop.run().history_.provenance["changes"]
    assert change["step"] == 2
    assert change["estimator"].startswith("GaussianNB(")


def test_a_committee_is_named_by_the_models_of_its_members():
    members = [a_learner(X_training=X[:8], y_training=Y[:8]) for _ in range(2)]
    committee = Committee(members, query_strategy=Random(random_state=0))
    rows = {"initial": None, "candidates": range(8, 40)}
    loop = a_loop(committee, n_queries=1, X_test=None, y_test=None, **rows)
    noted = loop.run().history_.provenance
    assert noted["estimator"] == ["GaussianNB(priors=None, var_smoothing=1e-09)"] * 2
    assert noted["query_strategy"].startswith("Random(")


# ------------------------------------------------------------------- going on next week


def test_a_loop_in_a_file_of_joblib_goes_on(tmp_path):
    loop = a_loop(n_queries=1).run()
    joblib.dump(loop, tmp_path / "loop.joblib")
    again = joblib.load(tmp_path / "loop.joblib")
    again.n_queries = 3
    assert again.run().history_ == a_loop().run().history_


def test_labels_and_a_history_in_plain_files_are_enough_to_go_on(tmp_path):
    first = a_loop(n_queries=1).run()
    first.history_.save(tmp_path / "history.json")
    taught = first.learner
    np.savez(tmp_path / "x.npz", rows=taught.indices_training, y=taught.y_training)

    history = History.load(tmp_path / "history.json")
    with np.load(tmp_path / "x.npz", allow_pickle=False) as file:
        rows, labels = file["rows"], file["y"]
    learner = a_learner()
    learner.teach(X[POOL][rows], labels, indices=rows)
    asked = [row for record in history for row in record.indices]
    candidates = np.setdiff1d(np.arange(40), asked)
    loop = a_loop(learner, initial=None, candidates=candidates, n_queries=2).run()
    steps = [
        replace(record, step=len(history) - 1 + record.step, cost=record.n_labels)
        for record in loop.history_[1:]
    ]
    assert History([*history, *steps]) == a_loop().run().history_
    assert len(learner.indices_training) == 8 + 3 * 2


# ----------------------------------------------------------------- pools in their files


@pytest.fixture
def mapped(tmp_path):
    np.save(tmp_path / "pool.npy", np.repeat(X[POOL], 300, axis=1))
    return np.load(tmp_path / "pool.npy", mmap_mode="r")


def pickled(loop, path):
    path.write_bytes(pickle.dumps(loop))


@pytest.mark.parametrize("dump", [joblib.dump, pickled])
def test_a_mapped_pool_stays_in_its_file(mapped, tmp_path, dump):
    loop = a_loop(X_pool=mapped, X_test=None, y_test=None, n_queries=1).run()
    dump(loop, tmp_path / "loop")
    assert (tmp_path / "loop").stat().st_size < mapped.nbytes / 2
    again = joblib.load(tmp_path / "loop")
    assert type(again.X_pool) is np.memmap
    assert str(again.X_pool.filename) == str(mapped.filename)
    again.n_queries = loop.n_queries = 3
    assert again.run().history_ == loop.run().history_
    assert again._pool.X is again.X_pool


def test_a_pool_in_memory_is_saved_once(tmp_path):
    pool = np.repeat(X[POOL], 300, axis=1)
    loop = a_loop(X_pool=pool, X_test=None, y_test=None, n_queries=0).run()
    joblib.dump(loop, tmp_path / "loop")
    assert (tmp_path / "loop").stat().st_size < 1.5 * pool.nbytes
    again = joblib.load(tmp_path / "loop")
    again.n_queries = loop.n_queries = 2
    assert again.run().history_ == loop.run().history_


def test_a_mapped_test_set_stays_in_its_file_too(mapped):
    loop = a_loop(X_pool=mapped, X_test=mapped, y_test=Y[POOL])
    again = copy.deepcopy(loop)
    assert str(again.X_test.filename) == str(mapped.filename)
    assert again.run().history_ == loop.run().history_


def test_a_pool_that_was_moved_can_be_given_again(mapped, tmp_path):
    loop = a_loop(X_pool=mapped, X_test=None, y_test=None, n_queries=1).run()
    joblib.dump(loop, tmp_path / "loop")
    (tmp_path / "pool.npy").rename(tmp_path / "moved.npy")
    again = joblib.load(tmp_path / "loop")
    assert again.history_ == loop.history_  # all but the rows is there
    assert len(again.learner.y_training) == 10
    np.testing.assert_array_equal(again.remaining_, loop.remaining_)
    again.n_queries = loop.n_queries = 3
    with pytest.raises(FileNotFoundError, match=r"pool\.npy.*loop\.X_pool ="):
        again.run()
    again.X_pool = np.load(tmp_path / "moved.npy", mmap_mode="r")
    assert again.run().history_ == loop.run().history_


def test_another_pool_must_have_as_many_rows():
    loop = a_loop(n_queries=1).run()
    loop.n_queries, loop.X_pool = 2, X[:39]
    with pytest.raises(ValueError, match=r"X_pool of .* the 40 rows .* got 39 rows"):
        loop.run()
    loop.X_pool = X[POOL].tolist()
    assert loop.run().history_ == a_loop(n_queries=2).run().history_


def test_a_pool_may_be_left_out_and_given_again():
    loop = a_loop(n_queries=1).run()
    loop.X_pool = None
    again = copy.deepcopy(loop)
    again.n_queries = loop.n_queries = 3
    with pytest.raises(TypeError, match=r"X_pool of ActiveLearningLoop must be"):
        again.run()
    again.X_pool = X[POOL]
    expected = a_loop().run().history_
    assert again.run().history_ == expected
    assert loop.run().history_ == expected  # it still has the rows
