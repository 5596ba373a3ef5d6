"""What other libraries of active learning do, found out by running them."""
