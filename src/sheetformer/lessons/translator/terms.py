"""What a story says of the network's steps by their roles, in the paper's symbols."""

from __future__ import annotations

from sheetformer.story.terms import TERMS, Term

_NORM = TERMS["norm"]

TRANSFORMER_TERMS = TERMS | {
    # Attention (Vaswani et al. 2017, section 3.2).
    "query": Term("Queries", "x W_Q"),
    "key": Term("Keys", "x W_K"),
    "value": Term("Values", "x W_V"),
    "masked scores": Term("Masked scores", "−∞ where hidden"),
    "blend": Term("Blend of the values", "weights V"),
    "self-attention output": Term("What self-attention gives", "blend W_O"),
    "cross-attention output": Term("What cross-attention gives", "blend W_O"),
    # Feed-forward (section 3.3).
    "feed-forward product": Term("Inputs of the hidden layer", "x W₁"),
    "feed-forward pre-activation": Term("The same with its bias", "x W₁ + b₁"),
    "feed-forward hidden": Term("Hidden layer", "max(0, x W₁ + b₁)"),
    "feed-forward projection": Term("The hidden layer, projected", "hidden W₂"),
    "feed-forward output": Term("What feed-forward gives", "hidden W₂ + b₂"),
    # Residual connections, and the norm in front of each sublayer (Xiong et al. 2020).
    "self-attention sum": Term("The row and what it found", "x + self-attention"),
    "cross-attention sum": Term("The row and what it found", "x + cross-attention"),
    "encoder layer output": Term("What the layer gives", "x + FFN(x)"),
    "decoder layer output": Term("What the layer gives", "x + FFN(x)"),
    "norm 1": _NORM,
    "norm 2": _NORM,
    "norm 3": _NORM,
}
