"""The model of the lesson gpt as a plain PyTorch program in double precision, trained by Adam."""

from __future__ import annotations

from typing import Any

import torch

from sheetformer.corpus.first_names import LETTERS, first_names

RATE, BETAS, STEPS = 0.01, (0.85, 0.99), 1000


def norm(x: Any) -> Any:
    return x / torch.sqrt((x * x).mean(-1, keepdim=True) + 1e-5)


def loss_of(table: Any, name: str) -> Any:
    """The mean surprise at the letters of a name and its end."""
    d = table.shape[1]
    rows = (27, 16, d, d, d, d, 4 * d, 4 * d, 27)
    signs, places, w_q, w_k, w_v, w_o, w_1, w_2, u = table.split(rows)
    tokens = [0, *(LETTERS.index(letter) + 1 for letter in name), 0]
    n = len(tokens) - 1
    x = norm(signs[tokens[:-1]] + places[:n])
    seen = norm(x)
    heads = [(seen @ w.T).view(n, 4, d // 4).transpose(0, 1) for w in (w_q, w_k, w_v)]
    blend = torch.nn.functional.scaled_dot_product_attention(*heads, is_causal=True)
    x = x + blend.transpose(0, 1).reshape(n, d) @ w_o.T
    x = x + torch.relu(norm(x) @ w_1.T) @ w_2
    return torch.nn.functional.cross_entropy(x @ u.T, torch.tensor(tokens[1:]))


def twin_after(weights: Any, steps: int) -> tuple[list[float], Any, Any, Any]:
    """The loss of each step, and weights and both memories of Adam (rows, d) after them."""
    table = torch.tensor(weights, dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([table], lr=RATE, betas=BETAS, eps=1e-8)
    losses: list[float] = []
    for step in range(steps):
        adam.param_groups[0]["lr"] = RATE * max(0.0, 1.0 - step / STEPS)
        adam.zero_grad()
        loss = loss_of(table, first_names()[step % 2000])
        loss.backward()
        adam.step()
        losses.append(loss.item())
    state = adam.state[table]
    return losses, table.detach().numpy(), state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()
