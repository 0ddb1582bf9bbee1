"""Every text of the page, from one file: `texts.toml`. Templates and scripts use their names."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from importlib import resources
from operator import getitem
from typing import Any

from flask import Blueprint, Flask, Response, request
from markupsafe import Markup

_ALL = 100  # percent


@dataclass(frozen=True, slots=True)
class TextCatalog:
    """Finds texts by their names, such as `try.heading`. Raises KeyError for an unknown name."""

    texts: Mapping[str, Any]

    def __call__(self, name: str, /, **values: object) -> str:
        """Return a text with its values filled in."""
        return str(self.get(name)).format(**values)

    def get(self, name: str) -> Any:
        """Return the text, list or table of this name."""
        return reduce(getitem, name.split("."), self.texts)

    def count(self, name: str, number: int, /, **values: object) -> str:
        """Return a text in the singular or the plural."""
        form = "one" if number == 1 else "other"
        return self(f"{name}.{form}", number=f"{number:,}", **values)

    def percent(self, share: float, *, in_words: bool = False) -> str:
        """Return a share from 0 to 1 as a whole percentage; none is rounded to 0% or 100%."""
        number = round(share * 100)
        if number == _ALL and share < 1:
            return self("percent.above_words" if in_words else "percent.above")
        if number == 0 < share:
            return self("percent.below_words" if in_words else "percent.below")
        return self("percent.value", number=number)


def load_catalog() -> TextCatalog:
    """Read `texts.toml`."""
    return TextCatalog(
        tomllib.loads(resources.files("web").joinpath("texts.toml").read_text("utf-8"))
    )


def prose(text: str) -> Markup:
    """Return HTML that shows `words in backticks` as code."""
    parts = text.split("`")
    return Markup("").join(  # join escapes plain strings
        Markup("<code>{}</code>").format(part) if number % 2 else part
        for number, part in enumerate(parts)
    )


def register_catalog(app: Flask, say: TextCatalog) -> None:
    """Give the texts to templates, and to scripts as a module."""
    app.jinja_env.globals.update(say=say, prose=prose)
    blueprint = Blueprint("texts", __name__)
    module = f"export const texts = {json.dumps(say.get('scripts'), ensure_ascii=False)};\n"

    @blueprint.get("/texts.js")
    def script() -> Response:
        response = Response(module, mimetype="text/javascript")
        response.add_etag()
        response.cache_control.no_cache = True
        response.make_conditional(request)
        return response

    app.register_blueprint(blueprint)
