"""django-allauth's forms of passkeys with a label that is translated: its own is made of the field's name."""

from __future__ import annotations

from typing import Any

from allauth.mfa.webauthn import forms
from django.utils.translation import gettext_lazy as _


def _labelled(form: Any) -> None:
    form.fields["name"].label = _("Name")


class AddPasskeyForm(forms.AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self)


class SignupPasskeyForm(forms.SignupWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self)


class EditPasskeyForm(forms.EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _labelled(self)
