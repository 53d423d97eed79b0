"""Training: repeatable, resumable, the same in several processes, and equal to NumPy afterwards."""

from __future__ import annotations

import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="training needs PyTorch: sheetformer[train]")
pytest.importorskip("accelerate", reason="training needs accelerate: sheetformer[train]")

from sheetformer.corpus.grammar import pairs  # noqa: E402
from sheetformer.corpus.phrases import Pair  # noqa: E402
from sheetformer.corpus.vocabulary import Vocabulary  # noqa: E402
from sheetformer.errors import FileError, SheetformerError  # noqa: E402
from sheetformer.models import weights_file  # noqa: E402
from sheetformer.models.decode import Translator, generate_translation, load_translator, present  # noqa: E402
from sheetformer.models.train import checkpoint  # noqa: E402
from sheetformer.models.train.batches import Batch, to_batch  # noqa: E402
from sheetformer.models.train.checkpoint import Progress  # noqa: E402
from sheetformer.models.train.learning import DivergedError, Training  # noqa: E402
from sheetformer.models.train.losses import guidance_loss  # noqa: E402
from sheetformer.models.train.material import gather  # noqa: E402
from sheetformer.models.train.model import Shape, TranslatorModel, greedy  # noqa: E402
from sheetformer.models.train.options import Options  # noqa: E402
from sheetformer.models.train.train import train_translator  # noqa: E402
from sheetformer.models.weights_file import VARIANTS  # noqa: E402

from ..attack.weights import tampered_checkpoints  # noqa: E402

BAD_RATES = (math.inf, math.nan, -1.0, 0.0, 1e308, 2.0)
TestPairs = Callable[[str], tuple[Pair, ...]]
Translated = Callable[[str], list[tuple[str, ...]]]


def options(folder: Path, **changed: object) -> Options:
    short = Options(
        output=folder / "model.safetensors",
        grammar="lessons",
        d_model=8,
        heads=1,
        pairs=600,
        epochs=3,
        batch=64,
        repeats=1,
        cpu=True,
        checkpoint_steps=3,
    )
    return replace(short, **changed)  # type: ignore[arg-type]


def shipped(name: str) -> tuple[TranslatorModel, Translator]:
    translator = load_translator(name)
    weights = translator.weights
    words, facts = weights.vocabulary, weights.facts
    d_ff = len(weights.tensors["encoder.0.feed_forward.b_1"])
    sizes = (len(words.source), len(words.target), weights.d_model)
    model = TranslatorModel(Shape(*sizes, facts.heads, facts.layers, d_ff)).double()
    model.load_state_dict({key: torch.tensor(each) for key, each in weights.tensors.items()})
    return model, translator


@pytest.mark.parametrize("name", VARIANTS)
def test_numpy_says_what_pytorch_says(
    name: str, test_pairs: TestPairs, translated: Translated
) -> None:
    model, translator = shipped(name)
    batch = to_batch(test_pairs(name), translator.weights.vocabulary)
    written = greedy(model, batch.source, translator.weights.facts.max_written)
    names = translator.weights.vocabulary.target
    sentences = [tuple(names[number] for number in row if number > 2) for row in written.tolist()]
    assert sentences == translated(name)


def test_numpy_attends_as_pytorch_attends() -> None:
    model, translator = shipped("translator_two_heads")
    batch = to_batch(pairs(40), translator.weights.vocabulary)
    with torch.no_grad():
        logits, weights = model(batch.source, batch.read)
    source = batch.source.numpy()
    rows, attention = translator.score(
        batch.read.numpy(), translator.memory(source), present(source)
    )
    scores = rows @ translator.weights.tensors["w_out"] + translator.weights.tensors["b_out"]
    np.testing.assert_allclose(attention, weights.numpy(), atol=1e-12)
    np.testing.assert_allclose(scores, logits.numpy(), atol=1e-10)


def test_numpy_follows_every_layer_and_head() -> None:
    torch.manual_seed(0)
    model = TranslatorModel(Shape(5, 9, d_model=6, heads=3, layers=2, d_ff=10)).double()
    words = Vocabulary(("", *"abcd"), ("", "<s>", "</s>", *"uvwxyz"))
    tensors = {name: each.detach().numpy() for name, each in model.state_dict().items()}
    facts = weights_file.Facts(heads=3, layers=2, max_words=4, max_written=7, guided=False)
    translator = Translator(weights_file.Weights(words, facts, tensors))
    source = torch.tensor([[1, 2, 3, 0], [4, 4, 0, 0]])
    written = greedy(model, source, 7)
    for row, sentence in zip(written.tolist(), ("a b c", "d d"), strict=True):
        result = generate_translation(sentence, translator)
        assert [words.target[number] for number in row if number] == [
            step.written for step in result.steps if step.written
        ]
        assert result.alignment.shape == (len(result.words), len(result.source))


