"""The kinds of nodes, in the order of the palette. Importing this package registers all of them."""

# isort: off
from kesher.journeys.nodes import condition  # noqa: F401
from kesher.journeys.nodes import split  # noqa: F401
from kesher.journeys.nodes import random_split  # noqa: F401
from kesher.journeys.nodes import send  # noqa: F401
from kesher.journeys.nodes import update  # noqa: F401
from kesher.journeys.nodes import wait  # noqa: F401
from kesher.journeys.nodes import wait_until  # noqa: F401
from kesher.journeys.nodes import alert  # noqa: F401
from kesher.journeys.nodes import task  # noqa: F401
from kesher.journeys.nodes import webhook  # noqa: F401
from kesher.journeys.nodes import consent  # noqa: F401
from kesher.journeys.nodes import other_journey  # noqa: F401
from kesher.journeys.nodes import ends  # noqa: F401
# isort: on
