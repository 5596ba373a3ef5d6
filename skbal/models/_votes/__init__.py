"""What models of volunteer votes share."""
