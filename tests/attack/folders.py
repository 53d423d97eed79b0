"""Model folders whose settings somebody changed: python -m tests.attack.folders [--seconds 300].

Needs PyTorch and transformers; without them nothing is done.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from random import Random

from .report import TABLE, Findings, options, section, seeds
from .tamper import tampered

MEMORY = 16 << 30
"""Bytes of addresses: who asks for more has been fooled."""
WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "i", "am", "happy")


def honest(folder: Path) -> Path:
    """A tiny BERT with its words."""
    import transformers

    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    config = transformers.BertConfig(
        vocab_size=8, num_hidden_layers=1, max_position_embeddings=16, hidden_size=8,
        intermediate_size=8, num_attention_heads=2,
    )  # fmt: skip
    transformers.BertModel(config).save_pretrained(folder)
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def damaged(good: Path, target: Path, rng: Random) -> Path:
    """A copy of a folder: one of its JSON files tampered with, or any file cut or changed."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(good, target)
    files = sorted(target.iterdir())
    if rng.random() < 0.7:
        file = target / rng.choice(("config.json", "tokenizer.json", "tokenizer_config.json"))
        file.write_text(json.dumps(tampered(json.loads(file.read_text()), rng)))
        return target
    file = rng.choice(files)
    content = bytearray(file.read_bytes())
    if rng.random() < 0.5:
        file.write_bytes(content[: rng.randrange(len(content))])
    else:
        for _ in range(rng.choice((1, 3, 30))):
            content[rng.randrange(len(content))] = rng.randrange(256)
        file.write_bytes(content)
    return target


def record(folder: Path) -> None:
    """Load the model of a folder, and record one run of it."""
    import sheetformer as sf
    from sheetformer.frontends.torch.model_loading import find_model

    found = find_model(str(folder), "i am happy")
    sf.record(found.model, *found.args, **found.kwargs)


def main() -> None:
    """Record such folders."""
    wanted = options(__doc__)
    if find_spec("torch") is None or find_spec("transformers") is None:
        sys.stdout.write("nothing is done: pip install torch transformers\n")
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    found = Findings()
    with tempfile.TemporaryDirectory() as name:
        good = honest(Path(name, "good"))
        for seed in seeds(wanted.seconds):
            folder = damaged(good, Path(name, "bad"), Random(seed))
            found.attempt(lambda f=folder: record(f), f"folder, seed {seed}")
    with section("folders", "Damaged model folders", wanted) as lines:
        lines += [*TABLE, found.row("folders of a tiny BERT")]
    sys.exit(bool(found.mistakes))


if __name__ == "__main__":
    main()
