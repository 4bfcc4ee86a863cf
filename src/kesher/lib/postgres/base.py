"""Django's backend for PostgreSQL with `Pool` in place of psycopg's."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.backends.postgresql.base import DatabaseWrapper as Postgres

from kesher.lib.postgres.pool import Pool


class DatabaseWrapper(Postgres):
    _connection_pools: ClassVar[dict[str, Pool]] = {}

    @property
    def pool(self) -> Any:
        """One for each alias and process, made when it is first asked for; None where settings want none."""
        options = self.settings_dict["OPTIONS"].get("pool")
        if not options or self.alias == "__no_db__":
            return None
        if self.alias not in self._connection_pools:
            made = Pool(
                kwargs={**self.get_connection_params(), "autocommit": True},
                open=False,
                configure=self._configure_connection,  # type: ignore[attr-defined]
                **options,
            )
            self._connection_pools.setdefault(self.alias, made)
        return self._connection_pools[self.alias]
