"""Explained assertions for the promises that test modules import."""

import pytest

for _module in (
    "asking",
    "promises_conditions",
    "promises_creating",
    "promises_deleting",
    "promises_hooks",
    "promises_own_conditions",
    "promises_rows",
    "promises_sessions",
    "promises_updating",
    "writing",
):
    pytest.register_assert_rewrite(f"test.contract.{_module}")