def test_a_word_sees_no_later_word() -> None:
    model = TranslatorModel(Shape(9, 9))
    source = torch.tensor([[1, 2, 3]])
    one, _ = model(source, torch.tensor([[1, 4, 5, 6]]))
    other, _ = model(source, torch.tensor([[1, 4, 7, 8]]))
    torch.testing.assert_close(one[:, :2], other[:, :2])
    assert not torch.allclose(one[:, 2:], other[:, 2:])


def test_guidance_is_least_where_attention_is_the_smoothed_gold() -> None:
    pair = next(pair for pair in pairs(6) if " ".join(pair.source) == "the red house")
    batch = to_batch([pair], Vocabulary.of([(pair.source, pair.target)]))
    gold = batch.sure / batch.sure.sum(-1, keepdim=True).clamp(min=1)
    best = guidance_loss(0.85 * gold + 0.05, batch, 0.15)
    assert best < guidance_loss(gold, batch, 0.15)
    assert best < guidance_loss(torch.full(gold.shape, 1 / 3), batch, 0.15)


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    first, second, other = (options(tmp_path / name) for name in "abc")
    for each in (first, second, replace(other, seed=1)):
        train_translator(each)
    assert first.output.read_bytes() == second.output.read_bytes()
    assert first.output.read_bytes() != other.output.read_bytes()
    assert first.checkpoint.read_bytes() == second.checkpoint.read_bytes()
    assert (first.folder / "loss.csv").read_text().count("\n") == 4


class KilledError(Exception):
    pass


def killed_at(step: int) -> Callable[[Progress, int], None]:
    def watch(progress: Progress, steps: int) -> None:
        del steps
        if progress.step == step:
            raise KilledError

    return watch


@pytest.mark.parametrize("step", [1, 4, 9, 17])
def test_a_killed_training_ends_as_if_nothing_had_been(step: int, tmp_path: Path) -> None:
    whole, killed = options(tmp_path / "whole"), options(tmp_path / "killed")
    train_translator(whole)
    with pytest.raises(KilledError):
        train_translator(killed, killed_at(step))
    seen: list[int] = []
    train_translator(killed, lambda progress, _: seen.append(progress.step))
    assert seen[0] <= step + 1
    assert step < 4 or seen[0] > 1
    assert whole.output.read_bytes() == killed.output.read_bytes()
    assert (whole.folder / "loss.csv").read_bytes() == (killed.folder / "loss.csv").read_bytes()


def small_corpus(folder: Path, word: str = "") -> str:
    """Pairs as a file: read in no time, which the whole grammar is not."""
    path = folder / "pairs.tsv"
    lines = [
        f"{' '.join(pair.source)} {word}\t{' '.join(pair.target)}\t"
        f"{' '.join(f'{i}-{j}' for i, j in pair.sure)}\n"
        for pair in pairs(600)
    ]
    path.write_text("".join(lines), encoding="utf-8")
    return str(path)


