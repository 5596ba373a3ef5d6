"""Transformers of images for checks that know flat rows: a row is one row of pixels."""

from skbal.features import Deslant, GradientHistograms, PatchFeatures


class Strip:
    """Takes flat rows of any length without being told an image shape."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        return tags

    def _image_shape(self):
        return 1, 1, *self.row_shape_


class HistogramsOfStrips(Strip, GradientHistograms):
    pass


class DeslantedStrips(Strip, Deslant):
    pass


class PatchesOfStrips(Strip, PatchFeatures):
    def _image_shape(self):
        return *self.row_shape_, 1, 1  # one patch, with all values
