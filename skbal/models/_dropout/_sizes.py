"""The sizes of tensors before and after the first dropout of a pass."""

from skbal.models._dropout._masks import MaskedDropout, Masks
from skbal.models._networks._modes import in_mode
from skbal.models._networks._sizes import LargestTensor


class _AroundDropout(LargestTensor):
    """Remembers the largest tensor after the first dropout apart."""

    def __init__(self, dropout):
        super().__init__()
        self.dropout = dropout
        self.largest_after = 0

    def note(self, size):
        if self.dropout.layer:
            self.largest_after = max(self.largest_after, size)
        else:
            super().note(size)


def bytes_around_dropout(twin, row):
    """Return the largest sizes before and after the first dropout, in bytes."""
    dropout = MaskedDropout(Masks(0, row.device), range(1))
    mode = _AroundDropout(dropout)
    in_mode(dropout, in_mode, mode, twin, row.clone())
    return max(mode.largest, row.nbytes), mode.largest_after
