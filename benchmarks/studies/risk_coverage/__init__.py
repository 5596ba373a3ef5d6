"""How often do intervals of a risk from chosen rows contain the true risk?"""
