"""Torch's global stream, seeded for training under one lock and put back."""

import threading
from contextlib import contextmanager

# The stream belongs to the process, not to a thread: two fits at once would draw from
# each other's. Predictions never use it, so only training waits here.
_TRAINING = threading.RLock()


@contextmanager
def seeded_torch(seed, device="cpu"):
    """Run a block with torch's global stream seeded; the caller's is put back after.

    Parameters
    ----------
    seed : int
        The seed.
    device : str or torch.device, default="cpu"
        The device that trains; its stream is seeded and put back too.

    Yields
    ------
    None
    """
    import torch

    device = torch.device(device)
    devices = [device] if device.type == "cuda" else []
    with _TRAINING, torch.random.fork_rng(devices=devices):
        torch.default_generator.manual_seed(seed)
        if devices:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        yield
