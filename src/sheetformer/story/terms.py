"""What a step is in the field's terms, and what that alone tells: one row a role.

The functions of `sheetformer.graph.nn` say what their steps are; a lesson that shows such a step
may say more. The page finds blocks by their roles, never by their names.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Term:
    """What is said of a step by its role: the fields of a caption that go with it."""

    title: str = ""
    equation: str = ""
    note: str = ""
    number_format: str = ""


TERMS: dict[str, Term] = {
    # Softmax (Bridle 1990).
    "softmax max": Term("Largest of the row", "max", number_format="number"),
    "softmax exponentials": Term("Exponentials", "exp(x − max)"),
    "softmax sum": Term("Sum of the row", "Σ exp"),
    "softmax": Term("Shares", "exp / Σ exp", number_format="share"),
    "below the largest": Term("Below the largest", "x − max"),
    "log softmax": Term("Logarithm of the shares", "x − max − ln Σ exp"),
    # Attention (Vaswani et al. 2017, section 3.2).
    "query": Term("Queries", "X W_Q"),
    "key": Term("Keys", "X W_K"),
    "value": Term("Values", "X W_V"),
    "scores": Term("Scores", "Q Kᵀ"),
    "scores by a factor": Term("Scaled scores"),
    "scaled scores": Term("Scaled scores", "Q Kᵀ / √d_k"),
    "masked scores": Term("Masked scores", "hidden where the mask is 0"),
    "scores plus mask": Term("Masked scores", "scaled + mask"),
    "attention weights": Term("Attention weights", "exp / Σ exp", number_format="share"),
    "masked attention weights": Term(
        "Attention weights", "0 where the mask is 0", number_format="share"
    ),
    "blend": Term("Blend of the values", "weights · V"),
    "attention output": Term("What attention gives", "heads W_O"),
    # Norms (Ba et al. 2016, equation 4; Zhang and Sennrich 2019, equation 4).
    "norm mean": Term("Mean of the row", "mean of the row"),
    "norm centred": Term("Less the mean", "x − mean"),
    "norm variance": Term("Variance of the row", "Σ centred² / d"),
    "norm": Term("Normalised row", "centred / √(variance + ε) · gain + bias"),
    "norm without bias": Term("Normalised row", "centred / √(variance + ε) · gain"),
    "norm without gain": Term("Normalised row", "centred / √(variance + ε) + bias"),
    "plain norm": Term("Normalised row", "centred / √(variance + ε)"),
    "norm square": Term("Mean square of the row", "Σ x² / d"),
    "root mean square norm": Term("Normalised row", "x / √(square + ε) · gain"),
    "plain root mean square norm": Term("Normalised row", "x / √(square + ε)"),
    # Positions (Vaswani et al. 2017, section 3.5).
    "position": Term("Place in the sentence"),
    "column pair": Term("Pair of columns"),
    "cosine columns": Term("Which columns take the cosine", note="1 for even ones: d2, d4, …"),
    "angular frequency": Term("Speed of each wave"),
    "angle": Term("Angles"),
    "positional encoding": Term("Positions: a pattern a place"),
    # Number formats.
    "spacing": Term("Step", number_format="tiny"),
    "nearest": Term("Nearest multiple of the step", number_format="gradient"),
    "cast": Term("Rounded", number_format="gradient"),
    "before rounding": Term("Before it is rounded", number_format="gradient"),
    "apart": Term("How far apart", number_format="tiny"),
    "error": Term("Largest error", "max |rounded − exact| / max |exact|", number_format="tiny"),
    # Questions.
    "answer": Term("Your answer"),
    # Gradients.
    "picked": Term("Which row was picked", "1 where it was picked"),
    "gradient of the result": Term(note="How the result changes with itself."),
    "no gradient": Term(note="Where no gradient arrives."),
}
