"""Does the test of a selection hold its level, and does it see what BALD picks?"""
