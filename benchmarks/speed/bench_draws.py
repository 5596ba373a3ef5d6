"""Draws of the CNN of Gal et al.: ours against three other ways to make them.

Run by asv, or as ``python -m benchmarks.speed.bench_draws``. The plain loop is one
forward pass per draw. The folded masks are ten good lines of torch: the layers before
the first dropout run once, and a mask is multiplied into the weights behind it. baal is
given batches of ``peer_baal.DEFAULT_BATCH`` rows, its own default, and of 128 rows.
"""

import numpy as np

from ._timing import PeakMemory, command_line, report, run_peer, seconds
from .peer_baal import BATCH, DEFAULT_BATCH

N_ROWS, N_DRAWS = 1000, 100


def fitted_net(n_rows=N_ROWS):
    """Return a fitted classifier and rows to draw for."""
    from skbal.models import MCDropoutClassifier

    X = np.random.default_rng(0).random((n_rows, 1, 28, 28), dtype=np.float32)
    model = MCDropoutClassifier(
        standardize=False, max_steps=2, n_draws=N_DRAWS, random_state=0
    )
    return model.fit(X[:100], np.arange(100) % 10), X


def plain_loop(model, X, n_draws=N_DRAWS):
    """Return draws as a skorch user makes them: one pass in training mode per draw."""
    import torch

    net = model.net_
    net.set_params(batch_size=128)
    passes = [
        torch.cat(list(net.forward_iter(X, training=True))) for _ in range(n_draws)
    ]
    return torch.stack(passes, dim=1).softmax(dim=-1).detach().numpy()


def folded_masks(model, X, n_draws=N_DRAWS):
    """Return joint draws: one mask per draw, multiplied into the next weights."""
    import torch

    net = model.net_.module_
    first, second = net[7], net[10]
    draws = []
    with torch.inference_mode():
        body = torch.cat([net[:5](x).flatten(1) for x in torch.as_tensor(X).split(128)])
        for _ in range(n_draws):
            kept = (torch.rand(first.in_features) >= net[5].p) / (1 - net[5].p)
            hidden = torch.addmm(first.bias, body, (first.weight * kept).T).relu_()
            kept = (torch.rand(second.in_features) >= net[9].p) / (1 - net[9].p)
            draws.append(torch.addmm(second.bias, hidden, (second.weight * kept).T))
        return torch.stack(draws, dim=1).softmax(dim=-1).numpy()


class Draws:
    """asv: a thousand digits, a hundred draws."""

    timeout = 600

    def setup(self):
        self.model, self.X = fitted_net()
        self.model.predict_samples(self.X, random_state=0)
        plain_loop(self.model, self.X, n_draws=1)
        folded_masks(self.model, self.X, n_draws=1)

    def time_predict_samples(self):
        self.model.predict_samples(self.X, random_state=0)

    def track_ratio_to_plain_loop(self):
        # A tenth of the draws, since the loop's time is proportional to them.
        plain = 10 * seconds(lambda: plain_loop(self.model, self.X, N_DRAWS // 10))
        return plain / seconds(self.time_predict_samples)

    def track_ratio_to_folded_masks(self):
        folded = seconds(folded_masks, self.model, self.X)
        return folded / seconds(self.time_predict_samples)


class DrawsOfALargePool:
    """asv: the extra memory does not grow with the pool."""

    params = [1000, 10_000]
    timeout = 600

    def setup(self, n_rows):
        self.model, self.X = fitted_net(n_rows)
        self.model.predict_samples(self.X[:200], random_state=0)

    def track_extra_megabytes(self, n_rows):
        result = n_rows * N_DRAWS * 10 * 4
        with PeakMemory() as memory:
            self.model.predict_samples(self.X, random_state=0)
        return (memory.extra - result) / 1e6


def main():
    peer = "python of an environment with baal"
    options = command_line(__doc__, pairs=5, peer=peer).parse_args()
    # Memory first: memory that an earlier step has freed would hide what this takes.
    for n_rows in DrawsOfALargePool.params:
        pool = DrawsOfALargePool()
        pool.setup(n_rows)
        megabytes = pool.track_extra_megabytes(n_rows)
        print(f"{n_rows} rows: {megabytes:.0f} MB beyond the draws themselves")
    case = Draws()
    case.setup()
    pairs = [
        (10 * seconds(lambda: plain_loop(case.model, case.X, N_DRAWS // 10)),
         seconds(case.time_predict_samples))
        for _ in range(options.pairs)
    ]  # fmt: skip
    report("plain loop", *zip(*pairs))
    pairs = [
        (seconds(folded_masks, case.model, case.X), seconds(case.time_predict_samples))
        for _ in range(options.pairs)
    ]
    report("masks folded into the weights", *zip(*pairs))
    if options.peer:
        for batch in (DEFAULT_BATCH, BATCH):
            report_peer(options.peer, batch, case, options.pairs)


def report_peer(python, batch, case, n_pairs):
    pairs = [
        (
            float(run_peer(python, "peer_baal.py", batch).split()[-1]),
            seconds(case.time_predict_samples),
        )
        for _ in range(n_pairs)
    ]
    report(f"baal, {batch} rows at once", *zip(*pairs))


if __name__ == "__main__":
    main()
