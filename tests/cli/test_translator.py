"""The translator's commands, from the words of the command line to what is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from sheetformer.cli import align, train, translate, words
from sheetformer.corpus.grammar import pairs
from sheetformer.errors import SheetformerError, WordError

APP = typer.Typer()
APP.command("translate")(translate.translate_sentence)
APP.command("align")(align.align_corpus)
APP.command("train")(train.train_model)
APP.command("words")(words.list_words)


def run(*words: str | Path) -> Result:
    result = CliRunner().invoke(APP, [str(word) for word in words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_translate_shows_the_words_and_who_looked_where() -> None:
    output = run("translate", "we see the red house").stdout
    assert output.startswith("nós vemos a casa vermelha\n")
    table = output.splitlines()[-6:]
    assert table[0].split() == ["we", "see", "the", "red", "house"]
    assert [line.split()[0] for line in table[1:]] == ["nós", "vemos", "a", "casa", "vermelha"]


def test_translate_says_what_it_has_not_learned() -> None:
    output = run("translate", "I do not know where he lives").stdout
    assert "I have not learned sentences like this (" in output
    output = run("translate", "the dog is small", "--lang", "pt").stdout
    assert "Não aprendi" not in output
    assert "Certeza: o " in output
    run("translate", "the dog is small", "--lang", "en")  # the language of what follows


def test_the_words_of_a_translator() -> None:
    both = json.loads(run("words", "--model", "translator", "--json").stdout)
    assert len(both["source"]) >= 350
    assert {"never", "kitchen", "?"} <= set(both["source"])
    assert "<s>" not in both["target"]


def test_translate_as_json() -> None:
    output = json.loads(run("translate", "I am happy", "--json").stdout)
    assert output["target"] == ["eu", "sou", "feliz"]
    assert len(output["alignment"]) == len(output["alignment"][0]) == 3
    assert output["steps"][0]["written"] == "eu"
    assert output["verdict"] == "learned"
    assert min(output["probabilities"]) > 0.5
    with pytest.raises(WordError, match="did you mean"):
        run("translate", "the red hause")


def corpus(folder: Path) -> Path:
    path = folder / "pairs.tsv"
    lines = [f"{' '.join(p.source)}\t{' '.join(p.target)}\t0-0\n" for p in pairs(300)]
    path.write_text("".join(lines) + "no tab\n", encoding="utf-8")
    return path


def test_align_writes_links_and_says_what_it_skipped(tmp_path: Path) -> None:
    output = tmp_path / "out.tsv"
    printed = run("align", corpus(tmp_path), "-o", output).stdout
    assert len(output.read_text(encoding="utf-8").splitlines()) == 301
    assert "300 pairs, 1 line skipped (line 301 has no tab" in printed
    assert "Alignment error rate against the gold links:" in printed
    facts = json.loads(run("align", corpus(tmp_path), "-o", output, "--json").stdout)
    assert (facts["pairs"], facts["skipped"]) == (300, 1)


def test_train_learns_from_a_file_and_says_how_well(tmp_path: Path) -> None:
    pytest.importorskip("accelerate", reason="training needs accelerate: sheetformer[train]")
    output = tmp_path / "mine.safetensors"
    options = ("--epochs", "1", "--d-model", "4", "--cpu", "-o", output)
    printed = run("train", "translator", "--data", corpus(tmp_path), *options).stdout
    assert "300 pairs, 1 line skipped" in printed
    assert f"Wrote {output}: " in printed
    assert "Held-out test: 0." in printed
    assert run("translate", "the red house", "--model", output).exit_code == 0


def test_train_without_its_packages_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "accelerate", None)
    for name in ("learning", "train"):
        monkeypatch.delitem(
            __import__("sys").modules, f"sheetformer.models.train.{name}", raising=False
        )
    with pytest.raises(SheetformerError, match="pip install 'sheetformer\\[train\\]'"):
        run("train", "translator", "-o", tmp_path / "x.safetensors")
