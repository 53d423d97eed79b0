"""Files of weights with something wrong in them: in their header, their facts, or their bytes.

python -m tests.attack.weights [SECONDS] reads such files for so long and prints what came of it.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from random import Random
from typing import Any

from sheetformer.files import METADATA_KEY

from .report import TABLE, Findings, options, section, seeds
from .tamper import tampered


def tampered_translators(content: bytes, number: int) -> Iterator[bytes]:
    """Files of a translator, each with something changed; the seeds are 0 … number − 1."""
    return (_changed(content, Random(seed)) for seed in range(number))


def tampered_word_weights(content: bytes, number: int) -> Iterator[bytes]:
    """The same of the lesson's own layer."""
    return (_changed(content, Random(seed)) for seed in range(number))


def tampered_checkpoints(content: bytes, number: int) -> Iterator[bytes]:
    """The same of a checkpoint, half of them with a checksum that fits what was changed."""
    for seed in range(number):
        rng = Random(seed)
        yield _forged(content, rng) if rng.random() < 0.5 else _changed(content, rng)


def _changed(content: bytes, rng: Random) -> bytes:
    what = rng.randrange(5)
    if what == 0:
        return content[: rng.randrange(len(content))]
    if what == 1:
        changed = bytearray(content)
        for _ in range(rng.choice((1, 3, 30))):
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed)
    header, body = split(content)
    if what == 2:
        return joined(tampered(header, rng), body)
    metadata = json.loads(header["__metadata__"][METADATA_KEY])
    return joined(_with(header, tampered(metadata, rng)), body)


def _forged(content: bytes, rng: Random) -> bytes:
    """A checkpoint whose facts were changed by somebody who knows how the checksum is made."""
    from safetensors.torch import load

    from sheetformer.models.train.checkpoint import _checksum, _text

    header, body = split(content)
    known = json.loads(header["__metadata__"][METADATA_KEY])
    facts = tampered(json.loads(known["facts"]), rng)
    text = _text(facts)
    checksum = _checksum(text, load(content))
    return joined(_with(header, {"facts": text, "checksum": checksum}), body)


def split(content: bytes) -> tuple[dict[str, Any], bytes]:
    """The header of a safetensors file, and its body."""
    length = int.from_bytes(content[:8], "little")
    return json.loads(content[8 : 8 + length]), content[8 + length :]


def joined(header: Any, body: bytes) -> bytes:
    """A safetensors file of any header."""
    text = json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + body


def _with(header: dict[str, Any], metadata: Any) -> dict[str, Any]:
    return {**header, "__metadata__": {METADATA_KEY: json.dumps(metadata)}}


def main() -> None:
    """Read such files of translators, of the lesson's layer, and of checkpoints."""
    from importlib.resources import files

    from sheetformer.models import weights_file, word_weights

    wanted = options(__doc__)
    folder = files("sheetformer.models") / "weights"
    translator = (folder / "translator.safetensors").read_bytes()
    layer = (folder / "cross_attention.safetensors").read_bytes()
    rows: list[str] = []
    for what, content, read in (
        ("translators", translator, lambda changed: weights_file.decode(changed, "mine")),
        ("word weights", layer, word_weights.decode),
    ):
        found = Findings()
        for seed in seeds(wanted.seconds / 2):
            changed = _changed(content, Random(seed))
            found.attempt(lambda c=changed, r=read: r(c), f"{what}, seed {seed}")
        rows.append(found.row(what))
    with section("weights", "Tampered weights", wanted) as lines:
        lines += [*TABLE, *rows]


if __name__ == "__main__":
    main()
