"""What a prediction, or its uncertainty, depends on: maps over the pixels of images."""
