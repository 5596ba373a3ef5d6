"""BALD and EPIG of a whole pool: ours against plain and against good lines of others.

Run by asv, or as ``python -m benchmarks.speed.bench_information``. The plain formula
holds the whole pool at once. The good lines work on chunks that fit into the cache:
four lines of torch for BALD, ten lines of NumPy for EPIG. They check nothing. With
plain logarithms BALD is NaN where a probability is 0, as it is in the plain formula.
"""

import numpy as np
from scipy.special import xlogy

from skbal.information import expected_predictive_information_gain, mutual_information

from ._timing import command_line, extra_bytes, ratio, seconds

SHAPE = (60_000, 100, 10)


def random_draws(shape=SHAPE):
    """Return class probabilities in float32, none of them 0."""
    draws = np.random.default_rng(0).standard_normal(shape, dtype=np.float32)
    draws *= 2
    np.exp(draws, out=draws)
    draws /= draws.sum(axis=-1, keepdims=True)
    return draws


def plain_formula(draws):
    """Return BALD as it is written on paper; NaN where a probability is 0."""
    mean = draws.mean(axis=1)
    expected = -(draws * np.log(draws)).sum(axis=-1).mean(axis=1)
    return -(mean * np.log(mean)).sum(axis=-1) - expected


def plain_formula_safe_at_zero(draws):
    mean = draws.mean(axis=1)
    expected = -xlogy(draws, draws).sum(axis=-1).mean(axis=1)
    return -xlogy(mean, mean).sum(axis=-1) - expected


def lines_of_torch(draws):
    """Return BALD, chunk by chunk, of numbers that are not checked."""
    import torch

    scores = []
    for chunk in torch.from_numpy(draws).split(64):
        expected = torch.special.entr(chunk).sum(-1).mean(1)
        scores.append(torch.special.entr(chunk.mean(1)).sum(-1) - expected)
    return torch.cat(scores).numpy()


def lines_of_torch_nan_at_zero(draws):
    """Return BALD with plain logarithms."""
    import torch

    scores = []
    for chunk in torch.from_numpy(draws).split(64):
        mean, n_draws = chunk.mean(1), chunk.shape[1]
        expected = (chunk * chunk.log()).sum((1, 2)) / n_draws
        scores.append(expected - (mean * mean.log()).sum(1))
    return torch.cat(scores).numpy()


def lines_of_numpy(pool, target):
    """Return EPIG, chunk by chunk, of numbers that are not checked."""
    n_draws, gain = pool.shape[1], []
    columns = np.ascontiguousarray(target.transpose(1, 0, 2)).reshape(n_draws, -1)
    columns /= n_draws
    of_targets = -xlogy(columns.sum(axis=0), columns.sum(axis=0)).sum() / len(target)
    for start in range(0, len(pool), 16):
        rows = pool[start : start + 16].transpose(0, 2, 1)
        joint = np.ascontiguousarray(rows).reshape(-1, n_draws) @ columns
        np.multiply(joint, np.log(joint + 1e-30), out=joint)
        joint = joint.sum(axis=1).reshape(len(rows), -1).sum(axis=1) / len(target)
        mean = rows.mean(axis=2)
        gain.append(joint - xlogy(mean, mean).sum(axis=1) + of_targets)
    return np.concatenate(gain)


class MutualInformation:
    """asv: BALD of 60,000 rows, 100 draws, 10 classes, float32."""

    timeout = 300

    def setup(self):
        self.draws = random_draws()

    def time_mutual_information(self):
        mutual_information(self.draws)

    def peakmem_mutual_information(self):
        mutual_information(self.draws)

    def track_extra_megabytes(self):
        return extra_bytes(mutual_information, self.draws) / 2**20

    track_extra_megabytes.unit = "MB"

    def track_ratio_to_plain_formula(self):
        return ratio(plain_formula, mutual_information, self.draws, n_pairs=9)

    def track_ratio_to_plain_formula_safe_at_zero(self):
        return ratio(
            plain_formula_safe_at_zero, mutual_information, self.draws, n_pairs=9
        )

    def track_ratio_to_lines_of_torch(self, lines=lines_of_torch):
        lines(self.draws[:1000])  # so that torch is loaded
        return ratio(lines, mutual_information, self.draws, n_pairs=9)

    track_ratio_to_lines_of_torch.unit = "times"
    track_ratio_to_plain_formula.unit = "times"
    track_ratio_to_plain_formula_safe_at_zero.unit = "times"


class ExpectedPredictiveInformationGain:
    """asv: EPIG of 5,000 rows against 100 targets, 100 draws, 10 classes."""

    timeout = 300

    def setup(self):
        self.draws = random_draws((5_000, 100, 10))

    def time_expected_predictive_information_gain(self):
        expected_predictive_information_gain(self.draws, self.draws[:100])

    def track_extra_megabytes(self):
        gain = expected_predictive_information_gain
        return extra_bytes(gain, self.draws, self.draws[:100]) / 2**20

    track_extra_megabytes.unit = "MB"

    def track_ratio_to_lines_of_numpy(self, dtype=np.float32):
        draws = self.draws.astype(dtype)
        gain = expected_predictive_information_gain
        return ratio(lines_of_numpy, gain, draws, draws[:100], n_pairs=5)

    track_ratio_to_lines_of_numpy.unit = "times"


def main():
    command_line(__doc__).parse_args()
    case = MutualInformation()
    case.setup()
    error = np.abs(
        mutual_information(case.draws[:1000])
        - plain_formula(case.draws[:1000].astype(np.float64))
    ).max()
    print(f"BALD of {SHAPE} float32 draws")
    print(f"  plain formula / ours: {case.track_ratio_to_plain_formula():.1f}")
    safe = case.track_ratio_to_plain_formula_safe_at_zero()
    print(f"  plain formula safe at zero / ours: {safe:.1f}")
    for lines in (lines_of_torch, lines_of_torch_nan_at_zero):
        good = case.track_ratio_to_lines_of_torch(lines)
        print(f"  {lines.__name__} / ours: {good:.2f}")
    print(f"  seconds: {seconds(mutual_information, case.draws):.3f}")
    print(f"  extra memory: {case.track_extra_megabytes():.1f} MB")
    print(f"  largest error against float64: {error:.1e} nats")
    other = ExpectedPredictiveInformationGain()
    other.setup()
    took = seconds(other.time_expected_predictive_information_gain)
    print("EPIG of (5000, 100, 10) draws against 100 targets")
    for dtype in (np.float32, np.float64):
        good = other.track_ratio_to_lines_of_numpy(dtype)
        print(f"  ten lines of NumPy / ours, {dtype.__name__}: {good:.2f}")
    print(f"  seconds: {took:.2f}")
    print(f"  extra memory: {other.track_extra_megabytes():.1f} MB")


if __name__ == "__main__":
    main()
