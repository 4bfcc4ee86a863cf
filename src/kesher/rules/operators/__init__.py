"""Operators by the family of types they compare, one file each. Importing this package registers all of them."""

# The order is that of the picker.
# isort: off
from kesher.rules.operators import text  # noqa: F401
from kesher.rules.operators import number  # noqa: F401
from kesher.rules.operators import date  # noqa: F401
from kesher.rules.operators import hebrew  # noqa: F401
from kesher.rules.operators import choice  # noqa: F401
from kesher.rules.operators import choices  # noqa: F401
from kesher.rules.operators import yes_no  # noqa: F401
from kesher.rules.operators import every  # noqa: F401
from kesher.rules.operators.base import (
    FAMILIES,
    OPERATORS,
    TYPES,
    Bind,
    Family,
    Operator,
    operator_of,
    operators_of,
)
# isort: on

__all__ = [
    "FAMILIES",
    "OPERATORS",
    "TYPES",
    "Bind",
    "Family",
    "Operator",
    "operator_of",
    "operators_of",
]
