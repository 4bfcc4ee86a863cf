"""The look of a mail from the few colours that its theme names."""

from __future__ import annotations

from typing import Any

from kesher.content.colours import contrast, luminance, mix

FONTS = {
    "sans": "Arial, 'Helvetica Neue', Helvetica, sans-serif",
    "serif": "Georgia, 'David Libre', David, 'Times New Roman', serif",
}


def full_theme(given: dict[str, Any]) -> dict[str, Any]:
    """The document's theme and what follows from it: ink for headings, muted text, lines, links."""
    text, surface, background = given["text"], given["surface"], given["background"]
    dark_page = luminance(surface) < 0.2
    return {
        **given,
        "ink": mix(text, "#ffffff" if dark_page else "#000000", 0.72),
        "muted": _readable(mix(text, background, 0.68), text, background),
        "line": mix(text, surface, 0.16),
        "link": _readable(given["color"], text, surface),
        "family": FONTS[given["font"]],
        "dark_link": mix(given["color"], "#ffffff", 0.45),
        "adapts": luminance(surface) > 0.6,
    }


def _readable(colour: str, otherwise: str, background: str) -> str:
    return colour if contrast(colour, background) >= 4.5 else otherwise


def styles(theme: dict[str, Any]) -> str:
    """The style sheet of a mail: what inline styles cannot say, phones and dark mode."""
    phone = (
        "@media only screen and (max-width:479px){"
        ".k-b{padding-left:22px !important;padding-right:22px !important}"
        ".k-c{padding-left:6px !important;padding-right:6px !important}"
        ".k-card{border-radius:0 !important}}"
    )
    base = ":root{color-scheme:light dark;supported-color-schemes:light dark}a{text-decoration:underline}"
    if not theme["adapts"]:  # a page that is dark already is left as its owner drew it
        return base.replace("light dark", "only light") + phone
    rules = (
        ("body,.k-body", "background:#111817 !important"),
        (".k-card,.k-card>table", "background:#1a2422 !important"),
        (".k-ink,.k-ink div", "color:#e6edeb !important"),
        (".k-muted,.k-muted div", "color:#9db0ab !important"),
        ("a.k-l", f"color:{theme['dark_link']} !important"),
        (".k-muted a", "color:#b5c6c1 !important"),
        (".k-line p", "border-top-color:#34433f !important"),
        (
            ".k-outline a,.k-outline td",
            f"background:#1a2422 !important;color:{theme['dark_link']} !important;"
            f"border-color:{theme['dark_link']} !important",
        ),
    )
    dark = "".join(f"{selector}{{{rule}}}" for selector, rule in rules)
    outlook = "".join(
        ",".join(f"[data-ogsc] {part}" for part in selector.split(",")) + f"{{{rule}}}"
        for selector, rule in rules[2:5]
    )
    return f"{base}{phone}@media (prefers-color-scheme:dark){{{dark}}}{outlook}"
