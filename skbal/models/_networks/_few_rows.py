"""A pass of a few rows gives each row the numbers that it has among many.

Products of matrices add in another order when they have fewer rows than a processor's
registers hold at once. A row predicted alone would then differ in its last bits from
the same row among others. So further rows are put beside it.
"""

import torch

# With fewer rows than this, a thread of two or four may get less than a full register.
_ENOUGH_ROWS = 16


def filled_up(x, largest):
    """Return at least 16 rows, by repeating the last one.

    Parameters
    ----------
    x : torch.Tensor of shape (n_rows, ...)
        A chunk of rows, at least one.
    largest : int
        Number of rows up to which they may be filled, for the memory that they need.

    Returns
    -------
    x : torch.Tensor of shape (n_rows or more, ...)
        The caller cuts off what the added rows give.
    """
    missing = min(_ENOUGH_ROWS, largest) - len(x)
    if missing <= 0:
        return x
    return torch.cat([x, x[-1:].expand(missing, *x.shape[1:])])
