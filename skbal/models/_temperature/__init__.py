"""One number that makes class probabilities right."""
