"""Changes of a training batch that leave its labels true."""

from sklearn.base import BaseEstimator

from skbal._utils.validation import check_count


class RandomShift(BaseEstimator):
    """Shift each image of a training batch by up to a few pixels, filled with zeros.

    Give it to a network as ``augment``. The shifts are drawn from the stream
    that training is seeded with, so a fit with one ``random_state`` stays repeatable.

    Parameters
    ----------
    pixels : int, default=2
        The largest shift to each side, in pixels.

    Examples
    --------
    >>> import torch
    >>> from skbal.models import RandomShift
    >>> RandomShift(pixels=2)(torch.ones(5, 1, 28, 28)).shape
    torch.Size([5, 1, 28, 28])
    """

    def __init__(self, pixels=2):
        self.pixels = pixels

    def __call__(self, X):
        """Return the shifted batch.

        Parameters
        ----------
        X : torch.Tensor of shape (n_samples, n_channels, height, width)
            A training batch.

        Returns
        -------
        shifted : torch.Tensor of the same shape

        Raises
        ------
        ValueError
            If the rows are no images, or ``pixels`` is negative.
        """
        import torch
        from torch.nn import functional as F

        pixels = check_count(self.pixels, "pixels", "RandomShift", smallest=0)
        if X.ndim != 4:
            raise ValueError(
                "RandomShift shifts images of shape (n_samples, channels, height, "
                f"width), got a batch of shape {tuple(X.shape)}. For flat rows, give "
                "the network their image_shape."
            )
        n, _, height, width = X.shape
        down, right = torch.randint(2 * pixels + 1, (2, n, 1), device=X.device)
        padded = F.pad(X, [pixels] * 4)
        rows = down + torch.arange(height, device=X.device)
        columns = right + torch.arange(width, device=X.device)
        image = torch.arange(n, device=X.device)[:, None, None]
        # Indexing with a slice between moves the channels last.
        shifted = padded[image, :, rows[:, :, None], columns[:, None, :]]
        return shifted.permute(0, 3, 1, 2).contiguous()
