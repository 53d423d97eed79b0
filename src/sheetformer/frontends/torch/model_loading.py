"""Models by what a person calls them: a Hugging Face name, a folder, or a function of one's own.

Weights come from safetensors files only, since a pickle can run any code, and no code that comes
with a model is run.
"""

from __future__ import annotations

import inspect
import os
import socket
import sys
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from sheetformer.errors import FileError, SheetformerError, UnsupportedError

LONGEST_ANSWER = 12
"""Tokens that an encoder–decoder model writes, where nobody says what it should write."""
_MOST_LAYERS = 10_000
_PATIENCE = 5.0
"""Seconds to wait for the hub."""


@dataclass(frozen=True)
class Named:
    """A model, what to call it with, and the tokenizer that knows its tokens."""

    title: str
    model: Any
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    tokenizer: Any = None


def find_model(name: str, text: str = "", target: str = "", generate: int = 0) -> Named:
    """The model that a name means.

    Args:
        name: a name on the Hugging Face hub, a folder that `save_pretrained` has written, or
            `module:function`.
        text: what the model reads; a function of one's own needs none. For a folder without a
            tokenizer it is the numbers of the tokens, such as "1 403 407".
        target: for a model with a decoder, what it should write; its own answer otherwise.
        generate: so many tokens are written after the text, each the likeliest one; 0 for none.

    Raises:
        FileError: there is no such model, folder, module or function, or it has no safetensors.
        SheetformerError: transformers is not installed, or no text is given.
    """
    if target and generate:
        raise SheetformerError("--target says what is written, and --generate lets the model say")
    if ":" in name and not Path(name).exists():
        if generate:
            raise SheetformerError(
                "--generate is for models of Hugging Face; let your function return the method, "
                "such as model.generate"
            )
        return _own(name)
    if not text.strip():
        raise SheetformerError(f'say what {name} shall read, such as --text "I am happy"')
    return _pretrained(name, text, target, generate)


# One's own.


def _own(place: str) -> Named:
    """Call `module:function`; it gives a model, what to call it with, and perhaps a tokenizer."""
    module, _, function = place.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        build = getattr(import_module(module), function)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0] and error.name != module:
            raise FileError(f"{place}: {module} needs {error.name}, which is not there") from error
        raise FileError(f"{place}: there is no module {module!r} here") from error
    except AttributeError as error:
        raise FileError(f"{place}: the module {module!r} has no {function!r}") from error
    except (Exception, SystemExit) as error:  # whatever a module of one's own raises
        raise FileError(f"{place}: the module {module!r} cannot be imported ({error})") from error
    given = build()
    model, *rest = given if isinstance(given, tuple) else (given,)
    tokenizer = rest.pop() if rest and hasattr(rest[-1], "convert_ids_to_tokens") else None
    # What a tokenizer gives is a mapping, too, but none of Python's own.
    named = bool(rest) and (isinstance(rest[-1], Mapping) or hasattr(rest[-1], "keys"))
    kwargs = dict(rest.pop()) if named else {}
    return Named(place, model, tuple(rest), kwargs, tokenizer)


# Hugging Face.


def _pretrained(name: str, text: str, target: str, generate: int) -> Named:
    transformers = _transformers()
    folder = Path(name)
    _refuse_folder(name, folder)
    try:
        config = _fetched(name, transformers.AutoConfig)
        _refuse_endless(name, config)
        tokenizer = _tokenizer(name, folder, transformers)
        model = _fetched(
            name,
            getattr(transformers, _auto_class(config)),
            use_safetensors=True,
            attn_implementation="eager",
        )
        given = _tokens(name, text, tokenizer, config)
    except SheetformerError:
        raise
    except Exception as error:
        # What loaders raise for a cut or absurd file is of many classes, and theirs to choose.
        raise FileError(f"{name}: {_reason(error)}") from error
    _refuse_long(name, "text", given["input_ids"], config, tokenizer, generate)
    title = folder.name if folder.is_dir() else name
    if generate:
        if not hasattr(model, "generate") or not model.can_generate():
            raise UnsupportedError(f"{name} writes no text, so there is nothing to generate")
        # It never stops before: another text that is typed is followed as far.
        count = {"max_new_tokens": generate, "min_new_tokens": generate}
        greedy = {"do_sample": False, "num_beams": 1}
        return Named(title, model.eval().generate, (), given | count | greedy, tokenizer)
    if config.is_encoder_decoder:
        given["decoder_input_ids"] = _decoder_input(model, tokenizer, given, target)
        _refuse_long(name, "target", given["decoder_input_ids"], config, tokenizer)
    return Named(title, model.eval(), (), given | {"use_cache": False}, tokenizer)


