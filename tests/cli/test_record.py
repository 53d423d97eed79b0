"""`sheetformer record`: models by their names, and one sentence for whatever is not there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from sheetformer.engines import get_engine
from sheetformer.engines.reader import corners
from sheetformer.engines.verify import verify

from .test_bad_input import refused

torch = pytest.importorskip("torch", reason="PyTorch is not installed")
transformers = pytest.importorskip("transformers", reason="transformers is not installed")

WORDS = ["[PAD]", "<s>", "</s>", "[UNK]", "I", "am", "happy", "eu", "sou", "feliz", "."]

MINE = """
import torch

def attention():
    torch.manual_seed(0)
    x = torch.randn(1, 3, 8)
    return torch.nn.MultiheadAttention(8, 2, batch_first=True), x, x, x, {"need_weights": False}

class Letters:
    def __len__(self):
        return 3

    def convert_ids_to_tokens(self, ids):
        return ["Ġa", "b", "Ã©"]

def tokens():
    return torch.nn.Embedding(3, 2), {"input": torch.tensor([0, 2])}, Letters()

def alone():
    return torch.nn.Linear(2, 3)

def number():
    return 3
"""


def tokenizer() -> Any:
    from tokenizers import Tokenizer, models, pre_tokenizers

    plain = Tokenizer(models.WordLevel({w: i for i, w in enumerate(WORDS)}, unk_token="[UNK]"))
    plain.pre_tokenizer = pre_tokenizers.Whitespace()
    return transformers.PreTrainedTokenizerFast(
        tokenizer_object=plain, pad_token="[PAD]", unk_token="[UNK]", eos_token="</s>"
    )


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    from ..frontends.models import hugging_face

    made: dict[str, Path] = {}
    for name in ("gpt2", "bert", "marian"):
        made[name] = tmp_path_factory.mktemp("models") / f"tiny-{name}"
        hugging_face(name).save_pretrained(made[name])
        tokenizer().save_pretrained(made[name])
    return made


@pytest.mark.parametrize("name", ["gpt2", "bert"])
def test_one_head_of_a_folder(sheetformer, folders, tmp_path: Path, name: str) -> None:
    ran = sheetformer(
        "record", folders[name], "--text", "I am happy", "--layer", 1, "--head", 0, "-o", "h.xlsx"
    )
    assert ran.code == 0, ran
    assert f"tiny-{name}:" in ran.out
    assert "formulas" in ran.out
    assert "weights" in ran.out
    assert "Wrote h.xlsx" in ran.out
    assert verify(tmp_path / "h.xlsx").ok


def test_what_a_folder_writes_next(sheetformer, folders, tmp_path: Path) -> None:
    words = ("record", folders["gpt2"], "-t", "I am happy", "--next-token", "--short", "--no-check")
    ran = sheetformer(*words, "-o", "next.xlsx", "--json")
    assert ran.code == 0, ran
    facts = json.loads(ran.out)
    assert facts["sheets"][1] == "Next token"
    assert {"next_tokens", "next_pieces", "next_shares"} <= facts["blocks"].keys()
    # Only the last word's logits, and no sheets that compare.
    assert not {"Check", "Reference"} & set(facts["sheets"])
    assert verify(tmp_path / "next.xlsx").ok


def test_a_decoder_answers_by_itself_or_writes_what_is_said(
    sheetformer, folders, tmp_path: Path
) -> None:
    facts_of = {}
    for target in ([], ["--target", "eu sou feliz"]):
        ran = sheetformer("record", folders["marian"], "-t", "I am happy", *target, "--json")
        assert ran.code == 0, ran
        facts = json.loads(ran.out)
        facts_of[bool(target)] = facts
        assert facts["formulas"] > 500
        assert facts["weights"] > 500
        assert facts["bytes"] == (tmp_path / "model.xlsx").stat().st_size
        assert any("encoder_attn" in name for name in facts["blocks"])
    assert facts_of[True]["formulas"] != facts_of[False]["formulas"]
    assert verify(tmp_path / "model.xlsx").ok


def test_a_function_may_give_its_tokenizer(sheetformer, tmp_path: Path) -> None:
    (tmp_path / "mine_with_tokens.py").write_text(MINE, encoding="utf-8")
    ran = sheetformer("record", "mine_with_tokens:tokens", "-o", "tokens.xlsx", "--json")
    assert ran.code == 0, ran
    assert "input_pieces" in json.loads(ran.out)["blocks"]


@pytest.mark.parametrize("style", ["matrix", "cell"])
def test_a_function_of_ones_own(sheetformer, tmp_path: Path, style: str) -> None:
    (tmp_path / "mine_for_tests.py").write_text(MINE)
    ran = sheetformer(
        "record", "mine_for_tests:attention", "--formulas", style, "--modules", "*", "-o", "m.xlsx"
    )
    assert ran.code == 0, ran
    assert verify(tmp_path / "m.xlsx").ok


def test_too_large_is_told_before_it_is_written(
    sheetformer, folders, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sheetformer.book.summary.LARGEST", 100)
    words = ("record", folders["gpt2"], "-t", "I am happy", "--top-k", 2, "-o", "large.xlsx")
    refused(sheetformer(*words), "formulas", "weights", "--force", "layers")
    assert not (tmp_path / "large.xlsx").exists()
    assert sheetformer(*words, "--force").code == 0


def test_more_text_than_a_model_reads(sheetformer, folders, tmp_path: Path) -> None:
    for name, option in (("gpt2", "--text"), ("marian", "--target")):
        words = ("record", folders[name], "-t", "I am", option, "I am happy . " * 9, "-o", "x.xlsx")
        refused(sheetformer(*words), "reads at most 12 tokens, and the", "give a shorter one")
    assert not (tmp_path / "x.xlsx").exists()


def test_a_model_that_stops_is_one_sentence(sheetformer, tmp_path: Path) -> None:
    (tmp_path / "mine_for_tests.py").write_text(MINE)
    ran = sheetformer("record", "mine_for_tests:alone", "-o", "x.xlsx")
    refused(ran, "the model stops in the model itself (Linear)")


def test_what_is_not_there(sheetformer, folders, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine_for_tests.py").write_text(MINE)
    for words, message in {
        ("./nowhere", "-t", "x"): "no such folder",
        ("empty", "-t", "x"): "no config.json",
        (str(folders["gpt2"]),): '--text "I am happy"',
        ("no_module_of_that_name:build",): "no module",
        ("mine_for_tests:nothing",): "has no 'nothing'",
        ("mine_for_tests:number",): "torch.nn.Module",
        (str(folders["gpt2"]), "-t", "I am", "--layer", "7"): "slice",
    }.items():
        refused(sheetformer("record", *words, "-o", "x.xlsx"), message)
    assert not (tmp_path / "x.xlsx").exists()


def test_pickles_are_not_read(sheetformer, tmp_path: Path, folders) -> None:
    folder = tmp_path / "pickled"
    folder.mkdir()
    (folder / "config.json").write_bytes((folders["gpt2"] / "config.json").read_bytes())
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04.")
    refused(sheetformer("record", folder, "-t", "x"), "pytorch_model.bin", "safetensors")


def test_code_of_a_model_is_not_run(sheetformer, tmp_path: Path) -> None:
    folder = tmp_path / "foreign"
    folder.mkdir()
    (folder / "config.json").write_text(
        json.dumps({"model_type": "foreign", "auto_map": {"AutoConfig": "code.Foreign"}})
    )
    (folder / "code.py").write_text("raise SystemExit('run')")
    (folder / "model.safetensors").write_bytes(b"")
    refused(sheetformer("record", folder, "-t", "x"), "not run here")


def test_no_network(sheetformer, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: Any, **__: Any) -> Any:
        raise OSError("no route")

    monkeypatch.setattr("socket.create_connection", nobody)
    monkeypatch.setattr("urllib.request.getproxies", dict)
    ran = sheetformer("record", "somebody/no-such-model", "-t", "x")
    refused(ran, "somebody/no-such-model", "cannot be reached")


def test_switches_and_another_text(sheetformer, folders, tmp_path: Path) -> None:
    words = ("record", folders["gpt2"], "--text", "I am happy", "--switches", "-o", "s.xlsx")
    ran = sheetformer(*words, "--patch", "eu sou feliz", "--ablation", "mean", "--json")
    assert {"heads_on", "mlps_on", "patch", "lens"} <= json.loads(ran.out)["blocks"].keys()
    assert verify(tmp_path / "s.xlsx").ok
    refused(sheetformer(*words, "--patch", "eu sou"), "give both as many words")


def test_what_is_generated_goes_on_from_another_beginning(
    sheetformer, folders, tmp_path: Path
) -> None:
    words = ("record", folders["gpt2"], "--generate", 3, "-o", "s.xlsx")
    facts = json.loads(sheetformer(*words, "--text", "I am", "--json").out)
    model = transformers.GPT2LMHeadModel.from_pretrained(folders["gpt2"])
    sheet, _, first = facts["blocks"]["input_ids"].partition("!")
    top, left = corners(first)[0]
    edits = {(sheet, top, left): 8.0, (sheet, top, left + 1): 9.0}
    live = get_engine("ironcalc").recalculate(tmp_path / "s.xlsx", edits)
    asked = {"max_new_tokens": 3, "min_new_tokens": 3, "do_sample": False}
    written = model.generate(torch.tensor([[8, 9]]), **asked)[0].tolist()
    sheet, _, place = facts["blocks"]["output"].partition("!")
    (row, start), (_, end) = corners(place)
    assert [live[sheet.strip("'")][row, column] for column in range(start, end + 1)] == written
    refused(sheetformer(*words, "--text", "I am happy . " * 3), "places for 12 tokens", "3 more")
    refused(sheetformer("record", folders["bert"], "-t", "I", "--generate", 2), "writes no text")
    refused(sheetformer("record", "a:b", "--generate", 2), "let your function return the method")


def test_a_folder_without_tokenizer_reads_numbers(sheetformer, folders, tmp_path: Path) -> None:
    for file in ("config.json", "model.safetensors"):
        (tmp_path / file).write_bytes((folders["gpt2"] / file).read_bytes())
    assert sheetformer("record", tmp_path, "-t", "4 5", "--generate", 1, "-o", "n.xlsx").code == 0
    refused(sheetformer("record", tmp_path, "-t", "I am"), "has no tokenizer", "from 0 to")
