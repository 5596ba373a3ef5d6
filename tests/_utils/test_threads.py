"""Inside the block arithmetic runs on one thread, and afterwards as before."""

import subprocess
import sys
import threading

import pytest
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC
from skorch import NeuralNetClassifier
from threadpoolctl import threadpool_info, threadpool_limits
from torch import nn

from skbal import ActiveLearningClassifier
from skbal._utils.threads import one_thread, uses_torch
from skbal.models import (
    BayesianLinearRegression,
    LaplaceClassifier,
    LastLayerRegressor,
    MCDropoutClassifier,
)


def numbers():
    import torch

    return {info["num_threads"] for info in threadpool_info()}, torch.get_num_threads()


@pytest.fixture
def three_threads():
    import torch

    before = torch.get_num_threads()
    limits = []
    # Set by a thread that ends: one that lives would not let others change it.
    in_a_thread(lambda: limits.append(threadpool_limits(3)))
    with threadpool_limits(3, user_api="openmp"):
        torch.set_num_threads(3)
        yield
        torch.set_num_threads(before)
    in_a_thread(limits[0].restore_original_limits)


def in_a_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


@pytest.mark.usefixtures("three_threads")
def test_there_is_one_thread_inside_and_as_many_as_before_outside():
    before = numbers()
    with one_thread():
        assert numbers() == ({1}, 1)
        with one_thread():
            assert numbers() == ({1}, 1)
        assert numbers() == ({1}, 1)
    assert numbers() == before
    assert before[1] == 3


@pytest.mark.usefixtures("three_threads")
def test_an_error_inside_changes_nothing_outside():
    before = numbers()
    with pytest.raises(OSError, match="no"), one_thread():
        raise OSError("no")
    assert numbers() == before


def test_limits_around_the_block_come_back():
    with threadpool_limits(3):
        before = numbers()[0]
        with one_thread():
            assert numbers() == ({1}, 1)
        assert numbers()[0] == before == {3}


@pytest.mark.usefixtures("three_threads")
def test_blocks_that_overlap_in_two_threads_end_as_they_began():
    import torch

    before, seen, threads_of_new = numbers(), {}, []
    in_a_thread(lambda: threads_of_new.append(torch.get_num_threads()))
    first_in, second_in, first_out = (threading.Event() for _ in range(3))

    def first():
        with one_thread():
            first_in.set()
            second_in.wait(10)
            seen["first, both inside"] = numbers()
        seen["first, outside again"] = numbers()[1]
        first_out.set()

    def second():
        first_in.wait(10)
        with one_thread():
            second_in.set()
            first_out.wait(10)
            seen["second, the first has left"] = numbers()
        seen["second, outside again"] = numbers()[1]

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {
        "first, both inside": ({1}, 1),
        "first, outside again": threads_of_new[0],
        "second, the first has left": ({1}, 1),
        "second, outside again": threads_of_new[0],
    }
    assert numbers() == before


def test_a_process_keeps_its_threads_after_many_overlapping_blocks():
    code = (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "from threading import Thread\n"
        "import time\n"
        "import numpy\n"
        "from threadpoolctl import threadpool_info, threadpool_limits\n"
        "from skbal._utils.threads import one_thread\n"
        "def blas():\n"
        "    return [i['num_threads'] for i in threadpool_info()\n"
        "            if i['user_api'] == 'blas']\n"
        "def work(seconds):\n"
        "    with one_thread():\n"
        "        time.sleep(seconds)\n"
        "        return blas()\n"
        "first = Thread(target=threadpool_limits, args=(2, 'blas'))\n"
        "first.start()\n"
        "first.join()\n"
        "with ThreadPoolExecutor(4) as pool:\n"
        "    inside = list(pool.map(work, [.03, .01, .05, .02, .04, .01, .03, .02]))\n"
        "print({n for numbers in inside for n in numbers}, set(blas()))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "{1} {2}"


class OwnNetwork(MCDropoutClassifier):
    """A user's subclass, of a module that skbal does not know."""


class OwnModule(nn.Module):
    """A user's module."""


@pytest.mark.parametrize("network", [
    MCDropoutClassifier(),
    OwnNetwork(),
    LastLayerRegressor(MCDropoutClassifier()),
    LaplaceClassifier(OwnNetwork()),
    make_pipeline(StandardScaler(), OwnNetwork()),
    GridSearchCV(make_pipeline(OwnNetwork()), {}),
    GridSearchCV(Pipeline([("model", SVC())]), {"model": [SVC(), OwnNetwork()]}),
    ActiveLearningClassifier(VotingClassifier([("net", OwnNetwork())])),
    NeuralNetClassifier(OwnModule),
    FunctionTransformer(kw_args={"module": OwnModule()}),
    FunctionTransformer(kw_args={"module": OwnModule}),
], ids=lambda network: str(network)[:50])  # fmt: skip
def test_networks_are_known_wherever_they_are(network):
    assert uses_torch(network)


@pytest.mark.parametrize("other", [
    RandomForestClassifier(), BayesianLinearRegression(), RandomForestClassifier, print,
    GridSearchCV(SVC(), {"C": [1, 2]}), "torch", None,
], ids=str)  # fmt: skip
def test_what_needs_no_torch_is_known_too(other):
    assert not uses_torch(other)


@pytest.mark.slow
def test_torch_loaded_by_a_network_inside_the_block_has_one_thread():
    code = (
        "import sys\n"
        "from skbal._utils.threads import one_thread\n"
        "from skbal.models import MCDropoutClassifier\n"
        "class Own(MCDropoutClassifier):\n"
        "    pass\n"
        "assert 'torch' not in sys.modules\n"
        "with one_thread(Own()):\n"
        "    import torch\n"
        "    print(torch.get_num_threads())\n"
        "with one_thread():\n"
        "    pass\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "1"
