import signal
import sys
import threading

import pytest
from sklearn import config_context, get_config, set_config

from skbal._utils.interrupts import CtrlCKept

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


class Finalizer:
    """Presses Ctrl-C where Python drops it."""

    def __del__(self):
        signal.raise_signal(signal.SIGINT)
        for _ in range(3):  # a handler runs between two instructions
            pass


@pytest.fixture(autouse=True)
def default_handler():
    # A process in the background is deaf to Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def _drop():
    thing = Finalizer()
    del thing


def block(*actions):
    with CtrlCKept():
        for action in actions:
            action()


def fail():
    raise RuntimeError("broken by the Ctrl-C")


def test_python_drops_it_without_the_block():
    _drop()


def test_a_dropped_ctrl_c_is_raised_at_the_end():
    done = []
    with pytest.raises(KeyboardInterrupt):
        block(_drop, lambda: done.append("went on"))
    assert done == ["went on"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_one_that_is_reported_is_raised_once_and_at_its_place():
    done = []
    with pytest.raises(KeyboardInterrupt) as caught:
        block(
            lambda: signal.raise_signal(signal.SIGINT),
            lambda: done.append("went on"),
        )
    assert done == []
    assert caught.value.__cause__ is None
    block()  # the next block knows nothing of it


def test_an_error_after_it_is_its_cause():
    with pytest.raises(KeyboardInterrupt) as caught:
        block(_drop, fail)
    assert str(caught.value.__cause__) == "broken by the Ctrl-C"


def test_without_one_errors_are_as_they_were():
    with pytest.raises(RuntimeError) as caught:
        block(fail)
    assert caught.value.__cause__ is None


def test_a_block_that_was_cut_off_does_not_end_the_next_ones():
    CtrlCKept().__enter__()
    with pytest.raises(KeyboardInterrupt):
        block(_drop)
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_handler_of_the_users_stays():
    came = []
    signal.signal(signal.SIGINT, lambda *_: came.append(1))
    mine = signal.getsignal(signal.SIGINT)
    with CtrlCKept():
        assert signal.getsignal(signal.SIGINT) is mine
        signal.raise_signal(signal.SIGINT)
    assert came == [1]


def test_other_threads_have_no_handler():
    def work():
        with CtrlCKept():
            seen.append(signal.getsignal(signal.SIGINT))

    seen = []
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]


@pytest.mark.parametrize("press", [signal.raise_signal, lambda _: _drop()])
def test_the_settings_of_scikit_learn_are_as_before(press):
    def leave_them_changed():
        set_config(skip_parameter_validation=True)
        press(signal.SIGINT)

    with config_context():
        before = get_config()
        with pytest.raises(KeyboardInterrupt):
            block(leave_them_changed)
        assert get_config() == before
        block(lambda: set_config(skip_parameter_validation=True))
        assert get_config()["skip_parameter_validation"]


@pytest.mark.parametrize("press", [signal.raise_signal, lambda _: _drop()])
def test_gradients_and_the_stream_of_torch_are_as_before(press):
    torch = pytest.importorskip("torch")

    def leave_them_changed():
        torch.set_grad_enabled(False)
        torch.rand(3)
        press(signal.SIGINT)

    with torch.random.fork_rng():
        before = torch.get_rng_state()
        with pytest.raises(KeyboardInterrupt):
            block(leave_them_changed)
        assert torch.is_grad_enabled()
        assert torch.equal(torch.get_rng_state(), before)
        block(lambda: torch.rand(3))  # what ends without a Ctrl-C is kept
        assert not torch.equal(torch.get_rng_state(), before)


def test_torch_is_not_needed(monkeypatch):
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    with pytest.raises(KeyboardInterrupt):
        block(_drop)