def command(wanted: Options) -> list[str]:
    names = (
        "output",
        "data",
        "d_model",
        "heads",
        "pairs",
        "epochs",
        "batch",
        "repeats",
        "checkpoint_steps",
    )
    flags = [(f"--{name.replace('_', '-')}", str(getattr(wanted, name))) for name in names]
    return [
        "-m",
        "sheetformer.models.train.train",
        "--cpu",
        "--grammar",
        "lessons",
        *(word for flag in flags for word in flag),
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_killed_for_good_goes_on(tmp_path: Path) -> None:
    settings = {"epochs": 12, "data": small_corpus(tmp_path)}
    whole, killed = (options(tmp_path / name, **settings) for name in ("whole", "killed"))
    train_translator(whole)
    process = subprocess.Popen([sys.executable, *command(killed)], stderr=subprocess.DEVNULL)
    while not killed.checkpoint.exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert not killed.output.exists()
    train_translator(killed)
    assert whole.output.read_bytes() == killed.output.read_bytes()
    assert not list(killed.folder.glob(".*"))


def test_two_processes_learn_what_one_learns(tmp_path: Path) -> None:
    data = small_corpus(tmp_path)
    one, two = (options(tmp_path / name, data=data) for name in ("one", "two"))
    train_translator(one)
    launch = [sys.executable, "-m", "torch.distributed.run", "--nproc_per_node", "2"]
    ended = subprocess.run(
        [*launch, "--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0", *command(two)],
        env={**os.environ, "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.count("test:") == 1
    alone, shared = weights_file.load(one.output), weights_file.load(two.output)
    for name, tensor in alone.tensors.items():
        np.testing.assert_allclose(tensor, shared.tensors[name], atol=2e-3)


def test_other_settings_do_not_go_on_with_a_checkpoint(tmp_path: Path) -> None:
    train_translator(options(tmp_path, epochs=1))
    with pytest.raises(FileError, match=r"with another d model \(8, now 4\); .*--fresh"):
        train_translator(options(tmp_path, epochs=1, d_model=4))
    assert train_translator(options(tmp_path, epochs=1, d_model=4, fresh=True))


def test_other_words_do_not_go_on_with_a_checkpoint(tmp_path: Path) -> None:
    assert train_translator(options(tmp_path, data=small_corpus(tmp_path), epochs=1))
    with pytest.raises(FileError, match=r"with another corpus \(.*--fresh"):
        train_translator(options(tmp_path, data=small_corpus(tmp_path, "very"), epochs=1))


def test_pairs_without_gold_have_no_alignment_figures(tmp_path: Path) -> None:
    path = Path(small_corpus(tmp_path))
    lines = path.read_text(encoding="utf-8").splitlines()
    plain = ["\t".join(line.split("\t")[:2]) for line in lines]
    path.write_text("\n".join(plain), encoding="utf-8")
    trained = train_translator(options(tmp_path, data=str(path), epochs=1))
    assert trained
    assert trained.test.error_rate is None
    assert "error_rate" in (tmp_path / "model-training" / "loss.csv").read_text()


def test_a_damaged_checkpoint_is_said(tmp_path: Path) -> None:
    wanted = options(tmp_path, epochs=1)
    train_translator(wanted)
    wanted.checkpoint.write_bytes(wanted.checkpoint.read_bytes()[:-9])
    with pytest.raises(FileError, match=r"checkpoint.safetensors is damaged; delete it, or begin"):
        train_translator(wanted)


def test_the_curve_is_drawn(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the picture of the curve needs matplotlib")
    trained = train_translator(options(tmp_path, epochs=2))
    assert trained
    assert trained.picture
    assert trained.picture.read_bytes()[:4] == b"\x89PNG"


@pytest.mark.filterwarnings("ignore")
def test_tensorboard_gets_the_curve(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="optional: pip install tensorboard")
    wanted = options(tmp_path, epochs=1, tensorboard=True)
    train_translator(wanted)
    assert list(wanted.folder.rglob("events.*"))


def test_tensorboard_that_is_missing_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sheetformer.models.train.learning.is_tensorboard_available", lambda: False)
    with pytest.raises(SheetformerError, match="pip install tensorboard"):
        train_translator(options(tmp_path, epochs=1, tensorboard=True))


def test_an_unguided_training_has_no_alignment_loss(tmp_path: Path) -> None:
    train_translator(options(tmp_path, epochs=1, guidance=0.0))
    assert not weights_file.load(tmp_path / "model.safetensors").facts.guided


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"heads": 3}, "--d-model 32 cannot be shared by 3 heads"),
        ({"layers": 0}, "--layers must be a number from 1 to 64, not 0"),
        ({"max_words": 0}, "--max-words must be"),
        ({"max_words": 10**9}, "--max-words must be"),
        ({"layers": 100_000}, "--layers must be"),
        ({"d_model": 100_000}, "--d-model must be"),
        ({"d_ff": -1}, "--d-ff must be"),
        ({"seed": 2**32}, "--seed must be a number from 0 to 4,294,967,295, not 4294967296"),
        ({"seed": -1}, "--seed must be"),
        *(({"learning_rate": x}, "--learning-rate must be") for x in BAD_RATES),
        *(({"guidance": x}, "--guidance must be") for x in (math.inf, math.nan, -1.0, 1e308)),
        ({"smoothing": 1.0}, "--smoothing must be"),
        ({"batch": 10**12}, "--batch must be"),
        ({"d_model": 4096, "layers": 8}, "a translator of .* numbers is too large"),
    ],
)
def test_impossible_options_are_refused(changed: dict[str, int], message: str) -> None:
    with pytest.raises(SheetformerError, match=message):
        Options(**changed)  # type: ignore[arg-type]


