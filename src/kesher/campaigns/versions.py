"""A campaign's report and its A/B test are about versions: they stay as long as it does."""

from kesher.content.sweeping import VERSION_USERS, VersionUser

VERSION_USERS.register(
    VersionUser(
        "campaigns",
        "EXISTS (SELECT 1 FROM campaign c WHERE c.version_id = v.id)"
        " OR EXISTS (SELECT 1 FROM campaign_variant c WHERE c.version_id = v.id)",
    )
)
