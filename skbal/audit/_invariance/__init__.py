"""Do predictions stay the same under changes that leave the label as it is?"""
