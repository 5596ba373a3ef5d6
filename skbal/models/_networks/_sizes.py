"""The sizes of the tensors of a forward pass, measured on one row."""

from torch import Tensor
from torch.overrides import TorchFunctionMode

from skbal.models._networks._modes import in_mode

# A pass holds about this many tensors of its largest size at once.
LIVE_TENSORS = 3


class LargestTensor(TorchFunctionMode):
    """Remembers the size of the largest tensor that is made inside the mode.

    Attributes
    ----------
    largest : int
        Its size in bytes.
    """

    def __init__(self):
        super().__init__()
        self.largest = 0
        self.on = True

    def note(self, size):
        """Take the size of a new tensor into account, in bytes."""
        self.largest = max(self.largest, size)

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if self.on and isinstance(result, Tensor):
            self.note(result.nelement() * result.element_size())
        return result


def largest_bytes(function, row):
    """Return the size of the largest tensor when a function runs on a row, in bytes."""
    mode = LargestTensor()
    in_mode(mode, function, row)
    return max(mode.largest, row.nbytes)
