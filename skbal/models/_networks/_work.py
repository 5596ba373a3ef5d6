"""How many threads the passes of a network are worth.

Threads wait for each other after each layer. For small networks, waiting takes longer
than the work that is shared, and beside another busy process many times longer.
Sums over several threads are also rounded in another way than over one, and training
amplifies small differences. So small networks use one thread.
"""

from contextlib import nullcontext

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from skbal._utils.threads import one_torch_thread
from skbal.models._networks._modes import in_mode, no_grad
from skbal.models._networks._noise import Calm, Noise
from skbal.models._networks._twin import evaluation_twin

# Multiplications per row. With 20 million, two threads lost time beside a busy process;
# with 77 million, they gained.
LARGEST_SMALL = 50_000_000


class _Products(TorchDispatchMode):
    """Counts the multiplications of layers inside the mode, those of RNNs excepted."""

    def __init__(self):
        super().__init__()
        self.n_products = 0
        self.on = True

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = func(*args, **kwargs)
        count = flop_registry.get(func._overloadpacket)
        if self.on and count is not None:
            # A multiplication and an addition are two operations.
            self.n_products += count(*args, **kwargs, out_val=result) // 2
        return result


def products_per_row(module, example):
    """Return the number of multiplications that the layers of a network need per row.

    Parameters
    ----------
    module : torch.nn.Module
        The network. It is not changed.
    example : torch.Tensor of shape (n_rows, ...)
        A few rows.

    Returns
    -------
    n_products : int
    """
    mode = _Products()
    calm = Noise(Calm())
    # Not in inference mode, in which torch would not split its operations.
    with no_grad():
        in_mode(mode, in_mode, calm, evaluation_twin(module), example.clone())
    return mode.n_products // len(example)


def threads_for(n_products, device):
    """Return a context in which a network of this size runs.

    Parameters
    ----------
    n_products : int
        The result of `products_per_row`.
    device : str or torch.device
        The device of the network. On a graphics card, nothing is limited.

    Returns
    -------
    context : context manager
    """
    is_small = n_products <= LARGEST_SMALL and torch.device(device).type == "cpu"
    return one_torch_thread() if is_small else nullcontext()
