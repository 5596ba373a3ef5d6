import numpy as np
import pytest
import torch

from skbal._utils.random import check_seed, stream
from skbal._utils.torch_random import seeded_torch


def test_an_integer_is_its_own_seed():
    assert check_seed(5) == 5
    assert check_seed(np.int64(2**32 - 1)) == 2**32 - 1


def test_none_gives_fresh_seeds_and_leaves_the_global_stream():
    state = np.random.get_state()[1].copy()  # noqa: NPY002
    seeds = {check_seed(None) for _ in range(20)}
    assert len(seeds) == 20
    np.testing.assert_array_equal(np.random.get_state()[1], state)  # noqa: NPY002


@pytest.mark.parametrize("kind", [np.random.RandomState, np.random.default_rng])
def test_a_generator_gives_its_next_integer(kind):
    one, other = kind(0), kind(0)
    first = check_seed(one)
    assert first == check_seed(other)
    assert check_seed(one) != first


@pytest.mark.parametrize(
    ("wrong", "error"), [(-1, ValueError), (2**32, ValueError), ("0", TypeError),
                         (1.0, TypeError), (True, TypeError)]
)  # fmt: skip
def test_anything_else_is_refused_by_name(wrong, error):
    with pytest.raises(error, match="random_state of BALD must be"):
        check_seed(wrong, "BALD")


def test_streams_depend_on_seed_and_keys_only():
    def draw(*keys):
        return stream(*keys).random(3).tolist()

    assert draw(0, "layer", 1) == draw(0, "layer", 1)
    different = [draw(0, "layer", 1), draw(0, "layer", 2), draw(1, "layer", 1),
                 draw(0, "pool", 1), draw(0, "layer"), draw(0)]  # fmt: skip
    assert len({tuple(values) for values in different}) == len(different)


@pytest.mark.slow
@pytest.mark.parametrize("number", [0, 7, 2**32 - 1, 2**32, 2**70])
def test_streams_are_those_of_numpy_s_seed_sequence(number):
    sequence = np.random.SeedSequence([3, 1, number])
    expected = np.random.default_rng(sequence).random(3)
    np.testing.assert_array_equal(stream(3, 1, number).random(3), expected)


def test_seeded_torch_repeats_and_puts_the_stream_back():
    torch.rand(1)
    state = torch.get_rng_state()
    values = []
    for _ in range(2):
        with seeded_torch(3):
            values.append(torch.rand(4))
    torch.testing.assert_close(*values)
    assert torch.equal(torch.get_rng_state(), state)


def test_seeded_torch_puts_the_stream_and_gradients_back_after_an_error():
    def fail():
        with seeded_torch(3):
            torch.rand(4)
            torch.no_grad().__enter__()  # and a Ctrl-C comes before its block begins
            raise KeyError

    state = torch.get_rng_state()
    with pytest.raises(KeyError):
        fail()
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled()