def last_logits(found: Named) -> Mapping[str, Any]:
    """What a language model is told to give logits for its last token alone, where it can."""
    forward = getattr(found.model, "forward", None)
    known = forward is not None and "logits_to_keep" in inspect.signature(forward).parameters
    return {"logits_to_keep": 1} if known else {}


def _tokenizer(name: str, folder: Path, transformers: Any) -> Any:
    """The tokenizer, or None for a folder that has none."""
    # Without these files transformers would make up one that knows no word.
    kinds = ("tokenizer*", "vocab*", "*.model", "merges.txt", "spiece*", "sentencepiece*")
    if folder.is_dir() and not any(any(folder.glob(kind)) for kind in kinds):
        return None
    return _fetched(name, transformers.AutoTokenizer)


def _tokens(name: str, text: str, tokenizer: Any, config: Any) -> dict[str, Any]:
    """What the model is called with: the tokens of a text, or numbers where nobody knows words.

    Raises:
        SheetformerError: there is no tokenizer, and the text is no list of numbers of tokens.
    """
    if tokenizer is not None:
        return dict(tokenizer(text, return_tensors="pt"))
    import torch

    words, most = text.replace(",", " ").split(), int(getattr(config, "vocab_size", 0))
    if not all(word.isdecimal() and int(word) < most for word in words):
        raise SheetformerError(
            f"{name} has no tokenizer, so the text is the numbers of its tokens, from 0 to "
            f'{most - 1}, such as --text "1 {most // 2} {most - 1}"'
        )
    ids = torch.tensor([[int(word) for word in words]])
    return {"input_ids": ids, "attention_mask": torch.ones_like(ids)}


def _refuse_long(
    name: str, what: str, ids: Any, config: Any, tokenizer: Any, more: int = 0
) -> None:
    """Refuse more tokens than a model has places for.

    Raises:
        SheetformerError: there are more; the message says how many.
    """
    most = [getattr(config, key, None) for key in ("max_position_embeddings", "n_positions")]
    own = getattr(tokenizer, "model_max_length", None)
    limits = [x for x in (*most, own) if isinstance(x, int) and x > 0]
    if limits and more and ids.shape[-1] + more > min(limits):
        raise SheetformerError(
            f"{name} has places for {min(limits)} tokens; the {what} has {ids.shape[-1]}, so it "
            f"cannot write {more} more"
        )
    if limits and ids.shape[-1] > min(limits):
        raise SheetformerError(
            f"{name} reads at most {min(limits)} tokens, and the {what} has {ids.shape[-1]}; give "
            "a shorter one"
        )


def _transformers() -> Any:
    try:
        import transformers
    except ImportError:
        raise SheetformerError(
            "models by their names need transformers; run: pip install 'sheetformer[transformers]'"
        ) from None
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return transformers


def _refuse_folder(name: str, folder: Path) -> None:
    """Say what a folder lacks, or that there is none and it looks like one."""
    if not folder.is_dir():
        if folder.exists() or name.startswith((".", "/", "~")) or name.count("/") > 1:
            raise FileError(
                f"{name}: there is no such folder; a model is a folder with config.json"
            )
        return
    if not (folder / "config.json").is_file():
        raise FileError(f"{name} holds no config.json; save a model there with save_pretrained()")
    if not any(folder.glob("*.safetensors")):
        pickled = sorted(path.name for path in (*folder.glob("*.bin"), *folder.glob("*.pt*")))
        has = f"only pickled weights ({pickled[0]}), which can run any code," if pickled else "none"
        raise FileError(
            f"{name}: weights are read from safetensors files, and it has {has}; save the model "
            "again with save_pretrained() of transformers 5"
        )


