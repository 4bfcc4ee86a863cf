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


def styles(theme: dict[str, Any], dark_colours: dict[str, str]) -> str:
    """The style sheet of a mail: what inline styles cannot say, phones and dark mode.

    `dark_colours` are colours that words have of their own, and the class of each.
    """
    phone = (
        "@media only screen and (max-width:479px){"
        ".k-b{padding-left:22px !important;padding-right:22px !important}"
        ".k-c{padding-left:2px !important;padding-right:2px !important}.k-col{padding-bottom:14px !important}"
        ".k-card{border-radius:0 !important}}"
    )
    base = ":root{color-scheme:light dark;supported-color-schemes:light dark}a{text-decoration:underline}"
    if not theme["adapts"]:  # a page that is dark already is left as its owner drew it
        return base.replace("light dark", "only light") + phone
    rules: tuple[tuple[str, str], ...] = (
        ("body,.k-body", "background:#111817 !important"),
        (".k-card,.k-card>table", "background:#1a2422 !important"),
        ("td.k-g", "background:#26342f !important"),
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
    rules += tuple(
        (f".{name},.{name} div", f"color:{_lighter(colour)} !important")
        for colour, name in dark_colours.items()
    )
    dark = "".join(f"{selector}{{{rule}}}" for selector, rule in rules)
    outlook = "".join(
        ",".join(f"[data-ogsc] {part}" for part in selector.split(",")) + f"{{{rule}}}"
        for selector, rule in rules[3:6]
    )
    return f"{base}{phone}@media (prefers-color-scheme:dark){{{dark}}}{outlook}"


def _lighter(colour: str) -> str:
    """The colour as it can be read on a dark page."""
    return next(
        (
            tried
            for share in (1.0, 0.75, 0.6, 0.45, 0.3)
            if contrast(tried := mix(colour, "#ffffff", share), "#1a2422") >= 4.5
        ),
        "#e6edeb",
    )
