"""What models learn from a campaign, and the order in which they have people asked."""

import json

import joblib
import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from sklearn.compose import make_column_transformer
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import BayesianRidge, LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from skbal import ActiveLearner
from skbal.campaign import Campaign
from skbal.campaign._tables import model, prediction
from skbal.exceptions import NoDrawsError
from skbal.models import (
    BayesianLogisticRegression,
    BayesianVoteRegression,
    GraphClassifier,
    MCDropoutClassifier,
)
from skbal.query import BALD, KMeansBatch, Margin, MaxEntropy, Random
from skbal.votes import VoteAllocation

rng = np.random.default_rng(0)
KIND = rng.integers(3, size=60)
X = rng.normal(size=(60, 2)) + 4 * np.array([[0, 0], [0, 1], [1, 0]])[KIND]
ABC = ["a", "b", "c"]
TREE = [("kind", ABC), ("odd", ["yes", "no"], "b")]
CBA = [("kind", ["c", "b", "a"])]


def said(number):
    return ABC[KIND[number]]


def answered(campaign, n=24, person="ann", say=said):
    """Let a person answer, and return the campaign."""
    for one in campaign.ask(n, person):
        campaign.tell(one.id, say(one.id), person)
    return campaign


def predictions(campaign):
    """Return the predictions by item."""
    query = sa.select(prediction).order_by(prediction.c.item_id)
    return campaign.store.read(lambda c: c.execute(query).all())


def test_a_classifier_learns_the_leading_answers_and_orders_the_items(make):
    campaign = answered(make(X, ABC, LogisticRegression(), Margin(), enhanced=1))
    assert campaign.retrain() == 1
    asked = [one.id for one in campaign.ask(5, "bob")]
    # The same by hand.
    labelled = np.flatnonzero(campaign.counts().sum(axis=1))
    by_hand = LogisticRegression().fit(X[labelled], [said(i) for i in labelled])
    left = np.setdiff1d(np.arange(60), labelled)
    two = np.sort(by_hand.predict_proba(X[left]), axis=1)[:, -2:]
    assert asked == left[np.argsort(two[:, 1] - two[:, 0])[:5]].tolist()
    shares = json.loads(predictions(campaign)[3].shares)
    np.testing.assert_allclose(
        shares["mean"], by_hand.predict_proba(X[3:4])[0], atol=1e-6
    )


def test_the_model_is_a_function_of_the_answers(tmp_path):
    """A campaign that was closed and opened asks what an undisturbed one asks."""
    orders = []
    for name in ("one", "two"):
        url = tmp_path / f"{name}.db"
        campaign = Campaign.create(url, X, ABC, RandomForestClassifier(10), BALD())
        answered(campaign)
        if name == "two":
            campaign.close()
            campaign = Campaign.open(url)
        campaign.retrain()
        orders.append([row.turn for row in predictions(campaign)])
        campaign.close()
    assert orders[0] == orders[1]


def test_an_interrupted_training_leaves_the_old_order(make, monkeypatch):
    campaign = answered(make(X, ABC, LogisticRegression(), MaxEntropy()))
    campaign.retrain()
    before = [(row.item_id, row.turn) for row in predictions(campaign)]
    answered(campaign, 5, "bob")

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("skbal.campaign._training._weights", interrupt)
    with pytest.raises(KeyboardInterrupt):
        campaign.retrain()
    assert [(row.item_id, row.turn) for row in predictions(campaign)] == before
    assert campaign.status().model == 1
    monkeypatch.undo()
    assert campaign.retrain() == 2
    assert {row.version for row in predictions(campaign)} == {2}


def test_an_item_with_new_answers_waits_for_the_next_model(make):
    campaign = make(
        X, ABC, LogisticRegression(), MaxEntropy(), min_votes=1, max_votes=9, enhanced=1
    )
    answered(campaign)
    campaign.retrain()
    first, second = (one.id for one in campaign.ask(2, "bob"))
    campaign.tell(first, said(first), "bob")
    campaign.skip(second, "bob")
    asked = [one.id for one in campaign.ask(10, "cy")]
    assert asked[0] == second
    assert first not in asked


def test_counts_for_models_of_votes(make):
    estimator = BayesianVoteRegression(likelihood="multinomial", optimize=None)
    campaign = make(X, ABC, estimator, min_votes=2)
    for person in ("ann", "bob"):
        answered(campaign, 20, person)
    campaign.retrain()
    shares = json.loads(predictions(campaign)[0].shares)
    assert sorted(shares) == ["high", "low", "mean"]
    assert np.isclose(sum(shares["mean"]), 1, atol=1e-5)
    assert np.all(np.array(shares["low"]) <= shares["mean"])


