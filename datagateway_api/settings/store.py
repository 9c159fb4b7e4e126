"""What a mode that owns its data has in its section: how its store is reached, and logins."""

from typing import Annotated

from pydantic import AfterValidator, Field

from datagateway_api.settings import values
from datagateway_api.settings.models import Frozen, Seconds, Whole


class StoreSettings(Frozen):
    """A store in a database of the mode's own; the mode itself declares ``db_url``."""

    connection_pool_size: Whole = Field(
        8, ge=2, le=200, description="The most database connections one server process opens."
    )
    connection_timeout: Seconds = Field(
        2, gt=0, description="How long connecting to the database may take, in seconds."
    )
    pool_timeout: Seconds = Field(
        2, gt=0, description="How long a request waits for a free connection, in seconds."
    )
    query_timeout: Seconds = Field(
        30,
        gt=0,
        description="How long one SQL statement may run, or wait for another writer, in seconds.",
    )


class LoginSettings(Frozen):
    """Sessions of users that the mode knows by itself."""

    session_minutes: Whole = Field(
        120, gt=0, description="How long a session lives after login or refresh, in minutes."
    )
    session_cache_seconds: Seconds = Field(
        3,
        ge=0,
        le=60,
        description="How long a session found valid is not looked up again, in seconds.",
    )
    login_failures_per_minute: Whole = Field(
        5, ge=1, description="Failed logins of one user after which further ones have to wait."
    )


DatabaseUrl = Annotated[str, AfterValidator(values.database_url)]
