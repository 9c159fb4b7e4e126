"""A stand-in for ICAT in a process of its own, over any database, for tests of its clients."""

from util.icat_server.process import USERS, IcatServer

__all__ = ["USERS", "IcatServer"]
