"""Field types, one file each. Importing this package registers all of them."""

# The order is that of the picker.
# isort: off
from kesher.contacts.fields import text  # noqa: F401
from kesher.contacts.fields import long_text  # noqa: F401
from kesher.contacts.fields import number  # noqa: F401
from kesher.contacts.fields import date  # noqa: F401
from kesher.contacts.fields import date_time  # noqa: F401
from kesher.contacts.fields import yes_no  # noqa: F401
from kesher.contacts.fields import choice  # noqa: F401
from kesher.contacts.fields import choices  # noqa: F401
from kesher.contacts.fields import rating  # noqa: F401
from kesher.contacts.fields import email  # noqa: F401
from kesher.contacts.fields import phone  # noqa: F401
from kesher.contacts.fields import url  # noqa: F401
from kesher.contacts.fields import signature  # noqa: F401
from kesher.contacts.fields.base import FIELD_TYPES, BadValue, FieldType, Options, ParseContext
# isort: on

__all__ = ["FIELD_TYPES", "BadValue", "FieldType", "Options", "ParseContext"]
