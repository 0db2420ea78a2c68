"""Importing this keeps PyTorch to one thread; for a process that others are forked from.

A thread pool does not outlive a fork: whoever is forked after PyTorch has used one waits for its threads for ever.
"""

import torch

torch.set_num_threads(1)
