"""Networks: their parts, how they train, and how rows enter them; private."""
