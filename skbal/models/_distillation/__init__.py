"""A student that learns the class probabilities of a teacher."""
