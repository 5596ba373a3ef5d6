"""Draws of the CNN of Gal et al.: ours against the plain loop of forward passes.

Run by asv, or as ``python -m benchmarks.speed.bench_draws``.
"""

import numpy as np

from ._timing import PeakMemory, command_line, report, run_peer, seconds

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


class Draws:
    """asv: a thousand digits, a hundred draws."""

    timeout = 600

    def setup(self):
        self.model, self.X = fitted_net()
        self.model.predict_samples(self.X, random_state=0)
        plain_loop(self.model, self.X, n_draws=1)

    def time_predict_samples(self):
        self.model.predict_samples(self.X, random_state=0)

    def track_ratio_to_plain_loop(self):
        # A tenth of the draws, since the loop's time is proportional to them.
        plain = 10 * seconds(lambda: plain_loop(self.model, self.X, N_DRAWS // 10))
        return plain / seconds(self.time_predict_samples)


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
    if options.peer:
        pairs = [
            (
                float(run_peer(options.peer, "peer_baal.py").split()[-1]),
                seconds(case.time_predict_samples),
            )
            for _ in range(options.pairs)
        ]
        report("baal", *zip(*pairs))


if __name__ == "__main__":
    main()
