"""A copy is deep, and a Ctrl-C inside of it leaves gradients as they were."""

import pytest
import torch

from skbal._utils.copying import deep_copy


def test_a_copy_is_deep():
    value = {"tensor": torch.ones(2, requires_grad=True), "rows": [[1]]}
    copied = deep_copy(value)
    assert torch.equal(copied["tensor"], value["tensor"])
    assert copied["tensor"] is not value["tensor"]
    assert copied["rows"][0] is not value["rows"][0]


@pytest.mark.parametrize("before", [True, False])
def test_an_interrupted_copy_leaves_gradients_as_they_were(before):
    class Interrupted:
        def __deepcopy__(self, memo):
            # What a Ctrl-C at the end of torch's own block does.
            torch.set_grad_enabled(not before)
            raise KeyboardInterrupt

    with torch.set_grad_enabled(before):
        with pytest.raises(KeyboardInterrupt):
            deep_copy([torch.ones(1), Interrupted()])
        assert torch.is_grad_enabled() is before
