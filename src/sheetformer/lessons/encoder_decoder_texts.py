"""The words of the lesson `encoder-decoder`: a stage for each box of figure 1, a note a role."""

from __future__ import annotations

from dataclasses import replace

from sheetformer.lessons.translator.declare_weights import BROAD, POSITIONS
from sheetformer.lessons.translator.terms import TRANSFORMER_TERMS
from sheetformer.story.caption import Stage
from sheetformer.story.story import Story
from sheetformer.story.terms import Term

STORY, ENCODER, DECODER, NEXT = "Transformer", "Encoder", "Decoder", "Next word"
INNER, EVERY = "Feed-forward", "Every word"
ORDER = (STORY, ENCODER, DECODER, NEXT, INNER, EVERY)

TWO = 22
"""Columns of a line: two blocks of eight numbers side by side, with their labels."""
THREE = 27
"""Columns of a line of a decoder's attention: queries, scores, the mask and masked scores; or
shares, blend, and what attention gives."""

EXAMPLE = "In I am happy, put tired for happy: then eu is followed by estou, no longer by sou."
"""Said only of that sentence."""

_ATTENTION = "softmax(Q Kᵀ / √d_k) V"
_FORWARD = "max(0, x W₁ + b₁) W₂ + b₂"
_INNER = (
    "What feed-forward does on its way: 8 numbers become 32, those below 0 become 0, and 32 become "
    "8 again. Only the result stands in the story."
)

STAGES = {
    "words": Stage(
        "1   Read a word, name the next",
        "This is the whole Transformer of the paper, small enough to read: it translates short "
        "English sentences into Portuguese with numbers that it has learned. Each row below reads "
        "a word of the translation so far, from <s> (begin) on, and names the word that comes "
        "next; </s> is the end. Type other words in the yellow cells; it knows sentences of this "
        "kind and errs on others. To translate by hand, type each word that is named into the "
        "yellow cell of the next row.",
        "word → the next word",
        STORY,
        TWO,
    ),
    "figure": Stage(
        "2   Figure 1, box by box",
        "The paper's figure 1; the number in a box is the step of this lesson that computes it, "
        "and in a workbook a click on the box goes there. "
        "N is 6 in the paper and 1 here. One thing is not as in the figure: the paper adds, then "
        "norms; here each norm stands in front of its attention or feed-forward, and what is added "
        "up goes on without a norm. A Transformer as small as this learns faster and makes fewer "
        "mistakes that way. Sources: Vaswani et al. 2017, Attention Is All You Need, figure 1; "
        "Xiong et al. 2020, On Layer Normalization in the Transformer Architecture.",
        "x + Sublayer(Norm(x))",
        STORY,
        TWO,
    ),
    "embedding": Stage(
        "3   Input embedding",
        "Each English word is looked up in a table of learned numbers and becomes a row of 8 "
        "numbers (512 in the paper): its embedding.",
        "E[number]",
        ENCODER,
        TWO,
    ),
    "positions": Stage(
        "4   Positional encoding",
        "Attention does not see the order of words, so every place in the sentence adds a pattern "
        "of its own: sines and cosines, some quick, some slow (lesson positions). Embeddings are "
        "first made larger by √d_model (section 3.4). Then comes the first norm: mean 0 and "
        "variance 1 along each row, then a learned gain and bias.",
        POSITIONS,
        ENCODER,
        TWO,
    ),
    "encoder_1_self": Stage(
        "5   Multi-head attention",
        "Every source word asks all source words, itself too: queries meet keys, softmax makes "
        "shares, and the shares blend the values (lesson self-attention). W_O turns the blend into "
        "what is added next. A cell without a known word is hidden: its score is −∞ and its share "
        "exactly 0. Heads here: {heads}; the tables of two heads stand below each other.",
        _ATTENTION,
        ENCODER,
        TWO,
    ),
    "encoder_1_after_self": Stage(
        "6   Add & norm",
        "Add: what attention found is added to the word, so nothing of the word is lost (residual "
        "connection). Norm: the next step reads each row with mean 0 and variance 1, times a "
        "learned gain, plus a learned bias. In the paper the normed sum itself goes on; here the "
        "bare sum goes on, to be added to again in step 8.",
        "x + Attention(Norm(x))",
        ENCODER,
        TWO,
    ),
    "encoder_1_ff": Stage(
        "7   Feed forward",
        "Now each word for itself, without the others: 8 numbers become 32 (2,048 in the paper), "
        "those below 0 become 0 (ReLU), and 32 become 8 again. The 32 stand on the sheet "
        "Feed-forward.",
        _FORWARD,
        ENCODER,
        TWO,
    ),
    "encoder_1_after_ff": Stage(
        "8   Add: the memory",
        "Again the sum. These rows are what the encoder has understood of the sentence, one row a "
        "word: the decoder will look at them in step 12. In the paper one more norm follows here.",
        "x + FFN(Norm(x))",
        ENCODER,
        TWO,
    ),
    "target": Stage(
        "9   Output embedding and positions",
        "The decoder reads the translation so far. Its words have a table of their own (the paper "
        "shares one table between both languages), are made larger by √d_model, and get the "
        "patterns of step 4. Then a norm, as there.",
        "E[number] √d_model + positions",
        DECODER,
        TWO,
    ),
    "decoder_1_self": Stage(
        "10   Masked multi-head attention",
        "The words so far ask each other, but none may look at a word that comes after it: else a "
        "row would simply see the word that it is to name. With this mask all rows can be computed "
        "at once, as in training, and none of them cheats.",
        "softmax(mask(Q Kᵀ / √d_k)) V",
        DECODER,
        THREE,
    ),
    "decoder_1_after_self": Stage(
        "11   Add & norm",
        "As in step 6: the sum goes on, and the next step reads it normed.",
        "x + Attention(Norm(x))",
        DECODER,
        TWO,
    ),
    "decoder_1_cross": Stage(
        "12   Multi-head attention: look at the source",
        "Here the translation looks at the sentence (lesson cross-attention): queries come from "
        "the decoder, keys and values from the memory of step 8. A row has two words: the one it "
        "has read, of which its query is made, and the one it will write, which is decided by what "
        "it looks at. In training the first head was also shown which words belong together "
        "(guided alignment).",
        _ATTENTION,
        DECODER,
        THREE,
    ),
    "decoder_1_after_cross": Stage(
        "13   Add & norm",
        "As in step 6, with numbers of its own: now a row knows its word, the words before it, and "
        "what it looked at in the source.",
        "x + Attention(Norm(x))",
        DECODER,
        TWO,
    ),
    "decoder_1_ff": Stage(
        "14   Feed forward",
        "As in step 7, with numbers of its own; the 32 in between stand on the sheet Feed-forward.",
        _FORWARD,
        DECODER,
        TWO,
    ),
    "decoder_1_after_ff": Stage(
        "15   Add",
        "The last sum: these 8 numbers are all that is left to name the next word. In the paper "
        "one more norm follows here.",
        "x + FFN(Norm(x))",
        DECODER,
        TWO,
    ),
    "linear": Stage(
        "16   Linear",
        "Every Portuguese word has a row of 8 learned numbers here, too. Its dot product with the "
        "row of step 15, plus a bias, says how well the word would continue the sentence: its "
        "logit. All {words} logits of each row stand on the sheet Every word; these are the three "
        "largest.",
        "logit = x W_out + b",
        NEXT,
        TWO,
    ),
    "softmax": Stage(
        "17   Softmax: output probabilities",
        "Softmax makes probabilities of all {words} logits: exponentials, over the sum of all "
        "{words} (lesson softmax). The likeliest word is the one that is written; the second and "
        "the third tell how sure that was.",
        "exp(logit − max) / Σ exp",
        NEXT,
        TWO,
    ),
    "every": Stage(
        "Every word as the next one",
        "For each row the logit of every word of the vocabulary (step 16) and its exponential "
        "(step 17): one line a word, one column a row of the decoder.",
        "x W_out + b",
        EVERY,
        TWO,
    ),
    "encoder_inner": Stage("Inside step 7: the encoder", _INNER, _FORWARD, INNER, BROAD),
    "decoder_inner": Stage("Inside step 14: the decoder", _INNER, _FORWARD, INNER, BROAD),
}
"""By the name that `sheetformer.models.transformer` gives the box."""

