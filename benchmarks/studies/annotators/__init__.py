"""Several annotators: intervals of their skill, and whom to ask about what."""
