"""ICAT's authorisation: who may do what with which objects."""

from util.icat_server.rules.derive import DerivedRule
from util.icat_server.rules.engine import ALL, Applicable, Grant, Rules

__all__ = ["ALL", "Applicable", "DerivedRule", "Grant", "Rules"]
