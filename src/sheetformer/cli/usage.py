"""What Typer says of a wrong command line, in sentences of ours: those can be translated."""

from __future__ import annotations

import re
from typing import Any

_SENTENCES = (
    (
        r"No such command (?P<name>'.*')\. Did you mean (?P<near>.+)\?",
        "there is no command {name}; did you mean {near}?",
    ),
    (r"No such command (?P<name>'.*')\.", "there is no command {name}; see {help}"),
    (
        r"No such option: (?P<name>.+) \(Possible options: (?P<near>.+)\)",
        "there is no option {name}; did you mean {near}?",
    ),
    (r"No such option: (?P<name>.+)", "there is no option {name}; see {help}"),
    (
        r"Invalid value for '(?P<name>.+?)': Value error, (?P<value>'.*') is not one of"
        r" (?P<known>.+?)\.?",
        "{name} cannot be {value}; it can be {known}",
    ),
    (
        r"Invalid value for '(?P<name>.+?)': Input should be a valid integer.*",
        "{name} must be a whole number; see {help}",
    ),
    (
        r"Invalid value for '(?P<name>.+?)': Input should be a valid number.*",
        "{name} must be a number; see {help}",
    ),
    (
        r"Invalid value for '(?P<name>.+?)': Input should be less than or equal to (?P<most>.+)",
        "{name} must be at most {most}; see {help}",
    ),
    (
        r"Invalid value for '(?P<name>.+?)': Input should be greater than or equal to"
        r" (?P<least>.+)",
        "{name} must be at least {least}; see {help}",
    ),
    (
        r"Got unexpected extra argument\(?s?\)? \((?P<words>.*)\)",
        "nothing belongs there: {words}; put a sentence into quotes, or see {help}",
    ),
    (r"Option '(?P<name>.+)' requires an argument\.", "{name} needs a value; see {help}"),
    (r"Option '(?P<name>.+)' does not take a value\.", "{name} takes no value; see {help}"),
    (r"Missing (?:argument|option|parameter) '(?P<name>.+?)'.*", "{name} is missing; see {help}"),
)


def usage_sentence(error: Any) -> str:
    """The sentence for one of Typer's errors; where there is none, what Typer says."""
    message = error.format_message().strip()
    context = getattr(error, "ctx", None)
    page = f"{context.command_path if context else 'sheetformer'} --help"
    for pattern, sentence in _SENTENCES:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            # Words of no letter, as "" gives, would leave a hole.
            said = {name: words.strip() or "''" for name, words in found.groupdict().items()}
            if "name" in said:
                # Of --steps' / '-n the first one, which the page of help writes in full.
                said["name"] = said["name"].partition("' / '")[0]
            if message.startswith("Missing argument"):
                # As the page of help writes it: “file is missing” sounds as if one were gone.
                said["name"] = said["name"].upper()
            return sentence.format(help=page, **said)
    return f"{message.rstrip('.')}; see {page}"
