"""A folium map as one page that needs nothing from outside.

Folium's own page links scripts, styles and fonts on four foreign hosts, and branca renders what elements return once
more as a template, so that a name such as ``{{ … }}`` would run. Here scripts are vendored and inlined, data enter the
page once and are never read as a template, and a content security policy with the hashes of our scripts shuts out every
other script and every request.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import folium
from branca.element import Element, Figure
from folium.elements import JSCSSMixin
from folium.features import GeoJsonPopup, GeoJsonTooltip
from folium.template import Template
from jinja2 import Template as PlainTemplate

from qmgis import assets
from qmgis.errors import UnknownKeyError

__all__ = ["Blocks", "CityMap", "json_block"]

_SCRIPTS = ("leaflet/leaflet.js", "own/map.js")
_STYLES = ("leaflet/leaflet.css", "own/map.css")
_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_POLICY = "<!--policy-->"
_FOREIGN = (
    folium.TileLayer,
    folium.raster_layers.WmsTileLayer,
    folium.Icon,
    folium.Popup,
    GeoJsonPopup,
    GeoJsonTooltip,
)


@dataclass(frozen=True)
class Blocks:
    """The parts of a page as markup in which every datum is already escaped."""

    lang: str
    title: str
    before: str
    after: str
    data: str


class _Page(Figure):
    """The document around the map; same content, same bytes."""

    _template = PlainTemplate(
        '<!DOCTYPE html>\n<html lang="{{ this.blocks.lang }}">\n<head>\n<meta charset="utf-8">\n'
        + _POLICY
        + '\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<title>{{ this.blocks.title }}</title>\n"
        "{% for style in this.styles %}<style>\n{{ style }}</style>\n{% endfor %}"
        "{{ this.header.render(**kwargs) }}\n</head>\n<body>\n{{ this.blocks.before }}\n"
        "{{ this.html.render(**kwargs) }}\n{{ this.blocks.after }}\n"
        '<script type="application/json" id="qm-data">{{ this.blocks.data }}</script>\n'
        "{% for script in this.scripts %}<script>\n{{ script }}</script>\n{% endfor %}"
        "<script>\n{{ this.script.render(**kwargs) }}\n</script>\n</body>\n</html>\n"
    )

    def __init__(self, blocks: Blocks) -> None:
        super().__init__(ratio="75%")
        self._id = "page"
        self.blocks = blocks
        self.header = Element("")
        self.header._parent = self
        self.styles = [assets.read(name) for name in _STYLES]
        self.scripts = [assets.read(name) for name in _SCRIPTS]

    def render(self, **kwargs: Any) -> str:
        """Return the page, with a policy that lets only its own scripts run."""
        for element in _below(self):
            _require_offline(element)
        text: str = super().render(**kwargs).replace("\r\n", "\n")
        hashes = " ".join(f"'sha256-{_digest(script)}'" for script in dict.fromkeys(_SCRIPT.findall(text)))
        policy = (
            f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        )
        meta = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
        return text.replace(_POLICY, meta, 1)


class CityMap(folium.Map):
    """A folium map that carries its scripts with it; elements that would fetch anything raise when it is rendered."""

    default_js: list[tuple[str, str]] = []  # noqa: RUF012  (folium's own shape)
    default_css: list[tuple[str, str]] = []  # noqa: RUF012
    _template = Template(
        """
        {% macro html(this, kwargs) %}
            <div class="folium-map" id={{ this.get_name()|tojson }} role="region" aria-label={{ this.label|tojson }}
              ></div>
        {% endmacro %}
        {% macro script(this, kwargs) %}
            var {{ this.get_name() }} = L.map({{ this.get_name()|tojson }}, {
                center: {{ this.location|tojson }}, zoom: 11, zoomSnap: 0.25, zoomControl: false,
                attributionControl: false, minZoom: 4, maxZoom: 19,
            });
            qmgisMap({{ this.get_name() }});
        {% endmacro %}
        """
    )

    def __init__(self, blocks: Blocks, *, centre: tuple[float, float], label: str) -> None:
        super().__init__(location=centre, tiles=None)
        self._id = "qmgis"
        self.label = label
        _Page(blocks).add_child(self, name=self.get_name())


def json_block(data: object) -> str:
    r"""Return data as JSON that cannot end the script element it stands in.

    Examples
    --------
    >>> json_block({"a": "</script>"})
    '{"a":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for sign in ("<", ">", "&", "\u2028", "\u2029"):
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


def _below(element: Element) -> Iterator[Element]:
    for child in element._children.values():
        yield child
        yield from _below(child)


def _require_offline(element: Element) -> None:
    """Raise where an element of folium would fetch scripts, styles or tiles, or write data as markup."""
    links = [name for name, _ in (*element.default_js, *element.default_css)] if isinstance(element, JSCSSMixin) else []
    if links or isinstance(element, _FOREIGN):
        kind = type(element).__name__
        what = f"{kind} ({', '.join(links)})" if links else kind
        raise UnknownKeyError(
            f"The map has an element {what} that needs files from elsewhere or writes names as markup; leave it out, "
            "or vendor its files in assets.",
            de=f"Die Karte enthält ein Element {what}, das Dateien aus dem Netz braucht oder Namen als Markup "
            "schreibt; weglassen oder die Dateien in assets aufnehmen.",
        )


def _digest(script: str) -> str:
    return b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii")