def test_bounds_of_shares_are_those_of_single_items(make):
    # Items look alike, and people agree about each but not about all of them.
    estimator = BayesianVoteRegression("dirichlet-multinomial", optimize=None)
    campaign = make(0 * X, ABC, estimator, min_votes=4)
    for person in ("ann", "bob", "cy", "dan"):
        answered(campaign, 60, person)
    campaign.retrain()
    found = [json.loads(row.shares) for row in predictions(campaign)]
    low, high = (np.array([one[end] for one in found]) for end in ("low", "high"))
    shares = np.eye(3)[KIND]
    assert np.mean((low <= shares) & (shares <= high)) > 0.85
    model_ = campaign.learner().estimator
    draws = model_.sample_shares(0 * X, 1000, random_state=0)
    expected = np.quantile(draws, [0.05, 0.95], axis=1)
    np.testing.assert_allclose([low, high], expected, atol=0.15)


def test_k_of_n_for_models_of_two_answers(make):
    def yes(number):
        return "yes" if KIND[number] else "no"

    campaign = make(
        X, ["yes", "no"], BayesianVoteRegression(optimize=None), min_votes=2
    )
    for person in ("ann", "bob"):
        answered(campaign, 30, person, yes)
    campaign.retrain()
    means = [json.loads(row.shares)["mean"][0] for row in predictions(campaign)]
    assert np.mean(np.array(means)[KIND > 0]) > np.mean(np.array(means)[KIND == 0])


def test_a_regressor_learns_the_mean(make):
    campaign = make(X, [0, 1, 2], BayesianRidge(), min_votes=2)
    answered(campaign, 30, "ann", lambda i: int(KIND[i]))
    learner = campaign.learner()
    labelled = np.flatnonzero(campaign.counts().sum(axis=1))
    np.testing.assert_array_equal(learner.y_training, KIND[labelled])
    assert campaign.retrain() == 1
    assert predictions(campaign)[0].shares is None


def test_votes_are_allocated_and_sure_items_retired(make):
    campaign = make(
        X,
        ABC,
        VoteAllocation(random_state=0),
        min_votes=1,
        max_votes=20,
        rules=[{"name": "chance_wrong", "chance": 0.05, "votes": 2}],
    )
    for person in ("ann", "bob", "cy"):
        answered(campaign, 60, person)
    campaign.retrain()
    retired = campaign.status().retired
    assert retired["chance_wrong"] > 20
    campaign.check()  # what the model retired follows from what is kept, too


def test_each_of_several_rules_for_sure_items_retires_some(make):
    never = {"name": "chance_wrong", "chance": 1e-300, "votes": 1}
    rules = [never, {"name": "chance_wrong", "chance": 0.05, "votes": 2}]
    campaign = make(X, ABC, VoteAllocation(random_state=0), max_votes=20, rules=rules)
    for person in ("ann", "bob", "cy"):
        answered(campaign, 60, person)
    campaign.retrain()
    assert campaign.status().retired["chance_wrong"] > 20


def test_an_allocation_is_nothing_to_teach(make):
    campaign = answered(make(X, ABC, VoteAllocation(random_state=0)))
    with pytest.raises(TypeError, match="the campaign has a VoteAllocation"):
        campaign.learner()


def test_a_graph_sees_the_pool_once(make, monkeypatch):
    campaign = answered(make(X, ABC, GraphClassifier(), BALD()))
    seen = []
    observe = GraphClassifier.observe_pool
    monkeypatch.setattr(
        GraphClassifier,
        "observe_pool",
        lambda self, pool: seen.append(len(pool)) or observe(self, pool),
    )
    campaign.retrain()
    answered(campaign, 5, "bob")
    campaign.retrain()
    assert seen == [60]


def test_a_strategy_that_only_chooses(make):
    strategy = KMeansBatch(BALD(), random_state=0)
    campaign = answered(make(X, ABC, GraphClassifier(), strategy, enhanced=1))
    campaign.retrain()
    assert len({one.id for one in campaign.ask(5, "bob")}) == 5


