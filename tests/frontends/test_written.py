"""What `generate` gives stands as pieces and as one text; the result is always `book["result"]`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

import sheetformer as sf

from .models import IDS, hugging_face

TOKENS = ["<s>", "</s>", "▁a", "▁b", "▁c", "▁play", "ing", "▁on", "!", "▁d", "▁e"]


def test_generated_tokens_are_words_and_a_text(tmp_path: Path) -> None:
    model = hugging_face("gpt2", "sdpa")
    greedy = {"max_new_tokens": 2, "do_sample": False, "num_beams": 1}
    book = sf.record(
        model.generate, IDS, attention_mask=torch.ones_like(IDS), tokenizer=TOKENS, **greedy
    )
    ids = model.generate(IDS, attention_mask=torch.ones_like(IDS), **greedy)[0].tolist()
    pieces = [TOKENS[i] for i in ids]
    assert book["result"].value.tolist() == [ids]
    assert book["result"].labels[1] == pieces
    assert book["result_pieces"].value.tolist() == [pieces]
    text = "".join(pieces).replace("▁", " ")
    assert book["result_text"].value.item() == text
    assert text.startswith(" playing on")
    assert sf.verify(book.save(tmp_path / "written.xlsx")).ok


def test_the_result_is_the_result_whatever_it_is_called() -> None:
    x = torch.tensor([[1.0, -2.0]])
    for module in (torch.nn.ReLU(), torch.nn.Linear(2, 2), torch.nn.Flatten(0)):
        book = sf.record(torch.nn.Sequential(torch.nn.Linear(2, 2), module).double(), x)
        expected = book["result"].block.node.name
        assert "result" not in book.blocks
        assert book["result"].value.size == 2, expected

    class Result(torch.nn.Module):
        """A module with a part that is called so."""

        def __init__(self) -> None:
            super().__init__()
            self.result = torch.nn.Linear(2, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.result(x) * 2

    book = sf.record(Result(), x)
    assert np.allclose(book["result"].value, 2 * book["result_2"].value)
