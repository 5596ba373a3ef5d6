"""A small network that learns from unlabelled images which views are of one image.

T. Chen et al. (2020), A simple framework for contrastive learning of visual
representations (SimCLR), made small: four convolutions, a batch of 128 images with two
random views each, and the loss of eq. 1.
"""

import torch
from sklearn.base import BaseEstimator, TransformerMixin
from torch import nn
from torch.nn import functional as F

N_FILTERS = (32, 64, 128, 128)
TEMPERATURE = 0.2
SMALLEST_PART = 0.4  # of the area of an image that a view shows
JITTER = 0.4  # change of brightness, contrast and, of colours, saturation
SHARE_GREY = 0.2  # of the views of colour images


class ContrastiveFeatures(TransformerMixin, BaseEstimator):
    """Features of images that a network has learned without labels.

    Parameters
    ----------
    n_steps : int
        Number of gradient steps.
    turn : bool
        Whether views are turned by any angle, for images without an upper side.
    random_state : int
        Seeds first weights, batches and views.
    batch_size : int
        Number of images in a step.
    lr : float
        Largest learning rate. It falls to 0 along a cosine.
    """

    def __init__(
        self, n_steps=1200, turn=False, random_state=0, batch_size=128, lr=2e-3
    ):
        self.n_steps = n_steps
        self.turn = turn
        self.random_state = random_state
        self.batch_size = batch_size
        self.lr = lr

    def fit(self, X, y=None):
        """Learn from images of shape (n, height, width) or (n, 3, height, width)."""
        images = _as_images(X)
        self.mean_ = images.mean(dim=(0, 2, 3), keepdim=True)
        self.scale_ = images.std(dim=(0, 2, 3), keepdim=True)
        with torch.random.fork_rng():
            torch.manual_seed(self.random_state)
            self.network_ = _encoder(images.shape[1])
            self._train(images)
        self.network_.eval()
        return self

    def _train(self, images):
        width = 4 * N_FILTERS[-1]
        head = nn.Sequential(nn.Linear(width, 128), nn.ReLU(), nn.Linear(128, 64))
        both = nn.Sequential(self.network_, head)
        optimizer = torch.optim.AdamW(both.parameters(), self.lr, weight_decay=1e-4)
        pace = torch.optim.lr_scheduler.OneCycleLR(optimizer, self.lr, self.n_steps)
        for _ in range(self.n_steps):
            batch = images[torch.randperm(len(images))[: self.batch_size]]
            views = torch.cat([self._view(batch), self._view(batch)])
            with torch.autocast("cpu", torch.bfloat16):
                codes = both(views.contiguous(memory_format=torch.channels_last))
            optimizer.zero_grad()
            contrastive_loss(codes.float()).backward()
            optimizer.step()
            pace.step()

    def _view(self, images):
        images = _cut(images, self.turn)
        images = _recoloured(images)
        return (images - self.mean_) / self.scale_

    @torch.no_grad()
    def transform(self, X):
        """Return features, of shape (n_images, n_features)."""
        images = (_as_images(X) - self.mean_) / self.scale_
        parts = [self.network_(part) for part in images.split(512)]
        return torch.cat(parts).numpy()


def contrastive_loss(codes):
    """Return the mean of eq. 1 over the views; the second half are the partners."""
    codes = F.normalize(codes, dim=1)
    likeness = codes @ codes.T / TEMPERATURE  # (2 n, 2 n)
    likeness.fill_diagonal_(-torch.inf)
    n = len(codes) // 2
    return F.cross_entropy(likeness, (torch.arange(2 * n) + n) % (2 * n))


def _as_images(X):
    images = torch.as_tensor(X, dtype=torch.float32)
    images = images[:, None] if images.ndim == 3 else images
    return images / images.max()


def _encoder(n_channels):
    """Return four convolutions, averaged in each quarter of the image."""
    layers, last = [], n_channels
    for k, n in enumerate(N_FILTERS):
        layers += [nn.Conv2d(last, n, 3, padding=1), nn.BatchNorm2d(n), nn.ReLU()]
        layers += [nn.MaxPool2d(2)] if k < 2 else []
        last = n
    network = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(2), nn.Flatten())
    return network.to(memory_format=torch.channels_last)


def _cut(images, turn):
    """Return a random part of each image, enlarged, mirrored or not, and turned."""
    n = len(images)
    area = SMALLEST_PART + (1 - SMALLEST_PART) * torch.rand(n)
    side = area.sqrt()
    centre = (2 * torch.rand(n, 2) - 1) * (1 - side[:, None])
    mirror = 1.0 - 2.0 * (torch.rand(n) < 0.5)
    angle = 2 * torch.pi * torch.rand(n) * turn
    cos, sin = side * angle.cos(), side * angle.sin()
    rows = [
        torch.stack([cos * mirror, -sin, centre[:, 0]], dim=1),
        torch.stack([sin * mirror, cos, centre[:, 1]], dim=1),
    ]
    grid = F.affine_grid(torch.stack(rows, dim=1), images.shape, align_corners=False)
    return F.grid_sample(images, grid, padding_mode="reflection", align_corners=False)


def _recoloured(images):
    """Return images with other brightness and contrast, and other colours or none."""
    n = len(images)
    factor = 1 + JITTER * (2 * torch.rand(3, n, 1, 1, 1) - 1)
    middle = images.mean(dim=(1, 2, 3), keepdim=True)
    images = (middle + factor[1] * (images - middle)) * factor[0]
    if images.shape[1] == 3:
        grey = images.mean(dim=1, keepdim=True)
        images = grey + factor[2] * (images - grey)
        is_grey = torch.rand(n, 1, 1, 1) < SHARE_GREY
        images = torch.where(is_grey, grey.expand_as(images), images)
    return images
