"""Steps of Adam in one operation are those of torch's loop, up to rounding."""

import numpy as np
import pytest
import torch

from skbal.models import MCDropoutClassifier

RNG = np.random.default_rng(0)
X = RNG.normal(size=(50, 4)).astype(np.float32)
Y = np.arange(50) % 3


@pytest.mark.parametrize("optimizer", ["Adam", "AdamW"])
def test_a_step_is_that_of_the_loop(optimizer):
    params = {
        "optimizer": optimizer,
        "prior_length_scale": 0.5,
        # A large eps, so that a step does not hang on the sign of a tiny gradient.
        "optimizer__eps": 0.1,
        "max_steps": 5,
        "random_state": 0,
    }
    fused = MCDropoutClassifier(**params).fit(X, Y).net_
    loop = MCDropoutClassifier(**params, optimizer__fused=False).fit(X, Y).net_
    assert fused.optimizer_.defaults["fused"]
    assert not loop.optimizer_.defaults["fused"]
    for a, b in zip(fused.module_.parameters(), loop.module_.parameters()):
        torch.testing.assert_close(a, b, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "params",
    [
        {"optimizer__foreach": True},
        {"optimizer": "SGD", "lr": 0.1},
        {"optimizer": "RMSprop"},
        {"optimizer": torch.optim.NAdam},
    ],
)
def test_other_optimizers_and_wishes_are_left_alone(params):
    model = MCDropoutClassifier(max_epochs=1, **params).fit(X, Y)
    assert not model.net_.optimizer_.defaults.get("fused")