def _refuse_endless(name: str, config: Any) -> None:
    """A model of a billion layers would be made before anybody sees that its weights are few."""
    for key, value in config.to_dict().items():
        if "layer" in key and isinstance(value, int) and value > _MOST_LAYERS:
            raise FileError(
                f"{name}: its config.json asks for {value:,} as {key}, which no model has"
            )


def _fetched(name: str, kind: Any, **settings: Any) -> Any:
    """From the folder or the cache, and only then from the hub."""
    settings |= {"trust_remote_code": False}
    try:
        return kind.from_pretrained(name, local_files_only=True, **settings)
    except OSError:
        if Path(name).is_dir():
            raise
    _refuse_without_network(name)
    return kind.from_pretrained(name, **settings)


def _refuse_without_network(name: str) -> None:
    """Ask for the hub once, instead of the many times that its library would."""
    if urllib.request.getproxies():
        return
    hub = urllib.parse.urlsplit(os.environ.get("HF_ENDPOINT", "https://huggingface.co"))
    try:
        port = hub.port or (80 if hub.scheme == "http" else 443)
        socket.create_connection((hub.hostname or "", port), _PATIENCE).close()
    except OSError as error:
        raise FileError(
            f"{name} is no folder here and has not been fetched before, and {hub.hostname} cannot "
            "be reached; give a folder that save_pretrained() has written"
        ) from error


def _auto_class(config: Any) -> str:
    """The Auto class that makes what the weights were saved from."""
    architecture = (config.architectures or [""])[0]
    heads = {
        "ForConditionalGeneration": "AutoModelForSeq2SeqLM",
        "MTModel": "AutoModelForSeq2SeqLM",
        "ForCausalLM": "AutoModelForCausalLM",
        "LMHeadModel": "AutoModelForCausalLM",
        "ForMaskedLM": "AutoModelForMaskedLM",
        "ForSequenceClassification": "AutoModelForSequenceClassification",
        "ForTokenClassification": "AutoModelForTokenClassification",
    }
    return next((auto for end, auto in heads.items() if architecture.endswith(end)), "AutoModel")


def _reason(error: Exception) -> str:
    """What a loader says, as one line, with what to do."""
    message = " ".join(str(error).split())
    if "trust_remote_code" in message or "custom code" in message:
        return "it needs code that comes with it, and such code is not run here"
    if "ignore_mismatched_sizes" in message:
        return "its weights are of other sizes than its config.json says"
    if "safetensors" in message:
        return "it has no weights as safetensors; others can run any code and are not read"
    if not message or isinstance(error, LookupError | AttributeError | TypeError | ArithmeticError):
        message = f"{type(error).__name__}: {message}; is its config.json whole"
    first = message.partition(". ")[0].rstrip(".")
    return f"it cannot be loaded ({first[:200]})"


def _decoder_input(model: Any, tokenizer: Any, given: Mapping[str, Any], target: str) -> Any:
    """What the decoder reads (1, n): the start, then all that it writes but the last token."""
    if not target:
        if not hasattr(model, "generate"):
            raise UnsupportedError('say what its decoder shall read, such as --target "Olá"')
        return model.generate(**given, max_new_tokens=LONGEST_ANSWER, do_sample=False, num_beams=1)[
            :, :-1
        ]
    import torch

    if tokenizer is None:
        raise SheetformerError("there is no tokenizer that could read the target")
    written = tokenizer(text_target=target, return_tensors="pt")["input_ids"]
    start = torch.full((1, 1), int(model.config.decoder_start_token_id or 0))
    return torch.cat([start, written[:, :-1]], dim=1)