NOTES = {
    "query": "Query: what each word asks for.",
    "key": "Key: what each word offers.",
    "value": "Value: what each word gives.",
    "scores": "How well each question fits each offer.",
    "scaled scores": "The smaller scores (lesson scaling).",
    "masked scores": "Hidden places get −∞.",
    "softmax max": "Largest score of the row.",
    "softmax exponentials": "Positive, 1 for the best, 0 where hidden.",
    "softmax sum": "Sum of the row.",
    "attention weights": "Who looks at whom.",
    "blend": "The values, blended by the shares.",
    "self-attention output": "What attention adds to each word.",
    "cross-attention output": "What the source adds to each row.",
    "norm mean": "Mean of the row.",
    "norm centred": "The row less its mean.",
    "norm variance": "Mean of the squares.",
    "norm 1": "What attention reads.",
    "norm 2": "What the next step reads.",
    "norm 3": "What feed-forward reads.",
    "feed-forward product": "32 numbers a word.",
    "feed-forward hidden": "What is below 0 becomes 0.",
    "feed-forward projection": "8 numbers again.",
    "feed-forward output": "What feed-forward adds to each word.",
    "self-attention sum": "The word, and what it found.",
    "cross-attention sum": "The row, and what it found in the source.",
    "encoder layer output": "The memory: what the decoder looks at.",
    "decoder layer output": "What names the next word.",
    "position": "Place in the sentence, from 0.",
    "column pair": "Both columns of a pair share a wave.",
    "cosine columns": "Even columns (d2, d4, …) take the cosine.",
    "angular frequency": "How quick the wave of each column is.",
    "angle": "How far the wave of each column has come.",
    "positional encoding": "One pattern a place.",
}
"""What a block is, by its role."""

LESSON_TERMS = TRANSFORMER_TERMS | {
    role: replace(TRANSFORMER_TERMS.get(role, Term()), note=note) for role, note in NOTES.items()
}

FOLDED = (
    "position",
    "column pair",
    "cosine columns",
    "angular frequency",
    "angle",
    "norm mean",
    "norm centred",
    "norm variance",
    "scaled scores",
    "masked scores",
    "softmax max",
    "softmax exponentials",
    "softmax sum",
)
"""The roles of the blocks on the way: they stand folded away below the story of their step."""

INSIDE = "feed-forward pre-activation"
"""This is written inside the formula of the hidden layer."""
WIDE_ROLES = ("feed-forward product", INSIDE, "feed-forward hidden", "feed-forward projection")
"""The roles of the blocks of feed-forward that stand on a sheet of their own."""


def stage_of(story: Story, box: str) -> int:
    """The number of the stage of a box."""
    return next(i for i, stage in enumerate(story.stages) if stage.title == STAGES[box].title)
