"""torch's global random stream, seeded while a network is trained."""

import threading
from contextlib import contextmanager

from skbal._utils.lazy import lazy_module

torch = lazy_module("torch")

# The stream belongs to the process, not to a thread. Two fits at once would draw from
# the same stream, so they wait for each other. Predictions never use it.
_TRAINING = threading.RLock()


@contextmanager
def seeded_torch(seed, device="cpu"):
    """Seed torch's global stream inside the block, and restore it afterwards.

    Gradients, too, are on or off afterwards as before: in torch's own functions, a
    Ctrl-C may come between switching them off and the block that switches them on. So
    are products in a lower precision.

    Parameters
    ----------
    seed : int
        The seed.
    device : str or torch.device, default="cpu"
        Device of the network. Its stream is seeded and restored, too.

    Yields
    ------
    None
    """
    device = torch.device(device)
    devices = [device] if device.type == "cuda" else []
    gradients = torch.is_grad_enabled()
    autocast = torch.is_autocast_enabled(device.type)
    with _TRAINING, torch.random.fork_rng(devices=devices):
        torch.default_generator.manual_seed(seed)
        if devices:
            with torch.cuda.device(device):
                torch.cuda.manual_seed(seed)
        try:
            yield
        finally:
            torch._C._set_grad_enabled(gradients)
            torch.set_autocast_enabled(device.type, autocast)
