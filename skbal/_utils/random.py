"""Independent random streams from one seed, without NumPy's global stream."""

import zlib
from numbers import Integral

import numpy as np

SMALL_SEEDS = 2**31 - 1  # below it, every random_state of scikit-learn takes a seed
LARGEST_SEED = 2**32 - 1


def check_seed(random_state, owner="predict_samples"):
    """Return one integer seed for ``random_state``.

    Parameters
    ----------
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        None draws a fresh seed from the operating system. An integer is returned as it
        is. A RandomState or Generator draws the seed, so its state changes.
    owner : str, default="predict_samples"
        Name of the caller, for messages.

    Returns
    -------
    seed : int
        In [0, 2**32).

    Raises
    ------
    ValueError
        If it is an integer below 0 or above 2**32 - 1.
    TypeError
        If it has any other type.

    Examples
    --------
    >>> check_seed(7)
    7
    """
    if random_state is None:
        return int(np.random.SeedSequence().generate_state(1)[0])
    if isinstance(random_state, Integral) and not isinstance(random_state, bool):
        if not 0 <= random_state <= LARGEST_SEED:
            raise ValueError(
                f"random_state of {owner} must be between 0 and 2**32 - 1, "
                f"got {random_state}."
            )
        return int(random_state)
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(LARGEST_SEED, dtype=np.uint32))
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(LARGEST_SEED, dtype=np.uint32))
    raise TypeError(
        f"random_state of {owner} must be None, an integer, a numpy RandomState or a "
        f"numpy Generator, got {random_state!r} ({type(random_state).__name__})."
    )


def stream(seed, *keys):
    """Return a generator that depends only on ``seed`` and ``keys``.

    Parameters
    ----------
    seed : int
        As `check_seed` returns it.
    *keys : int or str
        Purpose of the stream, such as the name of a layer or the number of a draw.
        Different keys give independent streams.

    Returns
    -------
    generator : numpy.random.Generator

    Examples
    --------
    >>> bool(stream(0, "layer", 3).random() == stream(0, "layer", 3).random())
    True
    >>> bool(stream(0, "layer", 3).random() == stream(0, "layer", 4).random())
    False
    """
    words = [seed, *map(_word, keys)]
    if min(words) >= 0 and max(words) <= LARGEST_SEED:
        words = np.array(words, dtype=np.uint32)  # the same, three times as fast
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(words)))


def next_seed(rng):
    """Return a seed that every ``random_state`` of scikit-learn accepts.

    Parameters
    ----------
    rng : numpy.random.Generator
        The stream that it is drawn from.

    Returns
    -------
    seed : int
        In [0, 2**31 - 1).
    """
    return int(rng.integers(SMALL_SEEDS))


def _word(key):
    return zlib.crc32(key.encode()) if isinstance(key, str) else int(key)
