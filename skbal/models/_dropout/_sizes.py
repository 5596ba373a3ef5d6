"""How large the tensors of a forward pass are, by running one row."""

from torch import Tensor
from torch.overrides import TorchFunctionMode

from skbal.models._dropout._masks import MaskedDropout, Masks

# A pass holds about this many tensors of its largest size at once.
LIVE_TENSORS = 3


class _SizeRecorder(TorchFunctionMode):
    """Notes the largest tensor of a pass, before and after its first dropout."""

    def __init__(self, dropout):
        super().__init__()
        self.dropout = dropout
        self.before = self.after = 0

    def __torch_function__(self, func, types, args=(), kwargs=None):
        result = func(*args, **(kwargs or {}))
        if isinstance(result, Tensor):
            size = result.nelement() * result.element_size()
            if self.dropout is not None and self.dropout.layer:
                self.after = max(self.after, size)
            else:
                self.before = max(self.before, size)
        return result


def largest_bytes(function, row):
    with _SizeRecorder(None) as recorder:
        function(row)
    return max(recorder.before, row.nbytes)


def bytes_around_dropout(twin, row):
    dropout = MaskedDropout(Masks(0, row.device), range(1))
    with dropout, _SizeRecorder(dropout) as recorder:
        twin(row.clone())
    return max(recorder.before, row.nbytes), recorder.after
