"""The tools that the checks rely on."""

from __future__ import annotations

import importlib.util
import socket
from pathlib import Path
from types import ModuleType

import pytest
from pytest_socket import SocketConnectBlockedError

CHECKOUT = Path(__file__).resolve().parents[2]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"tool_{name}", CHECKOUT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    import sys

    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_phrases_of_templates_and_python_are_found() -> None:
    messages = tool("messages")
    template = (
        """{% load i18n %}{% translate 'Say "hello"' %}{{ x|default:_("nothing") }}"""
        """{% blocktranslate count n=n trimmed %}{{ n }} contact{% plural %}{{ n }} contacts"""
        """{% endblocktranslate %}{% translate "May" context "month" %}"""
    )
    python = b'from x import _, ngettext\n_("Hello %(name)s")\nngettext("one", "many", 2)\n'

    found = set(messages.phrases_of_template(template, "a.html"))

    assert found == {
        messages.Phrase(None, 'Say "hello"'),
        messages.Phrase(None, "nothing"),
        messages.Phrase(None, "%(n)s contact", "%(n)s contacts"),
        messages.Phrase("month", "May"),
    }
    assert set(messages.phrases_of_python(python)) == {
        messages.Phrase(None, "Hello %(name)s"),
        messages.Phrase(None, "one", "many"),
    }


def test_a_translation_with_another_placeholder_is_wrong() -> None:
    messages = tool("messages")
    phrase = messages.Phrase(None, "%(n)s contact", "%(n)s contacts")

    assert messages.wrong_placeholders(phrase, ["איש קשר", "שניים", "%(m)s אנשי קשר"])
    assert not messages.wrong_placeholders(phrase, ["איש קשר", "שניים", "%(n)s אנשי קשר"])


@pytest.mark.parametrize(
    "text",
    [
        "--index-" + "url https://mirror.example/simple",
        "https://registry.npm" + "js.org/x",
        '"resol' + 'ved": "https://mirror.example/x.tgz"',
        "see /ro" + "ot/project",
    ],
)
def test_addresses_of_registries_and_machines_are_refused(tmp_path: Path, text: str) -> None:
    tidiness = tool("tidiness")
    tidiness.CHECKOUT = tmp_path
    (tmp_path / "page.md").write_text(f"first\n{text}\n")

    assert "page.md:2" in tidiness.problems_of(tmp_path / "page.md")[0]


def test_a_test_cannot_reach_another_machine() -> None:
    with (
        pytest.raises(SocketConnectBlockedError),
        socket.create_connection(("192.0.2.1", 80), timeout=1),
    ):
        pass
