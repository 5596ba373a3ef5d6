"""Which rows are unlike anything that was labelled?"""
