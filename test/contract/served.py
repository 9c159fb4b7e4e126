"""What the contract needs of an implementation besides its backend."""

from abc import ABC, abstractmethod
from datetime import timedelta

from datagateway_api.backends.base import Backend, Credentials


class Served(ABC):
    """The small catalogue behind one implementation, and the ways to meddle with its sessions."""

    backend: Backend
    right: Credentials
    """Credentials that are accepted."""
    wrong: tuple[Credentials, ...]
    """Credentials of known mechanisms that are refused."""
    life: timedelta
    """How long a session lives after login or refresh."""
    user_name: str
    """Whose session the right credentials open, as ``mechanism/name``."""

    @abstractmethod
    def another_backend(self) -> Backend:
        """Return a further backend on the same catalogue, as a second server process has it."""

    @abstractmethod
    def issue_session(self, user_name: str, life: timedelta) -> str:
        """Have ICAT itself open a session, in the past where its life is negative."""
