"""A published journey's steps send versions of their messages: they stay as long as its own version does."""

from kesher.content.sweeping import VERSION_USERS, VersionUser

VERSION_USERS.register(
    VersionUser(
        "journeys",
        "v.id IN (SELECT (step.value ->> 'version')::bigint FROM journey_version j"
        " CROSS JOIN LATERAL jsonb_each(j.messages) AS step(key, value) WHERE step.value ->> 'version' IS NOT NULL)",
    )
)