def test_texts_and_tables(make):
    texts = [
        f"{word} {n}" for n, word in enumerate(np.array(["cat", "dog", "eel"])[KIND])
    ]
    frame = pd.DataFrame(
        {
            "text": texts,
            "kind": pd.Categorical(KIND.astype(str)),
            "day": pd.date_range("2026-01-01", periods=60),
            "size": np.where(KIND == 0, np.nan, X[:, 0]),
        }
    )
    before = make_column_transformer(
        (TfidfVectorizer(), "text"), (OneHotEncoder(), ["kind"])
    )
    estimator = make_pipeline(before, LogisticRegression())
    campaign = answered(make(frame, ABC, estimator, MaxEntropy()))
    campaign.retrain()
    kept = campaign.learner().X_training
    labelled = np.flatnonzero(campaign.counts().sum(axis=1))
    pd.testing.assert_frame_equal(
        kept.reset_index(drop=True), frame.iloc[labelled].reset_index(drop=True)
    )
    assert campaign.ask(1, "bob")[0].content["text"] in texts


def test_texts_alone(make):
    texts = [
        f"{word} {n}" for n, word in enumerate(np.array(["cat", "dog", "eel"])[KIND])
    ]
    estimator = make_pipeline(TfidfVectorizer(), LogisticRegression())
    campaign = answered(make(texts, ABC, estimator, MaxEntropy()))
    campaign.retrain()
    assert campaign.ask(1, "bob")[0].content in texts


def test_images_are_what_they_were(make):
    images = np.arange(6 * 3 * 4 * 5, dtype=np.uint8).reshape(6, 3, 4, 5)
    for one in make(images).ask(6):
        np.testing.assert_array_equal(one.content, images[one.id])
        assert one.content.dtype == np.uint8


class Own(LogisticRegression):
    """An estimator of a user."""


def test_an_estimator_of_a_user_is_given_again(make, url):
    campaign = answered(make(X, ABC, Own(), MaxEntropy()))
    assert campaign.retrain() == 1
    with Campaign.open(url) as again:
        assert len(again.ask(1, "bob")) == 1
        with pytest.raises(
            ValueError, match=r"Own\(.*Give it to Campaign.open\(estimator"
        ):
            again.retrain()
    with Campaign.open(url, estimator=Own()) as again:
        assert again.retrain() == 2


@pytest.mark.parametrize(
    "classes",
    [range(3), pd.Index([0, 1, 2]), pd.Series([2, 0, 1]), np.array([0, 1, 2])],
    ids=["range", "Index", "Series", "array"],
)
def test_classes_of_any_kind_are_made_again(make, url, classes):
    strategy = Random()
    make(X, range(3), MCDropoutClassifier(classes=classes), strategy).close()
    with Campaign.open(url) as again:
        estimator, _ = again._parts()
    assert sorted(estimator.classes) == [0, 1, 2]


def test_the_part_that_is_not_made_again_is_named(make, url):
    answered(make(X, ABC, make_pipeline(StandardScaler(), Own()), MaxEntropy())).close()
    with (
        Campaign.open(url) as again,
        pytest.raises(ValueError, match=r"arrays are, and not its steps__own"),
    ):
        again.retrain()


def test_texts_and_numbers_among_the_answers(tmp_path):
    labels = [0, 1, "unsure"]
    url = tmp_path / "votes.db"
    with Campaign.create(url, X, labels, LogisticRegression(), Random()) as campaign:
        answered(campaign, say=lambda number: labels[number % 3])
        campaign.retrain()
        shares = [json.loads(row.shares)["mean"] for row in predictions(campaign)]
    assert np.array(shares).shape == (60, 3)
    np.testing.assert_allclose(np.sum(shares, axis=1), 1, atol=1e-5)


def test_a_learner_for_a_notebook(make):
    campaign = answered(make(X, ABC, LogisticRegression(), MaxEntropy()))
    learner = campaign.learner()
    assert isinstance(learner, ActiveLearner)
    assert len(learner.X_training) == 24
    assert learner.score(X, np.array(ABC)[KIND]) > 0.8


def test_the_score_of_several_questions_is_that_of_the_first(make):
    questions = [("kind", ABC), ("odd", ["yes", "no"])]
    model_ = BayesianVoteRegression(
        "multinomial", optimize=None, questions=questions, random_state=0
    )

    def say(number):
        return {"kind": said(number), "odd": "yes"}

    campaign = answered(make(X, questions, model_, enhanced=0), say=say)
    campaign.retrain()
    asked = [one.id for one in campaign.ask(12, "bob")]
    answered(campaign, 12, "bob", say)
    rows = predictions(campaign)
    shares = np.array([json.loads(rows[number].shares)["mean"] for number in asked])
    right = np.mean(shares[:, :3].argmax(axis=1) == KIND[asked])
    assert campaign.history().scores.tolist() == [right]
    # Of some items it is surer of "odd" than of the kind.
    assert np.mean(shares.argmax(axis=1) == KIND[asked]) < right


