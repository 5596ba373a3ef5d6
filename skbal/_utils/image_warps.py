"""Moves, turns, stretches and blurs of a batch of images, as functions of a tensor.

Each function takes images of shape (n_samples, n_channels, height, width) and one
amount per image. Distances are in pixels, rows run down and columns right.
"""

from skbal._utils.lazy import lazy_module

torch = lazy_module("torch")
functional = lazy_module("torch.nn.functional")

# What pixels that enter are like, as the functions of torch call it.
_PADDING = {"edge": ("replicate", "border"), "zeros": ("constant", "zeros")}
FILLS = tuple(_PADDING)
_TRUNCATE = 4.0  # standard deviations of a Gaussian, as in scipy.ndimage


def shifted(X, down, right, fill="edge"):
    """Return images moved by whole pixels.

    Parameters
    ----------
    X : torch.Tensor of shape (n_samples, n_channels, height, width)
        Images.
    down, right : torch.Tensor of shape (n_samples,), dtype=int64
        Pixels by which each image moves. Negative ones are up and left.
    fill : {"edge", "zeros"}, default="edge"
        Pixels that enter: copies of the nearest pixel of the edge, or zeros.

    Returns
    -------
    images : torch.Tensor of the same shape and dtype
    """
    height, width = X.shape[2:]
    row = torch.arange(height, device=X.device) - down[:, None]
    column = torch.arange(width, device=X.device) - right[:, None]
    image = torch.arange(len(X), device=X.device)[:, None, None]
    # From (n_samples, height, width, channels), since the slice between two index
    # arrays moves the channels last.
    moved = X[
        image,
        :,
        row.clamp(0, height - 1)[:, :, None],
        column.clamp(0, width - 1)[:, None, :],
    ].permute(0, 3, 1, 2)
    if fill == "zeros":
        is_row = (row >= 0) & (row < height)
        is_column = (column >= 0) & (column < width)
        moved = moved * (is_row[:, :, None] & is_column[:, None, :])[:, None]
    return moved.contiguous()


def mapped(X, matrix, fill="edge"):
    """Return images turned and stretched about their centre.

    Parameters
    ----------
    X : torch.Tensor of shape (n_samples, n_channels, height, width)
        Images.
    matrix : torch.Tensor of shape (n_samples, 2, 2)
        From the place of a new pixel, (row, column) from the centre, to the place in
        the old image that it shows.
    fill : {"edge", "zeros"}, default="edge"
        What is outside of an image.

    Returns
    -------
    images : torch.Tensor of the same shape and dtype
    """
    height, width = X.shape[2:]
    place = _places(X, matrix)
    centre = place.new_tensor([(height - 1) / 2, (width - 1) / 2])
    # (n_samples, height, width, 2)
    return _sampled(X, (place - centre) @ matrix[:, None].mT + centre, fill)


def rotated(X, degrees, fill="edge"):
    """Return images turned counterclockwise about their centre by angles in degrees."""
    angle = torch.deg2rad(degrees)
    cos, sin = angle.cos(), angle.sin()
    # A new pixel shows what lies at the place turned back.
    matrix = torch.stack([cos, sin, -sin, cos], dim=1).reshape(-1, 2, 2)
    return mapped(X, matrix, fill)


def scaled(X, factor, fill="edge"):
    """Return images magnified about their centre by a factor, below 1 made smaller."""
    matrix = torch.eye(2, dtype=factor.dtype, device=X.device) / factor[:, None, None]
    return mapped(X, matrix, fill)


def displaced(X, field, fill="edge"):
    """Return images whose every pixel shows another place.

    Parameters
    ----------
    X : torch.Tensor of shape (n_samples, n_channels, height, width)
        Images.
    field : torch.Tensor of shape (n_samples, 2, height, width)
        How many pixels further down, and to the right, the place is that each new pixel
        shows. Between pixels, values are interpolated bilinearly.
    fill : {"edge", "zeros"}, default="edge"
        What is outside of an image.

    Returns
    -------
    images : torch.Tensor of the same shape and dtype
    """
    place = _places(X, field) + field.permute(0, 2, 3, 1)
    return _sampled(X, place, fill)


def smooth_field(X, smoothness, generator=None):
    """Return random displacements that change slowly over an image.

    White noise is smoothed by a Gaussian (Simard et al. 2003, section 2) and scaled so
    that each displacement has a standard deviation of 1 pixel.

    Parameters
    ----------
    X : torch.Tensor of shape (n_samples, n_channels, height, width)
        Images.
    smoothness : float
        Standard deviation of the Gaussian, in pixels.
    generator : torch.Generator, optional
        Stream of random numbers. ``None`` is torch's own.

    Returns
    -------
    field : torch.Tensor of shape (n_samples, 2, height, width)
    """
    n, _, height, width = X.shape
    kernel = _gaussian(torch.full((1,), float(smoothness), device=X.device))
    # Of unit length, so that sums of white noise keep its variance.
    kernel = kernel / kernel.norm()
    more = kernel.shape[1] - 1
    shape = (n, 2, height + more, width + more)
    noise = drawn(torch.randn, shape, X, generator)
    # Without padding: the noise is larger than the image.
    return _convolved(noise, kernel.expand(n, -1))


