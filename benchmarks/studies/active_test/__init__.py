"""How many labels tell the error of a model, if they are chosen?"""
