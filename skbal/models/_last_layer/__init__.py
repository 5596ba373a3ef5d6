"""Networks cut before their last dense layer, and Bayesian heads on them; private."""