def blurred(X, sigma):
    """Return images smeared by a Gaussian.

    Outside of an image, the nearest pixel of the edge goes on, as in
    ``scipy.ndimage.gaussian_filter`` with the mode "nearest".

    Parameters
    ----------
    X : torch.Tensor of shape (n_samples, n_channels, height, width)
        Images.
    sigma : torch.Tensor of shape (n_samples,)
        Standard deviation of the Gaussian for each image, in pixels.

    Returns
    -------
    images : torch.Tensor of the same shape and dtype
    """
    kernel = _gaussian(sigma)
    radius = kernel.shape[1] // 2
    work = _at_least_float32(X)
    padded = functional.pad(work, [radius] * 4, mode="replicate")
    return _convolved(padded, kernel.to(work.dtype)).to(X.dtype)


def drawn(make, shape, X, generator=None):
    """Return random numbers on the device of X.

    Parameters
    ----------
    make : callable
        ``torch.rand`` or ``torch.randn``.
    shape : tuple of int
        Shape of the numbers.
    X : torch.Tensor
        Decides the device.
    generator : torch.Generator, optional
        Stream of random numbers. ``None`` is torch's own, which the training of a
        network seeds.

    Returns
    -------
    numbers : torch.Tensor of that shape, dtype=float32
    """
    device = X.device if generator is None else generator.device
    return make(shape, device=device, generator=generator).to(X.device)


def _at_least_float32(X):
    """Return X as it is, or in float32 if its floats are shorter."""
    return X if X.dtype == torch.float64 else X.to(torch.float32)


def _places(X, like):
    """Return (row, column) of each pixel, shape (height, width, 2)."""
    height, width = X.shape[2:]
    row = torch.arange(height, dtype=like.dtype, device=X.device)
    column = torch.arange(width, dtype=like.dtype, device=X.device)
    return torch.stack(torch.meshgrid(row, column, indexing="ij"), dim=-1)


def _sampled(X, place, fill):
    """Return values of images at places of shape (n_samples, height, width, 2)."""
    work = _at_least_float32(X)
    height, width = X.shape[2:]
    # torch asks for (x, y), where -1 and 1 are the outer edges of the image.
    size = place.new_tensor([height, width])
    grid = ((2 * place + 1) / size - 1).flip(-1)
    found = functional.grid_sample(
        work,
        grid.to(work.dtype),
        mode="bilinear",
        padding_mode=_PADDING[fill][1],
        align_corners=False,
    )
    return found.to(X.dtype)


def _gaussian(sigma):
    """Return the weights of Gaussians, one a row, of shape (n_samples, 2 radius + 1).

    As in SciPy, each ends at its own four standard deviations.
    """
    radius = torch.floor(_TRUNCATE * sigma + 0.5)
    most = int(radius.max()) if len(sigma) else 0
    offset = torch.arange(-most, most + 1, dtype=sigma.dtype, device=sigma.device)
    small = torch.finfo(sigma.dtype).tiny ** 0.25  # a Gaussian of width 0 is one pixel
    weight = torch.exp(-0.5 * (offset / sigma.clamp(min=small)[:, None]) ** 2)
    weight = weight * (offset.abs() <= radius[:, None])
    return weight / weight.sum(dim=1, keepdim=True)


def _convolved(X, kernel):
    """Return images convolved along rows and columns, where kernels fit.

    Parameters
    ----------
    X : torch.Tensor of shape (n_samples, n_channels, height, width)
        Images, padded.
    kernel : torch.Tensor of shape (n_samples, length)
        Symmetric weights for each image.

    Returns
    -------
    images : torch.Tensor of shape (n_samples, n_channels, height - length + 1, \
width - length + 1)
    """
    n, channels, height, width = X.shape
    more = kernel.shape[1] - 1
    if X.numel() == 0:  # torch has no convolution without groups
        return X.new_zeros(n, channels, height - more, width - more)
    # All channels of all images lie side by side, each a group with its own kernel.
    kernel = kernel.repeat_interleave(channels, dim=0)[:, None, None, :]
    flat = X.reshape(1, n * channels, height, width)
    for weights in (kernel, kernel.mT):
        flat = functional.conv2d(flat, weights, groups=n * channels)
    return flat.reshape(n, channels, *flat.shape[2:])
