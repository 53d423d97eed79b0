"""The documentation as a site: `make docs` builds it into dist/docs, with nothing from a network.

The pages are plain Markdown and read well as files, too. What only the site has is made while it is
built: its tree of contents (from the lists of the index pages), and the reference.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "Sheetformer"
language = "en"
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    *("contents", "formulas", "languages", "reference"),
]
root_doc = "index"
exclude_patterns = ["_*"]
highlight_language = "text"
# Single backticks in docstrings are code, as they are in the pages.
default_role = "code"
nitpicky = True
# Types in signatures are of the inside, or of other projects: they stand as they are.
nitpick_ignore_regex = [("py:.*", ".*")]

myst_heading_anchors = 4

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
python_maximum_signature_line_length = 80
napoleon_use_rtype = False
toc_object_entries = False

html_theme = "furo"
html_title = "Sheetformer"
html_logo = "_static/logo.svg"
html_favicon = "_static/logo.svg"
html_static_path = ["_static"]
html_css_files = ["sheetformer.css"]
templates_path = ["_templates"]
html_copy_source = False
html_show_sphinx = False
html_use_index = False
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/search.html",
        "languages.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
