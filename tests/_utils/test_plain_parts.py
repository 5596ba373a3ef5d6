import json
import math
import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from skbal._utils.plain_parts import Packer, first_difference, unpacked
from skbal.query import BALD, DiversityPenalised


def through_json(value, packer=None):
    packer = Packer() if packer is None else packer
    plain = json.loads(json.dumps(packer.pack(value, "it"), allow_nan=False))
    assert packer.others == []
    return unpacked(plain, packer.arrays)


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.slices(9)
    | st.sampled_from([np.float64, np.int8])
)
keys = st.text() | st.integers() | st.booleans()
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner)
        | st.lists(inner).map(tuple)
        | st.dictionaries(keys, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(anything)
def test_plain_values_come_back_in_their_types(value):
    # repr tells 1 from 1.0 and True, and a tuple from a list. NaN is equal to itself.
    assert repr(through_json(value)) == repr(value)


dtypes = st.sampled_from(["f2", "f4", "f8", "i1", "u8", "?", "U3", "M8[s]", "m8[D]"])


@settings(max_examples=50)
@given(dtypes.flatmap(lambda d: arrays(d, array_shapes(min_dims=0, min_side=0))))
def test_arrays_come_back_in_their_types(array):
    again = through_json(array)
    assert again.dtype == array.dtype
    np.testing.assert_array_equal(again, array)
    if array.ndim == 0:
        number = through_json(array[()])
        assert type(number) is type(array[()])


@pytest.mark.parametrize("value", [range(3), range(5, -1, -2)])
def test_a_range_comes_back(value):
    assert through_json(value) == value


@pytest.mark.parametrize(
    "column",
    [
        pd.Index([0, 1]),
        pd.Series(["a", "b"]),
        pd.Series(["a", "b"], dtype=object),
        pd.Series(["b", "a"]).astype("category"),
        pd.array([1, 2], dtype="Int64"),
    ],
)
def test_a_column_comes_back_as_an_array(column):
    again = through_json(column)
    assert type(again) is np.ndarray
    assert again.tolist() == list(column)


def test_a_column_of_polars_comes_back_as_an_array():
    polars = pytest.importorskip("polars")
    assert through_json(polars.Series(["a", "b"])).tolist() == ["a", "b"]


def test_an_array_of_strings_as_objects_stays_one():
    again = through_json(np.array(["a", "bcd"], dtype=object))
    assert again.dtype == object
    assert [type(entry) for entry in again] == [str, str]


@pytest.mark.parametrize("estimator", [
    RandomForestClassifier(7, class_weight={0: 2.0}, max_features=np.float64(0.5)),
    make_pipeline(StandardScaler(with_mean=False), LogisticRegression(C=3.0)),
    ColumnTransformer([("a", OneHotEncoder(), slice(0, 2)), ("b", "drop", [2])]),
    GaussianProcessRegressor(RBF([1.0, 2.0]) + 2.0 * WhiteKernel(0.5)),
    GaussianNB(priors=np.array([0.25, 0.75])),
    DiversityPenalised(BALD(n_draws=3), penalty=0.5, random_state=1),
], ids=lambda estimator: type(estimator).__name__)  # fmt: skip
def test_an_estimator_is_made_again_with_its_parameters(estimator):
    again = through_json(estimator)
    assert type(again) is type(estimator)
    there, here = estimator.get_params(), again.get_params()
    assert there.keys() == here.keys()
    assert repr(there) == repr(here)


@pytest.mark.parametrize("make", [
    np.random.RandomState, np.random.default_rng,
    lambda seed: np.random.Generator(np.random.Philox(seed)),
])  # fmt: skip
def test_a_stream_goes_on_where_it_was_and_one_that_is_shared_is_one(make):
    stream = make(3)
    stream.normal(size=3)  # an odd number, which leaves half of a pair behind
    one, two = through_json([stream, stream])
    assert one is two
    assert one is not stream
    np.testing.assert_array_equal(one.normal(size=5), stream.normal(size=5))


@pytest.mark.parametrize("value", [
    len, math, object(), {1, 2}, {(1, 2): 3}, np.array([None]), GaussianNB,
    FunctionTransformer(np.log), FrozenEstimator(GaussianNB()),
    make_pipeline(FunctionTransformer(len), GaussianNB()),
])  # fmt: skip
def test_what_has_no_plain_form_is_told_by_name_and_not_made(value):
    packer = Packer()
    plain = packer.pack(value, "part")
    assert len(packer.others) == 1
    assert packer.others[0].startswith("part")
    with pytest.raises(ValueError, match=r"no part that is known|not made again"):
        unpacked(json.loads(json.dumps(plain)), packer.arrays)


def test_an_estimator_that_has_learned_is_more_than_its_parameters():
    packer = Packer(fitted=True)
    packer.pack({"model": GaussianNB()}, "memory")
    assert packer.others == ["memory['model']"]


@pytest.mark.parametrize(("plain", "match"), [
    ({"array": 1}, "no array 1"),
    ({"array": True}, "no array True"),
    ({"array": "0"}, "no array '0'"),
    ({"colour": 1}, "no part that is known"),
    ({}, "no part that is known"),
    ({"tuple": 3}, "cannot be read"),
    ({"dict": [[1]]}, "not enough values"),
    ({"float": "much"}, "could not convert"),
    ({"dtype": "object32"}, "cannot be read"),
    ({"stream": 0, "kind": "Generator", "state": {"dict": [["bit_generator", "x"]]}},
     "no bit generator"),
    ({"stream": 0, "kind": "Sobol", "state": 1}, "cannot be read"),
    ({"object": "sklearn.no.module:Thing", "parameters": {}}, "cannot be read"),
    ({"object": "sklearn.svm:sys", "parameters": {}}, "cannot be read"),
    ({"object": "sklearn.base:clone", "parameters": {}}, "no class of parameters"),
    ({"object": "sklearn.svm:SVC.fit", "parameters": {}}, "not made again"),
    ({"object": "numpy:memmap", "parameters": {}}, "not made again"),
    ({"object": "sklearn.pipeline:Pipeline",
      "parameters": {"steps": [], "memory": "x"}}, "folder of pickles"),
])  # fmt: skip
def test_data_that_are_wrong_are_refused(plain, match):
    with pytest.raises(ValueError, match=match):
        unpacked(plain, [np.zeros(2)])


def packed(value):
    packer = Packer()
    return packer.pack(value, ""), packer.arrays


@pytest.mark.parametrize(("before", "now", "words"), [
    (BALD(n_draws=3), BALD(n_draws=4), "n_draws was 3 and is 4"),
    (BALD(), DiversityPenalised(BALD()), "its class was BALD and is Diversity"),
    (make_pipeline(StandardScaler(), GaussianNB()),
     make_pipeline(StandardScaler(with_std=False), GaussianNB()),
     "steps__standardscaler__1__with_std was True and is False"),
    (make_pipeline(GaussianNB()), make_pipeline(StandardScaler(), GaussianNB()),
     "steps was 1 entries and is 2 entries"),
    (GaussianNB(priors=np.array([0.5, 0.5])), GaussianNB(priors=np.array([0.4, 0.6])),
     "priors was an array of shape"),
    (LogisticRegression(class_weight={0: 1.0}), LogisticRegression(class_weight={0: 2}),
     r"class_weight\[0\] was 1.0 and is 2"),
    (BALD(random_state=np.random.RandomState(0)), BALD(random_state=0),
     "random_state was a random stream and is 0"),
    (FunctionTransformer(np.log), FunctionTransformer(len), "func was .* and is "),
])  # fmt: skip
def test_a_difference_is_named(before, now, words):
    assert first_difference(packed(before), packed(before)) is None
    found = first_difference(packed(before), packed(now))
    assert re.match(words, found), found


def test_speed_and_the_state_of_a_stream_may_differ():
    rng = np.random.default_rng
    before = BALD(n_jobs=1, verbose=0, random_state=rng(0))
    now = BALD(n_jobs=2, verbose=1, random_state=rng(1))
    assert first_difference(packed(before), packed(now)) is None
