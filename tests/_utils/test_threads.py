"""Inside the block arithmetic runs on one thread, and afterwards as before."""

import subprocess
import sys
import threading

import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from threadpoolctl import threadpool_info, threadpool_limits

from skbal._utils.threads import _is_on_torch, one_thread
from skbal.models import BayesianLinearRegression, MCDropoutClassifier


def numbers():
    import torch

    return {info["num_threads"] for info in threadpool_info()}, torch.get_num_threads()


@pytest.fixture
def three_threads():
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(3)
    with threadpool_limits(3):
        yield
    torch.set_num_threads(before)


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


@pytest.mark.usefixtures("three_threads")
def test_blocks_that_overlap_in_two_threads_end_as_they_began():
    import torch

    first_in, second_in, first_out = (threading.Event() for _ in range(3))

    def first():
        with one_thread():
            first_in.set()
            second_in.wait(10)
        first_out.set()

    def second():
        first_in.wait(10)
        with one_thread():
            second_in.set()
            first_out.wait(10)

    threads = [threading.Thread(target=work) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert first_out.is_set()
    with one_thread():
        pass
    assert torch.get_num_threads() == 3


def test_networks_are_known_wherever_they_are():
    network = MCDropoutClassifier()
    assert _is_on_torch(network)
    assert _is_on_torch(make_pipeline(network))
    assert not _is_on_torch(RandomForestClassifier())
    assert not _is_on_torch(BayesianLinearRegression())
    assert not _is_on_torch(print)


def test_torch_loaded_by_a_network_inside_the_block_has_one_thread():
    code = (
        "import sys\n"
        "from skbal._utils.threads import one_thread\n"
        "from skbal.models import MCDropoutClassifier\n"
        "assert 'torch' not in sys.modules\n"
        "with one_thread(MCDropoutClassifier()):\n"
        "    import torch\n"
        "    print(torch.get_num_threads())\n"
        "with one_thread():\n"
        "    pass\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "1"
