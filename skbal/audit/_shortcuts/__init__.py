"""Does a small or side part of the input decide the prediction by itself?"""
