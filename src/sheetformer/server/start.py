"""The start page: every lesson with a form for one's own words, in every language."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from html import escape
from typing import Any

from sheetformer.language import find_language, languages, translate, use_language
from sheetformer.server.book_request import EXAMPLE_SENTENCE, LONGEST_TEXT, TRANSLATE
from sheetformer.server.pictures import picture

_STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1f2937, #e5e9f0);
  --quiet: light-dark(#566071, #a3adbd); --navy: light-dark(#1f3a5f, #a9c7ee);
  --fill: light-dark(#1f3a5f, #24456f); --page: light-dark(#f4f6f9, #0f141c);
  --card: light-dark(#fff, #171e29); --line: light-dark(#d5dae1, #323d4d);
  --select: light-dark(#1d4ed8, #7fa8ff); }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", Arial,
  sans-serif; }
header, main, footer { max-width: 1160px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 36px; display: flex; flex-wrap: wrap; gap: 8px 24px; align-items: baseline; }
h1 { margin: 0; font-size: 30px; letter-spacing: -.02em; color: var(--navy); }
.lead { margin: 8px 0 0; max-width: 62ch; font-size: 17px; }
h2 { font-size: 15px; color: var(--quiet); margin: 32px 0 10px; font-weight: 600; }
ol { list-style: none; margin: 0; padding: 0; display: grid; gap: 16px;
  grid-template-columns: repeat(auto-fill, minmax(min(340px, 100%), 1fr)); }
li { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 18px;
  display: flex; flex-direction: column; }
h3 { margin: 0 0 4px; font-size: 18px; line-height: 1.3; color: var(--navy); }
li p { margin: 0 0 12px; color: var(--quiet); }
form { display: flex; flex-wrap: wrap; gap: 10px; margin-top: auto; align-items: end; }
label { flex: 1 1 100%; font-size: 13px; color: var(--quiet); }
label.short { flex: 1 1 40%; }
input, select, button { font: inherit; color: inherit; width: 100%; min-height: 40px;
  border-radius: 8px; border: 1px solid var(--line); background: var(--page); padding: 6px 10px; }
input, select { color: var(--ink); font-size: 16px; }
button { background: var(--fill); color: #fff; border: 0; font-weight: 600; cursor: pointer; }
button:hover { filter: brightness(1.15); }
a { color: var(--select); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; }
nav [aria-current] { color: var(--quiet); text-decoration: none; }
:focus-visible { outline: 2px solid var(--select); outline-offset: 2px; }
details { margin-top: 24px; } summary { cursor: pointer; color: var(--quiet); }
details p { columns: 12rem; font-size: 14px; margin: 4px 0 16px; }
footer { padding: 28px 24px 40px; color: var(--quiet); font-size: 14px; }
.skip { position: absolute; top: -60px; left: 8px; } .skip:focus { top: 8px; }
.problem { background: var(--card); border: 1px solid var(--line); border-radius: 14px;
  padding: 18px; margin-top: 24px; overflow-wrap: anywhere; }
.problem h2 { margin: 0; }
.problem form { margin-top: 14px; max-width: 620px; }
.slip { margin: 6px 0 0; } mark { background: light-dark(#f6c9c4, #4c1f1d); color: inherit;
  border-bottom: 2px solid light-dark(#7f1d1d, #ffb3aa); }
.picture { float: right; margin-left: 10px; fill: none; stroke: var(--quiet); stroke-width: 2; }
.picture .bold { stroke: light-dark(#d9731a, #f0994a); stroke-width: 3.5; }
.first { border: 2px solid var(--select); } .here { font-weight: 600; color: var(--select); }
"""


def start_policy() -> str:
    """The Content-Security-Policy of pages without scripts: one style, forms to this server."""
    digest = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    )


@cache
def start_page(language: str, base: str = "") -> str:
    """The list of lessons with their forms; `base` is what addresses begin with."""
    text = find_language(language).table("server")
    lessons = "".join(_lessons(language, base))
    known = "".join(_known_words(text))
    body = (
        f'<a class="skip" href="#lessons">{text["skip"]}</a>'
        f"<header><h1>{text['title']}</h1>"
        f"{languages_nav(language, lambda code: f'{base}/?lang={code}')}</header>"
        f'<main id="lessons"><p class="lead">{text["lead"]}</p>'
        f"<h2>{text['lessons']}</h2><ol>{lessons}</ol>"
        f"<details><summary>{text['words']}</summary>{known}</details></main>"
        f"<footer>{text['private']}</footer>"
    )
    return document(text["title"], body, language)


def problem_page(
    sentence: str, language: str, base: str = "", form: str = "", nav: str = ""
) -> str:
    """One sentence, the form that it is about where there is one, and the way back."""
    text = find_language(language).table("server")
    body = (
        f"<header><h1>{text['title']}</h1>{nav}</header><main>"
        f'<div class="problem" role="alert"><h2>{text["problem"]}</h2><p>{escape(sentence)}</p>'
        f'{form}<p><a href="{base}/?lang={language}">{text["back"]}</a></p></div></main>'
    )
    return document(text["problem"], body, language)


