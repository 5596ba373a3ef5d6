"""Small networks of a user's own, for the tests of what stands on features."""

import torch
from torch import nn


class Skip(nn.Module):
    """No Sequential: a body with a skip connection, and a dense layer."""

    def __init__(self, n_features=4, n_outputs=3):
        super().__init__()
        self.body = nn.Linear(n_features, 8)
        self.norm = nn.BatchNorm1d(8)
        self.mix = nn.Linear(8, 8)
        self.dropout = nn.Dropout(0.5)
        self.dense = nn.Linear(8, n_outputs)

    def forward(self, x):
        h = torch.relu(self.norm(self.body(x)))
        return self.dense(self.dropout(h + self.mix(h)))


class InPlace(nn.Module):
    """Overwrites the rows it is given."""

    def forward(self, x):
        return x.mul_(2.0).add_(1.0)


class Fragile(nn.Module):
    """Refuses a chunk of rows whose first value is not finite, or is too large."""

    def forward(self, x):
        if x[0, 0] > 100:
            raise RuntimeError("too large")
        return x


def mlp(n_features=4, n_outputs=3, seed=0):
    """Return a Sequential with batch norm, dropout and a nested Sequential."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Sequential(nn.Linear(n_features, 8), nn.BatchNorm1d(8), nn.ReLU()),
            nn.Dropout(0.5),
            nn.Sequential(nn.Linear(8, n_outputs), nn.Softmax(dim=1)),
        )
