"""The CNN of Gal et al. (2017), made fast on processors."""

import torch

from skbal.models import GalCNN


class ChannelsLastCNN(GalCNN):
    """The CNN of Gal et al. (2017), with weights in the order of memory channels last.

    Its convolutions then take less time on processors, and give the same.
    """

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.to(memory_format=torch.channels_last)