def test_the_history_tells_how_often_a_model_was_right(make):
    campaign = make(X, ABC, LogisticRegression(), MaxEntropy(), enhanced=0)
    answered(campaign)
    campaign.retrain()
    assert np.isnan(campaign.history().scores).all()
    asked = [one.id for one in campaign.ask(12, "bob")]
    by_hand = campaign.learner().estimator
    for number in asked:
        campaign.tell(number, said(number), "bob")
    right = np.mean(by_hand.predict(X[asked]) == np.array(ABC)[KIND[asked]])
    assert campaign.history().scores.tolist() == [right]
    campaign.retrain()
    history = campaign.history()
    assert history.n_labels.tolist() == [24, 36]
    assert history.scores[0] == right
    assert "LogisticRegression" in history.provenance["estimator"]


def test_weights_of_networks_are_kept_as_safetensors(make, tmp_path):
    campaign = answered(make(X, ABC, MCDropoutClassifier(max_epochs=2), BALD()))
    campaign.retrain()
    weights = campaign.store.read(
        lambda c: c.execute(sa.select(model.c.weights)).scalar()
    )
    (tmp_path / "weights").write_bytes(weights)
    loaded = MCDropoutClassifier(max_epochs=2).load_weights(tmp_path / "weights")
    assert loaded.classes_.tolist() == ABC


@pytest.mark.parametrize(("n", "words"), [
    (0, "nobody has answered"),
    (1, "so far all 1 are"),
])  # fmt: skip
def test_answers_that_do_not_suffice(tmp_path, n, words):
    with Campaign.create(
        tmp_path / "votes.db", X, ABC, LogisticRegression(), Margin()
    ) as campaign:
        if n:
            answered(campaign, n)
        with pytest.raises(ValueError, match=words):
            campaign.retrain()
        assert campaign.status().model is None


def test_a_classifier_without_draws_is_asked_for_its_entropy(tmp_path):
    asked = []
    for name, strategy in [("one", None), ("two", MaxEntropy())]:
        url = tmp_path / f"{name}.db"
        with Campaign.create(url, X, ABC, LogisticRegression(), strategy) as campaign:
            answered(campaign)
            campaign.retrain()
            asked.append([one.id for one in campaign.ask(9, "bob")])
            assert isinstance(campaign.learner().query_strategy, MaxEntropy)
    assert asked[0] == asked[1]


def test_a_regressor_without_draws_needs_a_strategy_of_its_own(tmp_path):
    path = tmp_path / "votes.db"
    Campaign.create(path, X, [0, 1]).close()
    with pytest.raises(NoDrawsError, match="query_strategy of Campaign must be given"):
        Campaign.open(path, estimator=Ridge())
    Campaign.open(path, estimator=Ridge(), query_strategy=Random()).close()


def test_what_cannot_choose_is_refused_before_people_answer(tmp_path):
    path = tmp_path / "votes.db"
    Campaign.create(path, X, ABC).close()
    for strategy in (None, Random()):
        with pytest.raises(NoDrawsError, match="estimator of Campaign must give prob"):
            Campaign.open(path, estimator=SVC(), query_strategy=strategy)
    with pytest.raises(TypeError, match="pool, got 'BALD'"):
        Campaign.open(path, query_strategy="BALD")
    members = VotingClassifier([("svc", SVC()), ("forest", RandomForestClassifier(5))])
    with Campaign.open(path, estimator=members) as campaign:  # each is a draw
        assert answered(campaign).retrain() == 1


