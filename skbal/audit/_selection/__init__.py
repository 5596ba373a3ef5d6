"""What was chosen to be labelled: how it differs, and risks that allow for it."""
