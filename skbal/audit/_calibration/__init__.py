"""Are class probabilities as often right as they say?"""
