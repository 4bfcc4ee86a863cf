"""Messages show their version for as long as they are there. Of tests, only for a while."""

from kesher.content.sweeping import VERSION_USERS, VersionUser

# A test mail's "view in browser" works for a season; nobody looks at it later, and each test makes a version.
VERSION_USERS.register(
    VersionUser(
        "messages",
        "EXISTS (SELECT 1 FROM message m WHERE m.version_id = v.id"
        " AND (m.source <> 'test' OR m.queued_at > %(now)s::timestamptz - interval '90 days'))",
    )
)
