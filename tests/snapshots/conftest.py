"""Where PyTorch or transformers is missing, the recorded models are left alone."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") and find_spec("transformers") else ["recordings.py"]
