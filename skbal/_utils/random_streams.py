"""The states of the global random streams."""

import pickle
import random
import sys

import numpy as np


def random_streams():
    """Return the states of the global random streams, comparable by ``==``.

    Returns
    -------
    states : dict of str to bytes
        By the name of the library; torch only if it is loaded.
    """
    states = {
        "Python": pickle.dumps(random.getstate()),
        "NumPy": pickle.dumps(np.random.get_state()),  # noqa: NPY002  only read
    }
    torch = sys.modules.get("torch")
    if torch is not None:
        states["torch"] = torch.random.get_rng_state().numpy().tobytes()
        if torch.cuda.is_initialized():
            cuda = torch.cuda.get_rng_state_all()
            states["CUDA"] = b"".join(state.numpy().tobytes() for state in cuda)
    return states
