"""Which architectures of Hugging Face record and verify: `python -m tests.frontends.architectures`.

Each is made tiny from its config class, with random weights, recorded once, written as a workbook,
and worked out again by IronCalc. With names it tries only these.
"""

from __future__ import annotations

import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
import transformers

import sheetformer as sf

from .models import stirred

WORDS = 24
TEXT: dict[str, Any] = {
    "vocab_size": WORDS, "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 1,
    "num_attention_heads": 2, "max_position_embeddings": 16, "pad_token_id": 0, "bos_token_id": 1,
    "eos_token_id": 2, "attn_implementation": "eager",
}  # fmt: skip
EXPERTS = {"num_key_value_heads": 1, "head_dim": 4}
CODER: dict[str, Any] = {
    "vocab_size": WORDS, "d_model": 8, "encoder_layers": 1, "decoder_layers": 1,
    "encoder_attention_heads": 2, "decoder_attention_heads": 2, "encoder_ffn_dim": 12,
    "decoder_ffn_dim": 12, "max_position_embeddings": 16, "decoder_start_token_id": 0,
    "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2, "attn_implementation": "eager",
}  # fmt: skip
T5 = {
    "vocab_size": WORDS, "d_model": 8, "d_kv": 4, "d_ff": 12, "num_layers": 1, "num_heads": 2,
    "num_decoder_layers": 1, "decoder_start_token_id": 0, "pad_token_id": 0, "eos_token_id": 1,
}  # fmt: skip
VISION: dict[str, Any] = {
    "image_size": 8, "patch_size": 4, "num_channels": 1, "hidden_size": 8, "num_hidden_layers": 1,
    "num_attention_heads": 2, "intermediate_size": 12, "num_labels": 2,
    "attn_implementation": "eager",
}  # fmt: skip
PICTURE = {"image_size": 8, "num_channels": 1, "num_labels": 2}
WAVES: dict[str, Any] = {
    "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
    "conv_dim": (4, 4), "conv_kernel": (4, 2), "conv_stride": (4, 2), "num_feat_extract_layers": 2,
    "num_conv_pos_embeddings": 4, "num_conv_pos_embedding_groups": 2, "vocab_size": WORDS,
    "attn_implementation": "eager", "mask_time_prob": 0.0, "layerdrop": 0.0,
}  # fmt: skip
MAMBA = {"state_size": 2, "conv_kernel": 2, "expand": 2, "time_step_rank": 2}

Given = dict[str, Any]


def ids(length: int = 4) -> torch.Tensor:
    """Token ids (1, n)."""
    return torch.arange(3, 3 + length)[None]


def text() -> Given:
    """What a model of text is called with."""
    return {"input_ids": ids()}


def decoded() -> Given:
    """The same, and what a decoder has read."""
    return {"input_ids": ids(), "decoder_input_ids": torch.tensor([[0, 5]])}


def image() -> Given:
    """One small picture."""
    return {"pixel_values": torch.linspace(-1, 1, 64).reshape(1, 1, 8, 8)}


def waves() -> Given:
    """A short sound."""
    return {"input_values": torch.linspace(-1, 1, 40)[None]}


Architecture = tuple[str, str, Given, Callable[[], Given]]


def _causal(name: str, **settings: Any) -> Architecture:
    return f"{name}Config", f"{name}ForCausalLM", {**TEXT, **settings}, text


def _encoder(name: str, **settings: Any) -> Architecture:
    return f"{name}Config", f"{name}Model", {**TEXT, **settings}, text


def _vision(name: str, model: str = "ForImageClassification", **settings: Any) -> Architecture:
    return f"{name}Config", f"{name}{model}", {**VISION, **settings}, image


