"""Pages in other languages: their own tree at the side, their own words around, and a switch."""

from __future__ import annotations

from typing import Any

from sphinx import addnodes
from sphinx.environment.adapters.toctree import TocTree

ENGLISH = "en"
"""Its pages stand in no folder of their own."""
FIRST = {"en": "index", "pt": "pt/index", "es": "es/index"}
"""Language → its first page."""
NAMES = {"en": "English", "pt": "Português", "es": "Español"}
COURSE = "lessons/"
"""The folder whose pages stand in a folder for each language of their own."""
WORDS = {
    "pt": {
        "Search": "Buscar",
        "On this page": "Nesta página",
        "Next": "Próxima",
        "Previous": "Anterior",
        "Home": "Início",
        "Skip to content": "Ir para o conteúdo",
        "Back to top": "Voltar ao topo",
        "Made with": "Feito com",
    },
    "es": {
        "Search": "Buscar",
        "On this page": "En esta página",
        "Next": "Siguiente",
        "Previous": "Anterior",
        "Home": "Inicio",
        "Skip to content": "Ir al contenido",
        "Back to top": "Volver arriba",
        "Made with": "Hecho con",
    },
}
"""What the theme says around a page."""
BEFORE_THE_THEME = 400


def language_of(page: str) -> str:
    """The language of a page, which its folder says."""
    folder = page.removeprefix(COURSE).partition("/")[0]
    return folder if folder in WORDS else ENGLISH


def same_page(page: str, code: str, pages: set[str]) -> str:
    """The page in another language, or the first one of that language."""
    course = COURSE if page.startswith(COURSE) else ""
    bare = page.removeprefix(course).removeprefix(f"{language_of(page)}/")
    other = course + ("" if code == ENGLISH else f"{code}/") + bare
    return other if other in pages else FIRST[code]


def dress(app: Any, page: str, _template: str, context: dict[str, Any], _tree: Any) -> None:
    """Give a page the surroundings of its language."""
    if page not in app.env.found_docs:
        return
    code = language_of(page)
    if code in WORDS:
        words, english = WORDS[code], context.get("gettext", str)
        context["language"], context["master_doc"] = code, FIRST[code]
        context["gettext"] = lambda text: words.get(text.strip()) or english(text)
    context["toctree"] = lambda **_: contents(app, page, FIRST[code])
    context["languages"] = [
        (other, name, context["pathto"](same_page(page, other, app.env.found_docs)))
        for other, name in NAMES.items()
    ]
    context["language_here"] = code
    _parent, before, after = app.builder.relations.get(page, (None, None, None))
    for side, other in (("prev", before), ("next", after)):
        if other and language_of(other) != code:
            context[side] = None


def contents(app: Any, page: str, first: str) -> str:
    """The tree that begins at a first page, as a page of it shows it."""
    adapter = TocTree(app.env)
    how: dict[str, Any] = {"maxdepth": 2, "titles_only": True, "includehidden": True}
    found = app.env.get_doctree(first).findall(addnodes.toctree)
    trees = [tree for one in found if (tree := adapter.resolve(page, app.builder, one, **how))]
    whole, *others = trees
    for tree in others:
        whole.extend(tree.children)
    return app.builder.render_partial(whole)["fragment"]


def setup(app: Any) -> dict[str, bool]:
    """Join the build."""
    app.connect("html-page-context", dress, priority=BEFORE_THE_THEME)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