def test_a_model_that_its_words_make_too_large_is_refused(tmp_path: Path) -> None:
    wide = options(tmp_path, data=small_corpus(tmp_path), d_model=1024)
    wide.check_size(Vocabulary((), ()))
    many = Vocabulary(tuple(map(str, range(80_000))), ())
    with pytest.raises(SheetformerError, match="numbers is too large"):
        wide.check_size(many)


def broken_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the losses of one step be no numbers, as those of a rate that is too large are."""
    losses = Training._losses

    def broken(self: Training, *batches: Batch) -> torch.Tensor:
        found = losses(self, *batches)
        return found * math.nan if self.progress.step == step else found

    monkeypatch.setattr(Training, "_losses", broken)


@pytest.mark.parametrize(
    ("changed", "setting"),
    [({}, "learning-rate"), ({"guidance": 5.0}, "guidance"), ({"learning_rate": 0.9}, "learning")],
)
def test_no_number_ends_a_training_at_once_and_keeps_the_good_model(
    changed: dict[str, float], setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = options(tmp_path, data=small_corpus(tmp_path), **changed)
    seen: list[int] = []
    broken_at(9, monkeypatch)
    with pytest.raises(DivergedError, match=rf"at step 10: .*of epoch 1, is kept.*--{setting}"):
        train_translator(wanted, lambda progress, _: seen.append(progress.step))
    assert seen[-1] == 9
    kept = weights_file.load(wanted.output)
    assert all(np.isfinite(tensor).all() for tensor in kept.tensors.values())
    # What was learned before stands in the checkpoint, and goes on once the reason is gone.
    monkeypatch.undo()
    assert train_translator(wanted)


def test_no_number_before_the_first_epoch_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = options(tmp_path, data=small_corpus(tmp_path))
    broken_at(0, monkeypatch)
    with pytest.raises(DivergedError, match="no epoch was complete, so there is no model"):
        train_translator(wanted)
    assert not wanted.output.exists()
    assert not wanted.checkpoint.exists()


def test_too_little_memory_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    monkeypatch.setattr(Training, "_losses", full)
    with pytest.raises(SheetformerError, match="needs more memory than there is; make --batch"):
        train_translator(options(tmp_path, data=small_corpus(tmp_path)))


@pytest.mark.skipif(os.name == "nt", reason="files of POSIX")
def test_where_it_cannot_write_it_does_not_begin(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "model-training").write_bytes(b"")
    for output in ("there", "model.safetensors", "model-training/x"):
        wanted = replace(options(tmp_path), output=tmp_path / output, data="never.tsv")
        with pytest.raises(FileError, match=r"is a folder|is no folder|Not a directory"):
            train_translator(wanted)


def test_a_changed_checkpoint_is_noticed_wherever_it_changed(tmp_path: Path) -> None:
    wanted = options(tmp_path, data=small_corpus(tmp_path), epochs=1)
    train_translator(wanted)
    content = wanted.checkpoint.read_bytes()
    for place in range(len(content) // 3, len(content), len(content) // 4):
        changed = bytearray(content)
        changed[place] ^= 1
        wanted.checkpoint.write_bytes(changed)
        with pytest.raises(FileError, match="is damaged"):
            train_translator(wanted)


def test_a_tampered_checkpoint_is_refused_or_goes_on(tmp_path: Path) -> None:
    wanted = options(tmp_path, data=small_corpus(tmp_path), epochs=1)
    train_translator(wanted)
    content = wanted.checkpoint.read_bytes()
    training = Training(gather(wanted), wanted)
    state, settings = training._state(), training.settings()
    said: list[str] = []
    for changed in tampered_checkpoints(content, 150):
        wanted.checkpoint.write_bytes(changed)
        try:
            if checkpoint.read(wanted.checkpoint, settings, state, training.steps):
                training.resume()
        except FileError as error:
            said.append(str(error))
    assert len(said) > 100
    assert not [each for each in said if "\n" in each or "checkpoint.safetensors" not in each]
