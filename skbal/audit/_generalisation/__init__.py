"""Is a model overfit or overspecialised?"""
