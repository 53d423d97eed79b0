"""Tiny models of every kind that is recorded, made from their config classes, with their inputs."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
import transformers
from torch import nn

transformers.logging.set_verbosity_error()

WORDS = 11
_SPECIAL = {"bos_token_id": 1, "eos_token_id": 2, "pad_token_id": 0}
_CODER = {
    "d_model": 8, "encoder_layers": 1, "decoder_layers": 1, "encoder_attention_heads": 2,
    "decoder_attention_heads": 2, "encoder_ffn_dim": 12, "decoder_ffn_dim": 12,
    "max_position_embeddings": 12, "decoder_start_token_id": 0, "forced_eos_token_id": None,
}  # fmt: skip
_SIZES: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "gpt2": (
        transformers.GPT2Config, transformers.GPT2LMHeadModel,
        {"n_embd": 8, "n_layer": 2, "n_head": 2, "n_positions": 12},
    ),
    "llama": (
        transformers.LlamaConfig, transformers.LlamaForCausalLM,
        {
            "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2,
            "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 16,
        },
    ),
    "bert": (
        transformers.BertConfig, transformers.BertModel,
        {
            "hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2,
            "intermediate_size": 12, "max_position_embeddings": 12,
        },
    ),
    "bart": (transformers.BartConfig, transformers.BartForConditionalGeneration, _CODER),
    "marian": (transformers.MarianConfig, transformers.MarianMTModel, _CODER),
    "t5": (
        transformers.T5Config, transformers.T5ForConditionalGeneration,
        {
            "d_model": 8, "d_kv": 4, "d_ff": 12, "num_layers": 2, "num_heads": 2,
            "decoder_start_token_id": 0,
        },
    ),
}  # fmt: skip
CODERS = ("bart", "marian", "t5")


def hugging_face(name: str, attention: str = "eager") -> nn.Module:
    """A tiny model with its own random weights; norms and biases are random, too."""
    config, model, sizes = _SIZES[name]
    torch.manual_seed(len(name))
    made = model(config(vocab_size=WORDS, attn_implementation=attention, **_SPECIAL, **sizes))
    return stirred(made)


def stirred(model: nn.Module) -> nn.Module:
    """The model with every weight moved a little, so that no bias is 0 and no gain is 1."""
    with torch.no_grad():
        for parameter in model.parameters():
            parameter += 0.2 * torch.randn(parameter.shape)
    return model.eval()


@dataclass(frozen=True)
class Case:
    """A model, how it is called, and one change of a weight and of what it is given."""

    make: Callable[[], nn.Module]
    args: tuple[Any, ...] = ()
    kwargs: dict[str, Any] | None = None
    method: str = ""

    def call(self, model: nn.Module) -> Any:
        return getattr(model, self.method) if self.method else model

    def changed(self, model: nn.Module, weight: str, place: int, given: str) -> tuple[Any, ...]:
        """(model, args, kwargs) with one weight and one given number changed."""
        other = copy.deepcopy(model)
        with torch.no_grad():
            flat = dict(other.named_parameters())[weight].view(-1)
            flat[place] = flat[place] + 0.37
        args, kwargs = copy.deepcopy((self.args, self.kwargs or {}))
        tensor = kwargs[given] if given in kwargs else args[0]
        step = 0.41 if tensor.is_floating_point() else 3
        tensor.view(-1)[1] = (tensor.view(-1)[1] + step) % (WORDS if step == 3 else 100)
        return other, args, kwargs


IDS = torch.tensor([[5, 6, 7, 3]])
ANSWER = torch.tensor([[4, 9, 8]])
MASKS = {"": None, "left": torch.tensor([[0, 1, 1, 1]]), "right": torch.tensor([[1, 1, 1, 0]])}


def _numbers(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(sum(shape)))


def _transformer_cases() -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for name in _SIZES:
        for attention in ("eager", "sdpa"):
            for side in MASKS:
                mask = MASKS[side]
                given = {"input_ids": IDS} | ({} if mask is None else {"attention_mask": mask})
                if name in CODERS:
                    given["decoder_input_ids"] = ANSWER
                label = " ".join(filter(None, (name, attention, side)))
                cases[label] = Case(
                    lambda name=name, attention=attention: hugging_face(name, attention),
                    kwargs=given,
                )
    greedy = {"max_new_tokens": 3, "do_sample": False, "num_beams": 1}
    for name in ("gpt2", "llama", *CODERS):
        cases[f"{name} generate"] = Case(
            lambda name=name: hugging_face(name, "sdpa"),
            args=(IDS,),
            kwargs={"attention_mask": torch.ones_like(IDS), **greedy},
            method="generate",
        )
    return cases


def _layer(kind: Any, *sizes: Any, **settings: Any) -> Callable[[], nn.Module]:
    def make() -> nn.Module:
        torch.manual_seed(3)
        return stirred(kind(*sizes, **settings))

    return make


_X, _MEMORY = _numbers(1, 3, 8), _numbers(1, 4, 8)
_FIRST = {"batch_first": True}
_CAUSAL = nn.Transformer.generate_square_subsequent_mask(3)
_PADDED = torch.tensor([[False, False, False, True]])

PLAIN: dict[str, Case] = {
    "attention": Case(_layer(nn.MultiheadAttention, 8, 2, **_FIRST), (_X, _MEMORY, _MEMORY)),
    "attention to itself": Case(
        _layer(nn.MultiheadAttention, 8, 2, **_FIRST), (_X, _X, _X), {"need_weights": False}
    ),
    "attention, words first": Case(_layer(nn.MultiheadAttention, 8, 2), (_numbers(3, 1, 8),) * 3),
    "attention, masked": Case(
        _layer(nn.MultiheadAttention, 8, 2, **_FIRST),
        (_X, _X, _X),
        {"attn_mask": torch.ones(3, 3, dtype=torch.bool).triu(1), "need_weights": False},
    ),
    "attention, two sentences": Case(
        _layer(nn.MultiheadAttention, 8, 2, **_FIRST), (_numbers(2, 3, 8),) * 3
    ),
    "encoder layer": Case(_layer(nn.TransformerEncoderLayer, 8, 2, 12, **_FIRST), (_X,)),
    "encoder layer, norm first": Case(
        _layer(nn.TransformerEncoderLayer, 8, 2, 12, activation="gelu", norm_first=True, **_FIRST),
        (_X,),
    ),
    "decoder layer": Case(
        _layer(nn.TransformerDecoderLayer, 8, 2, 12, **_FIRST),
        (_X, _MEMORY),
        {"tgt_mask": _CAUSAL, "tgt_is_causal": True, "memory_key_padding_mask": _PADDED},
    ),
    "transformer": Case(
        _layer(nn.Transformer, 8, 2, 1, 1, 12, **_FIRST),
        (_MEMORY, _X),
        {"tgt_mask": _CAUSAL, "src_key_padding_mask": _PADDED, "memory_key_padding_mask": _PADDED},
    ),
    "gru": Case(_layer(nn.GRU, 8, 3, bidirectional=True, **_FIRST), (_X,)),
    "lstm": Case(_layer(nn.LSTM, 8, 3, **_FIRST), (_X,)),
}

CASES: dict[str, Case] = {**PLAIN, **_transformer_cases()}