ARCHITECTURES: dict[str, Architecture] = {
    # Text, from left to right.
    "gpt2": ("GPT2Config", "GPT2LMHeadModel",
             {**TEXT, "n_embd": 8, "n_layer": 1, "n_head": 2, "n_positions": 16}, text),
    "gpt-neo": _causal("GPTNeo", num_layers=1, num_heads=2, attention_types=[[["local"], 1]],
                       window_size=2),
    "gpt-neox": _causal("GPTNeoX"),
    "gpt-j": _causal("GPTJ", n_embd=8, n_layer=1, n_head=2, rotary_dim=2, n_positions=16),
    "codegen": ("CodeGenConfig", "CodeGenForCausalLM",
                {"vocab_size": WORDS, "n_embd": 16, "n_layer": 1, "n_head": 4, "rotary_dim": 2,
                 "n_positions": 16, "bos_token_id": 1, "eos_token_id": 2}, text),
    "opt": _causal("OPT", ffn_dim=12, word_embed_proj_dim=8),
    "bloom": _causal("Bloom", n_layer=1, n_head=2),
    "falcon": _causal("Falcon"),
    "mpt": _causal("Mpt", d_model=8, n_heads=2, n_layers=1),
    "llama": _causal("Llama", num_key_value_heads=1),
    "mistral": _causal("Mistral", num_key_value_heads=1, sliding_window=2),
    "qwen2": _causal("Qwen2", num_key_value_heads=1),
    "qwen3": _causal("Qwen3", **EXPERTS),
    "gemma": _causal("Gemma", **EXPERTS),
    "gemma2": _causal("Gemma2", **EXPERTS, query_pre_attn_scalar=4),
    "gemma3": ("Gemma3TextConfig", "Gemma3ForCausalLM", {**TEXT, **EXPERTS}, text),
    "phi": _causal("Phi"),
    "phi3": _causal("Phi3", num_key_value_heads=1),
    "olmo2": _causal("Olmo2"),
    "stablelm": _causal("StableLm", num_key_value_heads=1),
    "cohere": _causal("Cohere"),
    "granite": _causal("Granite"),
    "starcoder2": _causal("Starcoder2", num_key_value_heads=1),
    "glm": _causal("Glm", **EXPERTS),
    "xglm": _causal("XGLM", d_model=8, ffn_dim=12, num_layers=1, attention_heads=2),
    "biogpt": _causal("BioGpt"),
    # Mixtures of experts.
    "mixtral": _causal("Mixtral", num_key_value_heads=1, num_local_experts=3),
    "qwen2-moe": _causal("Qwen2Moe", num_experts=3, num_experts_per_tok=2, moe_intermediate_size=8,
                         shared_expert_intermediate_size=8, decoder_sparse_step=1,
                         num_key_value_heads=1),
    "qwen3-moe": _causal("Qwen3Moe", num_experts=3, num_experts_per_tok=2,
                         moe_intermediate_size=8, **EXPERTS),
    "olmoe": _causal("Olmoe", num_experts=3, num_experts_per_tok=2),
    "granite-moe": _causal("GraniteMoe", num_local_experts=3, num_experts_per_tok=2),
    "deepseek-v3": _causal(
        "DeepseekV3", n_routed_experts=4, num_experts_per_tok=2, moe_intermediate_size=8,
        n_group=2, topk_group=1, first_k_dense_replace=0, q_lora_rank=4, kv_lora_rank=4,
        qk_rope_head_dim=2, qk_nope_head_dim=2, v_head_dim=4, num_key_value_heads=2,
    ),
    "gpt-oss": _causal("GptOss", num_local_experts=3, num_experts_per_tok=2, **EXPERTS,
                       sliding_window=2, layer_types=["full_attention"]),
    "llama4": ("Llama4TextConfig", "Llama4ForCausalLM",
               {**TEXT, **EXPERTS, "num_local_experts": 2, "intermediate_size_mlp": 6}, text),
    "switch": ("SwitchTransformersConfig", "SwitchTransformersForConditionalGeneration",
               {**T5, "num_experts": 2, "num_sparse_encoder_layers": 1}, decoded),
    # State spaces.
    "mamba": _causal("Mamba", **MAMBA),
    "mamba2": _causal("Mamba2", state_size=2, conv_kernel=2, expand=2, head_dim=4, num_heads=4,
                      n_groups=1, chunk_size=4),
    "falcon-mamba": _causal("FalconMamba", **MAMBA),
    "jamba": _causal("Jamba", num_key_value_heads=1, num_hidden_layers=2, attn_layer_period=2,
                     attn_layer_offset=1, num_experts=2, mamba_d_state=2, mamba_d_conv=2,
                     mamba_dt_rank=2, use_mamba_kernels=False),
    "rwkv": _causal("Rwkv", attention_hidden_size=8, num_hidden_layers=2),
    # Text, both ways.
    "bert": _encoder("Bert"),
    "roberta": _encoder("Roberta", max_position_embeddings=20),
    "albert": _encoder("Albert", embedding_size=6, num_hidden_layers=2),
    "distilbert": _encoder("DistilBert", dim=8, n_layers=1, n_heads=2, hidden_dim=12),
    "electra": _encoder("Electra", embedding_size=6),
    "deberta-v2": _encoder("DebertaV2", relative_attention=True, max_relative_positions=4,
                           pos_att_type=["p2c", "c2p"]),
    "mpnet": _encoder("MPNet", max_position_embeddings=20),
    "convbert": _encoder("ConvBert", embedding_size=8, conv_kernel_size=3, head_ratio=1),
    "squeezebert": _encoder("SqueezeBert", embedding_size=8, q_groups=2, k_groups=2, v_groups=2,
                            intermediate_groups=2, output_groups=2),
    "funnel": ("FunnelConfig", "FunnelModel",
               {"vocab_size": WORDS, "d_model": 8, "n_head": 2, "d_head": 4, "d_inner": 12,
                "block_sizes": [1, 1], "num_decoder_layers": 1}, text),
    "xlnet": ("XLNetConfig", "XLNetModel",
              {"vocab_size": WORDS, "d_model": 8, "n_layer": 1, "n_head": 2, "d_inner": 12}, text),
    "modernbert": _encoder("ModernBert", local_attention=4, num_hidden_layers=2),
    "longformer": _encoder("Longformer", attention_window=[4], max_position_embeddings=20),
    "nystromformer": _encoder("Nystromformer", num_landmarks=4, segment_means_seq_len=4),
    "esm": _encoder("Esm", max_position_embeddings=20, position_embedding_type="rotary"),
    "fnet": _encoder("FNet"),
    # Text to text.
    "t5": ("T5Config", "T5ForConditionalGeneration", T5, decoded),
    "bart": ("BartConfig", "BartForConditionalGeneration", CODER, decoded),
    "marian": ("MarianConfig", "MarianMTModel", CODER, decoded),
    "pegasus": ("PegasusConfig", "PegasusForConditionalGeneration", CODER, decoded),
    "m2m100": ("M2M100Config", "M2M100ForConditionalGeneration", CODER, decoded),
    "blenderbot": ("BlenderbotConfig", "BlenderbotForConditionalGeneration", CODER, decoded),
    # Pictures.
    "vit": _vision("ViT"),
    "deit": _vision("DeiT"),
    "beit": _vision("Beit", use_relative_position_bias=True),
    "dinov2": _vision("Dinov2"),
    "swin": ("SwinConfig", "SwinForImageClassification",
             {**PICTURE, "patch_size": 2, "embed_dim": 4, "depths": [2], "num_heads": [2],
              "window_size": 2}, image),
    "swinv2": ("Swinv2Config", "Swinv2ForImageClassification",
               {**PICTURE, "patch_size": 2, "embed_dim": 4, "depths": [2], "num_heads": [2],
                "window_size": 2}, image),
    "convnext": ("ConvNextConfig", "ConvNextForImageClassification",
                 {**PICTURE, "patch_size": 2, "hidden_sizes": [4, 6], "depths": [1, 1],
                  "num_stages": 2}, image),
    "resnet": _vision("ResNet", embedding_size=4, hidden_sizes=[4, 6], depths=[1, 1],
                      layer_type="basic"),
    "regnet": ("RegNetConfig", "RegNetForImageClassification",
               {**PICTURE, "embedding_size": 4, "hidden_sizes": [4, 6], "depths": [1, 1],
                "groups_width": 2, "layer_type": "y"}, image),
    "mobilenet-v1": ("MobileNetV1Config", "MobileNetV1ForImageClassification",
                     {"num_channels": 1, "image_size": 8, "depth_multiplier": 0.02, "min_depth": 2,
                      "num_labels": 2}, image),
    "segformer": ("SegformerConfig", "SegformerForImageClassification",
                  {**PICTURE, "num_encoder_blocks": 2, "depths": [1, 1], "sr_ratios": [2, 1],
                   "hidden_sizes": [4, 6], "patch_sizes": [3, 3], "strides": [2, 2],
                   "num_attention_heads": [1, 2], "mlp_ratios": [2, 2]}, image),
    "poolformer": _vision("PoolFormer", num_encoder_blocks=2, depths=[1, 1], hidden_sizes=[4, 6],
                          patch_sizes=[3, 3], strides=[2, 2], padding=[1, 1]),
    "siglip": ("SiglipVisionConfig", "SiglipVisionModel", VISION, image),
    "clip": ("CLIPVisionConfig", "CLIPVisionModel", VISION, image),
    # Sound.
    "wav2vec2": ("Wav2Vec2Config", "Wav2Vec2ForCTC", WAVES, waves),
    "hubert": ("HubertConfig", "HubertModel", WAVES, waves),
    "whisper": (
        "WhisperConfig", "WhisperForConditionalGeneration",
        {**CODER, "num_mel_bins": 4, "max_source_positions": 4, "max_target_positions": 8},
        lambda: {
            "input_features": torch.linspace(-1, 1, 32).reshape(1, 4, 8),
            "decoder_input_ids": torch.tensor([[0, 5]]),
        },
    ),
    "audio-spectrogram": (
        "ASTConfig", "ASTForAudioClassification",
        {**VISION, "max_length": 8, "num_mel_bins": 8, "patch_size": 4, "time_stride": 4,
         "frequency_stride": 4},
        lambda: {"input_values": torch.linspace(-1, 1, 64).reshape(1, 8, 8)},
    ),
}  # fmt: skip