@pytest.mark.parametrize(("arguments", "error", "words"), [
    ({"items": []}, ValueError, "items of Campaign must have one row or more"),
    ({"items": np.array(["a"])[:, None]}, TypeError, "must be an array of numbers"),
    ({"items": "no such folder"}, ValueError, "'no such folder', which is no folder"),
    ({"items": np.ma.masked_equal([[1, 2]], 2)}, ValueError, "mask"),
    ({"answers": "ab"}, TypeError, "must be a list of answers"),
    ({"answers": ["a"]}, ValueError, "two answers"),
    ({"answers": ["a", "a"]}, ValueError, "twice|different"),
    ({"answers": [1, 1.0]}, ValueError, "must have different names, got 1, 1.0"),
    ({"answers": ["a"]}, ValueError, "answers of Campaign must be two answers or more"),
    ({"answers": ["a", None]}, TypeError, "Use None in tell"),
    ({"estimator": BayesianRidge()}, ValueError, "must be numbers, got 'a'"),
    ({"estimator": BayesianVoteRegression()}, ValueError, "must have two answers"),
    ({"answers": TREE, "estimator": BayesianVoteRegression("multinomial")}, ValueError,
     r"must have the questions of the campaign, questions=\[\('kind'.* got None"),
    ({"estimator": BayesianVoteRegression("multinomial", questions=CBA)}, ValueError,
     r"questions of the campaign.* got \[\('kind', \['c', 'b', 'a'\], None\)\]"),
    ({"estimator": MaxEntropy()}, TypeError, "must be a classifier, a regressor"),
    ({"min_votes": 0}, ValueError, "min_votes of Campaign must be an integer >= 1"),
    ({"min_votes": 3, "max_votes": 2}, ValueError, "at least min_votes, got 2 and 3"),
    ({"rules": {"name": "consensus"}}, TypeError, "must be a list of dicts"),
    ({"rules": [{"name": "agree"}]}, ValueError, "one of 'max_votes', 'consensus'"),
    ({"rules": [{"name": "consensus"}]}, ValueError, "numbers 'share', 'votes'"),
    ({"rules": [{"name": "consensus", "share": 2, "votes": 3}]}, ValueError, "share"),
    ({"names": ["x"]}, ValueError, "as many as items, got 1 and 60"),
    ({"names": ["x"] * 60}, ValueError, "must differ, got 'x' twice"),
    ({"names": ["x", None] * 30}, ValueError, "texts or numbers, got None for item 1"),
    ({"names": [np.nan, "x"] * 30}, ValueError, "or numbers, got nan for item 0"),
    ({"estimator": MCDropoutClassifier(classes=["a", "b"])}, ValueError,
     "classes of MCDropoutClassifier, estimator of Campaign, must be the answers"),
    ({"estimator": MCDropoutClassifier(classes=[*"abcd"])}, ValueError, "'c', 'd'"),
    ({"estimator": make_pipeline(StandardScaler(), MCDropoutClassifier(classes=[0, 1])),
      "answers": ["0", "1"]}, ValueError, r"question, \['0', '1'\], got \[0, 1\]"),
    ({"estimator": LogisticRegression(), "answers": [0, 0.5]}, ValueError,
     "is a classifier, so answers must be texts or whole numbers, got 0.5"),
    ({"enhanced": 2}, ValueError, "enhanced of Campaign"),
    ({"gold": {99: "a"}}, ValueError, "names 99, which is no item"),
    ({"gold": {"x1": "a"}}, ValueError, "Items are called such as '0'"),
    ({"estimator": Ridge(), "answers": [0, 1]}, NoDrawsError,
     "query_strategy of Campaign must be given, because Ridge makes no"),
    ({"estimator": SVC()}, NoDrawsError, "must give probabilities of answers, and SVC"),
    ({"estimator": make_pipeline(StandardScaler(), SVC())}, NoDrawsError, "and SVC"),
    ({"estimator": LogisticRegression(), "query_strategy": BALD()}, NoDrawsError,
     "query_strategy of Campaign, BALD, needs posterior draws, and LogisticRegression"),
    ({"estimator": LogisticRegression}, TypeError,
     "must be an estimator, got the class LogisticRegression"),
    ({"query_strategy": BALD}, TypeError, "or a function .*, got the class BALD"),
    ({"gold": {0: "z"}}, ValueError, "answer must be one of"),
    ({"gold": ["a"]}, TypeError, "gold of Campaign must be a dict"),
    ({"lease_seconds": 0}, ValueError, "lease_seconds of Campaign"),
])  # fmt: skip
def test_mistakes(tmp_path, arguments, error, words):
    with pytest.raises(error, match=words):
        Campaign.create(
            tmp_path / "votes.db", **{"items": X, "answers": ABC, **arguments}
        )
    assert not (tmp_path / "votes.db").exists()


@pytest.mark.slow
def test_scoring_in_parallel_gives_the_same_order(tmp_path):
    many = np.random.default_rng(1).normal(size=(1_500, 3))
    orders = []
    for n_jobs in (1, 2):
        estimator, strategy = BayesianLogisticRegression(), BALD(batch_size=500)
        url = tmp_path / f"{n_jobs}.db"
        with Campaign.create(url, many, [0, 1], estimator, strategy) as campaign:
            answered(campaign, 40, say=lambda i: int(many[i, 0] > 0))
            with joblib.parallel_config(n_jobs=n_jobs):
                campaign.retrain()
            orders.append([one.id for one in campaign.ask(20, "bob")])
    assert orders[0] == orders[1]
