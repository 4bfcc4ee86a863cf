from kesher.messages.tests.conftest import *  # noqa: F403  (the same content and plans)
