"""One seed in, independent streams out; the global streams stay as they are."""

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
        None asks the operating system for a fresh seed (NumPy's global stream is not
        touched); an integer is its own seed; a generator gives its next integer.
    owner : str, default="predict_samples"
        Whose argument it is, for the error message.

    Returns
    -------
    seed : int
        In [0, 2**32).

    Raises
    ------
    ValueError
        If it is a negative or too large integer.
    TypeError
        If it is none of the kinds above.

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
    """Return a generator that depends on ``seed`` and ``keys`` only.

    Parameters
    ----------
    seed : int
        As `check_seed` returns it.
    *keys : int or str
        What the stream is for (a layer's name, the number of a draw, ...). Different
        keys give independent streams.

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
    words = [_word(key) for key in keys]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def next_seed(rng):
    """Return a seed that everything of scikit-learn takes.

    Parameters
    ----------
    rng : numpy.random.Generator
        What it is drawn from.

    Returns
    -------
    seed : int
        In [0, 2**31 - 1).
    """
    return int(rng.integers(SMALL_SEEDS))


def _word(key):
    return zlib.crc32(key.encode()) if isinstance(key, str) else int(key)