def build(name: str) -> tuple[Any, Given]:
    """A tiny model of an architecture, and what it is called with."""
    config, model, settings, given = ARCHITECTURES[name]
    torch.manual_seed(0)
    made = getattr(transformers, model)(getattr(transformers, config)(**settings))
    inputs = given()
    if "pixel_values" in inputs and settings.get("num_channels") == 3:
        size = settings["image_size"]
        inputs["pixel_values"] = torch.linspace(-1, 1, 3 * size**2).reshape(1, 3, size, size)
    made = stirred(made)
    takes_cache = getattr(made.config, "use_cache", None) is not None
    return made, inputs | ({"use_cache": False} if takes_cache else {})


GENERATED = (
    *("gpt2", "llama", "qwen3", "opt", "bloom", "mixtral", "gpt-oss", "mamba", "jamba", "t5"),
    *("bart", "whisper"),
)
"""Those that write three tokens, too, each the best one; two of them with two beams."""
RUNS = [
    *ARCHITECTURES,
    *(f"{name} generate" for name in GENERATED),
    *(f"{name} beams" for name in ("gpt2", "t5")),
]


def called(run: str) -> tuple[Any, Given]:
    """A tiny model, or its `generate`, and what that is called with."""
    name, _, how = run.partition(" ")
    model, given = build(name)
    if not how:
        return model, given
    model.generation_config.eos_token_id = None
    kept = {key: value for key, value in given.items() if key in _READ}
    settings = {"max_new_tokens": 3, "do_sample": False, "num_beams": 2 if how == "beams" else 1}
    return model.generate, kept | settings


_READ = ("input_ids", "input_features")


def tried(name: str, folder: Path) -> str:
    """One line: it records and verifies, with how many formulas, or why not."""
    try:
        model, given = called(name)
        with torch.no_grad():
            model(**given)
    except Exception as error:  # noqa: BLE001 - whatever a model raises that is made too small
        return f"does not run: {type(error).__name__}: {str(error).splitlines()[0][:150]}"
    try:
        book = sf.record(model, **given)
    except sf.SheetformerError as error:
        return f"refused: {str(error)[:220]}"
    report = sf.verify(book.save(folder / f"{name}.xlsx"))
    return f"{'verifies' if report.ok else 'IS OFF'}: {book.formula_cells:,} formulas"


def main() -> None:
    """Try all, or those that are named."""
    warnings.filterwarnings("ignore")
    transformers.logging.set_verbosity_error()
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in sys.argv[1:] or RUNS:
            began = time.perf_counter()
            found[name] = tried(name, Path(folder))
            took = time.perf_counter() - began
            print(f"{name:18} {took:5.1f} s  {found[name]}", flush=True)
    good = sum(line.startswith("verifies") for line in found.values())
    print(f"{good} of {len(found)} record and verify")


if __name__ == "__main__":
    main()
