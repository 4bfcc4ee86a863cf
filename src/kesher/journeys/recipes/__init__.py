"""Ready-made flows, in the order of the gallery. Importing this package registers all of them."""

# isort: off
from kesher.journeys.recipes import installing  # noqa: F401  (its undo)
from kesher.journeys.recipes import student  # noqa: F401
from kesher.journeys.recipes import guard  # noqa: F401
from kesher.journeys.recipes import visits  # noqa: F401
from kesher.journeys.recipes import scoring  # noqa: F401
from kesher.journeys.recipes import birthdays  # noqa: F401
from kesher.journeys.recipes import hebrew_days  # noqa: F401
from kesher.journeys.recipes import holidays  # noqa: F401
from kesher.journeys.recipes import renewal  # noqa: F401
from kesher.journeys.recipes import interests  # noqa: F401
from kesher.journeys.recipes import feedback  # noqa: F401
from kesher.journeys.recipes import asking  # noqa: F401
from kesher.journeys.recipes import unreachable  # noqa: F401
from kesher.journeys.recipes import immediate  # noqa: F401
from kesher.journeys.recipes import payment  # noqa: F401
from kesher.journeys.recipes import travel  # noqa: F401
from kesher.journeys.recipes import ages  # noqa: F401
from kesher.journeys.recipes import families  # noqa: F401
from kesher.journeys.recipes import updates  # noqa: F401
from kesher.journeys.recipes import survey  # noqa: F401
from kesher.journeys.recipes import quiz  # noqa: F401
from kesher.journeys.recipes import exam  # noqa: F401
from kesher.journeys.recipes import trivia  # noqa: F401
# isort: on