def form_of(
    name: str, language: str, base: str, typed: Mapping[str, str], below: Mapping[str, str]
) -> str:
    """The form of a lesson or the translator as it was typed, with what is said below a field."""
    from sheetformer.lessons import LESSONS

    text = find_language(language).table("server")
    if name != TRANSLATE and name not in LESSONS:
        return ""
    title, _ = title_and_summary(name, language)
    defaults = {"sentence": EXAMPLE_SENTENCE} if name == TRANSLATE else LESSONS[name].options
    fields = "".join(
        _field(key, typed.get(key, default), text, key in below) + below.get(key, "")
        for key, default in defaults.items()
    )
    return _form(_address(name, base), title, fields + _style_field(text, typed), language)


def _address(name: str, base: str) -> str:
    return f"{base}/{TRANSLATE}" if name == TRANSLATE else f"{base}/lessons/{name}"


def languages_nav(language: str, address: Callable[[str], str]) -> str:
    """A link to this page in every language; `address` gives that of a language's code."""
    text = find_language(language).table("server")
    links = "".join(_link(code, code == language, address(code)) for code in languages())
    return f'<nav aria-label="{escape(text["languages"])}">{links}</nav>'


def _link(code: str, here: bool, address: str) -> str:
    current = ' aria-current="true"' if here else ""
    return (
        f'<a href="{escape(address)}" lang="{code}" hreflang="{code}"{current}>'
        f"{escape(find_language(code).name)}</a>"
    )


def document(title: str, body: str, language: str, icon: str = "") -> str:
    """A whole page without scripts, in the style of the start page; `icon` is an address."""
    link = icon and f'<link rel="icon" href="{icon}">'
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title>{link}<style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def title_and_summary(name: str, language: str) -> tuple[str, str]:
    """What a lesson, or the translator, is called in a language, and what it is about."""
    from sheetformer.lessons import LESSONS

    if name == TRANSLATE:
        text = find_language(language).table("server")
        return text["translator"], text["translator_summary"]
    with use_language(find_language(language, name)):
        return translate(LESSONS[name].title), translate(LESSONS[name].summary)


def _lessons(language: str, base: str) -> Iterator[str]:
    """A card a lesson; the translator is the last."""
    from sheetformer.lessons import LESSONS

    for number, name in enumerate([*LESSONS, TRANSLATE], start=1):
        title, summary = title_and_summary(name, language)
        form = form_of(name, language, base, {}, {})
        head = card_head(number, name, escape(title), language)
        first = ' class="first"' if number == 1 else ""
        yield f"<li{first}>{head}<p>{escape(summary)}</p>{form}</li>"


def card_head(number: int, name: str, title: str, language: str) -> str:
    """The picture, number and title of a lesson; of the first one also that it is the beginning."""
    here = find_language(language).table("server")["start_here"]
    begin = f'<p class="here">{here}</p>' if number == 1 else ""
    return f"<div>{picture(name)}{begin}<h3>{number}. {title}</h3></div>"


def _form(address: str, title: str, fields: str, language: str) -> str:
    text = find_language(language).table("server")
    return (
        f'<form action="{address}" method="get"><input type="hidden" name="lang" '
        f'value="{language}">{fields}<button aria-label="{escape(text["open"])}: '
        f'{escape(title)}">{text["open"]}</button></form>'
    )


def _field(name: str, default: Any, text: Mapping[str, str], is_wrong: bool = False) -> str:
    """A field of a form; sentences take a whole line."""
    label = escape(text.get(name, name.replace("_", " ").capitalize()))
    value = escape("" if default is None else str(default))
    longest = f'maxlength="{LONGEST_TEXT}"'
    wrong = ' aria-invalid="true" autofocus' if is_wrong else ""
    if isinstance(default, str):
        hint = f' title="{escape(text["hint"])}"' if name in ("source", "target") else ""
        return (
            f'<label>{label}<input name="{escape(name)}" value="{value}" {longest} '
            f'autocomplete="off" spellcheck="false"{hint}{wrong}></label>'
        )
    kind = 'type="number" step="any"' if isinstance(default, int | float) else longest
    return (
        f'<label class="short">{label}<input name="{escape(name)}" value="{value}" {kind}></label>'
    )


def _style_field(text: Mapping[str, str], typed: Mapping[str, str]) -> str:
    choices = "".join(
        f'<option value="{style}"{" selected" if typed.get("formulas") == style else ""}>'
        f"{text[style]}</option>"
        for style in ("matrix", "cell")
    )
    return f'<label>{text["formulas"]}<select name="formulas">{choices}</select></label>'


def _known_words(text: Mapping[str, str]) -> Iterator[str]:
    from sheetformer.lessons import vocabulary

    for language, words in zip(("english", "portuguese"), vocabulary(), strict=True):
        listed = ", ".join(map(escape, words))
        yield f"<h3>{text[language]}</h3><p>{listed}</p>"
