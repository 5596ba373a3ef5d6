"""SWAG: the estimators, the moments of the weights, and draws of them; private."""
