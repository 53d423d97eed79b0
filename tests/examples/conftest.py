"""Examples are scripts, not a package: load one by its name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="session")
def example() -> Callable[[str], ModuleType]:
    """The module of an example."""

    if str(EXAMPLES) not in sys.path:
        sys.path.append(str(EXAMPLES))  # as when a person runs one
    return import_module
