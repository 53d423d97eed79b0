"""What the lesson gpt says: its stages (title, text, equation), and the captions of its blocks."""

from __future__ import annotations

from collections.abc import Mapping

from sheetformer.language import translate

Texts = tuple[str, str, str]


def filled(stage: Texts, told: Mapping[str, object]) -> Texts:
    """Title, text and equation of a stage, with the size of the model filled in."""
    title, text, equation = stage
    return translate(title, **told), translate(text, **told), equation


CARRIED = ("steps_done", "theta", "momentum", "square")
"""The blocks of the state, in order."""

STATE = (
    "The state: all that a step changes",
    "All {weights} weights in one table, a matrix below the other, and beside it what Adam "
    "remembers of each. E are the signs, P the places, W_Q, W_K, W_V and W_O the heads, W_1 and "
    "W_2 the hidden numbers, U what comes next. The sheet of the next weights has the same shape: "
    "a step is to copy its numbers over these.",
    "",
)
LIST = (
    "A list of first names, and the signs they are written with",
    "2,000 ordinary first names of several languages, in small letters without accents, put in an "
    "order of chance. Each step reads one of them.",
    "",
)
READ = (
    "1   A name becomes signs",
    "A step reads one name of the list: which one, its number says. The name stands between two "
    "marks (a dot), a letter a place, 16 places in all. At each place the model reads a sign and "
    "must say the next one: after the mark the first letter, after the last letter the mark. What "
    "stands behind the end of the name counts for nothing.",
    "name = names[steps mod 2,000]",
)
FORWARD = (
    (
        "2   Each sign becomes {width} numbers",
        "Every sign has a row of {width} numbers, and so has every place: they are added, so that "
        "the same letter is not the same at another place. A norm then brings each row to the same "
        "size: it is divided by its root mean square.",
        "x = norm(sign + place)",
    ),
    (
        "3   Four heads look back",
        "Each place asks (query), offers (key) and gives (value), in four heads of {head} numbers. "
        "It may look at itself and at what stands before it, never ahead: there stands what it is "
        "to say. What the heads bring is mixed and added to what was there.",
        "x ← x + heads(norm(x)) W_O",
    ),
    (
        "4   {hidden} hidden numbers think it over",
        "Each place makes {hidden} numbers of its {width}, sets the negative ones to 0 (ReLU), and "
        "makes {width} of them again, which are added too. Here you see how many of the {hidden} "
        "are awake.",
        "x ← x + ReLU(norm(x) W₁) W₂",
    ),
    (
        "5   What comes next, and how surprised it is",
        "At each place every sign gets a share. The loss is the mean surprise at the right signs, "
        "−ln of their shares. Somebody who guesses among 27 signs has a loss of ln 27 = 3.30.",
        "loss = mean(−ln share of the right sign)",
    ),
)
BACK = (
    "6   Back: how the loss changes with every weight",
    "From the loss back through every step: each weight gets a number, its gradient, that says how "
    "the loss changes with it. All of them are live formulas (sheet Workings). Here stands how "
    "large they are on average, for each part of the model.",
    "∂ loss / ∂ weight",
)
ADAM = (
    "7   One step of Adam",
    "Adam remembers for each weight the mean of its gradients and of their squares. A weight moves "
    "by the one over the root of the other, so that all weights move by about the same; the rate "
    "says how far, and falls to 0 within 1,000 steps. Follow one weight here; all of them stand on "
    "the sheet of the next weights.",
    "θ ← θ − rate m̂ / (√v̂ + ε)",
)
NEXT = (
    "The next state: the weights after this step",
    "In the same shape and order as the state.",
    "θ ← θ − rate m̂ / (√v̂ + ε)",
)
SPEAK = (
    "8   It speaks",
    "Now the model makes names up. It begins with the mark, a random number picks one sign by its "
    "share, and that sign is read next, till the mark ends the name. Before it has learned it "
    "babbles; after some hundred steps it says what looks like names. A lower temperature "
    "makes it choose what is likeliest, a higher one plays. Whether it has read a name that it "
    "says, stands beside it.",
    "share = softmax(logits / temperature)",
)
DRAW = (
    "Random numbers, made in cells",
    "Each number is made from the one before: times 75, plus 74, and what is left of it when "
    "65,537 is taken out. They look like chance and are always the same, so that everybody gets "
    "the same names from the same start.",
    "x ← (75 x + 74) mod 65,537",
)
LETTERS = ("All letters", "What the ten names say, letter by letter.", "")
LETTER_TEXT = (
    "The whole model once more, for ten names at once; it keeps the keys and values of all letters "
    "before. Then chance picks."
)

WORKINGS = (
    ("Forward: all numbers on the way", "Every block between the signs and the loss.", ""),
    ("Back: all gradients on the way", "Every block between the loss and the weights.", ""),
)

STAGE_OF = {
    **dict.fromkeys(("embedding", "with_place", "x0_square", "x0"), 0),
    **dict.fromkeys(
        ("mask", "x1_square", "x1", "Q_", "K_", "V_", "scores", "scaled", "masked", "shares_max",
         "shares_exp", "shares_sum", "shares_", "weights", "blend", "after_heads"),
        1,
    ),
    **dict.fromkeys(("x2_square", "x2", "hidden", "after_hidden"), 2),
}  # fmt: skip
"""In which of the stages of `FORWARD` a block stands; the others in the last one."""

TOLD = {
    "embedding": ("Row of the sign", "E[read_number]", "What the sign alone means."),
    "with_place": ("Sign and place", "embedding + P", "The sum of both rows."),
    "surprise": ("Surprise", "−ln right_share · used", "0 when sure and right."),
    "loss": ("Loss", "Σ surprise / Σ used", "What learning makes small."),
}
HEAD_NOTE = "The first of four heads: each place looks at those before it."
PULLED = (
    ("signs", "rows of signs"),
    ("places", "rows of places"),
    ("query", "queries"),
    ("key", "keys"),
    ("value", "values"),
    ("heads", "mix of the heads"),
    ("hidden", "hidden numbers"),
    ("back", "back from them"),
    ("next", "next sign"),
)
WEIGHTS_NOTE = "{weights} numbers: all that is learned."
PULL_NOTE = "The mean size of the gradients of each matrix."
RATE_NOTE = "η: how far the first step goes."
NEXT_NOTE = "After this step."
ONE_NOTE = "The first number of the letter a."
TEMPERATURE_NOTE = "Near 0: always the likeliest. 1: as learned."
SEED_NOTE = "Another number gives other names."
SHARES_NOTE = "How likely each sign comes next, a name a row."
SIGN_NOTE = "Its number; 0 ends the name."
MADE_UP_NOTE = "As the weights are now."
FIRST_NOTE = "Of the first name."
