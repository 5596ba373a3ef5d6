"""Did test rows get into the training, or answers into the features?"""
