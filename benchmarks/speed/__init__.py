"""Speed as a ratio to a naive version or a peer; asv imports this folder, too."""
