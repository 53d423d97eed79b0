"""A model's folder that is cut short, or that asks for the absurd: one sentence, nothing built."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch", reason="recording needs PyTorch: sheetformer[torch]")
transformers = pytest.importorskip("transformers", reason="models by name need transformers")

from sheetformer.errors import FileError  # noqa: E402
from sheetformer.frontends.torch.model_loading import find_model  # noqa: E402

WORDS = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "i", "am", "happy")


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    (folder / "vocab.txt").write_text("\n".join(WORDS))
    small = {"hidden_size": 8, "intermediate_size": 8, "num_attention_heads": 2}
    config = transformers.BertConfig(
        vocab_size=8, num_hidden_layers=1, max_position_embeddings=16, **small
    )
    transformers.BertModel(config).save_pretrained(folder)
    transformers.BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


def changed(file: str = "config.json", **settings: Any) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / file
        path.write_text(json.dumps({**json.loads(path.read_text()), **settings}))

    return change


def cut(name: str, length: int) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes((folder / name).read_bytes()[:length])


def said(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / "config.json").write_text(text)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (cut("config.json", 0), "cannot be loaded"),
        (cut("config.json", 99), "cannot be loaded"),
        (cut("model.safetensors", 0), "cannot be loaded"),
        (cut("model.safetensors", 500), "cannot be loaded"),
        (cut("tokenizer.json", 100), "cannot be loaded"),
        *((said(text), "cannot be loaded") for text in ("7", "null", "[]", "\0")),
        (changed("tokenizer_config.json", model_max_length={}), "cannot be loaded"),
        (changed(hidden_size=-1), "cannot be loaded"),
        (changed(hidden_size="x"), "cannot be loaded"),
        (changed(num_attention_heads=0), "is its config.json whole"),
        (changed(hidden_act="nope"), "is its config.json whole"),
        (changed(dtype="nope"), "is its config.json whole"),
        (changed(architectures=7), "is its config.json whole"),
        (changed(vocab_size=10**9), "its weights are of other sizes than its config.json says"),
        (changed(intermediate_size=10**9), "its weights are of other sizes"),
        (changed(num_hidden_layers=10**9), "asks for 1,000,000,000 as num_hidden_layers"),
    ],
)
def test_what_is_wrong_with_a_folder_is_one_sentence(
    change: Callable[[Path], None], message: str, good: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "model"
    shutil.copytree(good, folder)
    assert find_model(str(folder), "i am happy").model is not None
    change(folder)
    with pytest.raises(FileError, match=message) as caught:
        find_model(str(folder), "i am happy")
    assert "\n" not in str(caught.value)
