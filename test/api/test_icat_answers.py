"""The tests of answers and of the order of checks once more, over ICAT.

Every answer is validated against the app's own OpenAPI document, as over the database.
"""

from collections.abc import Iterator

import pytest

from test.api import test_answers, test_order_of_checks
from test.contract.icats import EVERYBODY_IS_ROOT, served_icat
from test.support.catalogue import app_over, client_of
from test.support.checked import CheckedClient, checked

OF_DATABASES = (
    "sqlite",
    "databases",
    "53_entities",
    "every_database",
    "two_apps",
    "everything_lies",
    "url_prefix",
)


@pytest.fixture(scope="module")
def client(tmp_path_factory) -> Iterator[CheckedClient]:
    """A client of the small catalogue over ICAT, with an anonymous session."""
    with served_icat(tmp_path_factory.mktemp("icat"), *EVERYBODY_IS_ROOT) as icat:
        app = app_over(icat.db_url, backend="python_icat", icat_url=icat.server.base)
        with client_of(app) as plain:
            yield checked(plain)


stranger = test_order_of_checks.stranger
for _module in (test_answers, test_order_of_checks):
    for _name, _test in vars(_module).items():
        if _name.startswith("test_") and not any(word in _name for word in OF_DATABASES):
            globals()[_name] = _test
