"""Starting: from nothing to the first answer."""

from test.support.configured import environment
from test.support.gunicorn import Gunicorn


def test_the_service_answers_soon_after_its_start(sqlite_url, tmp_path, record_property):
    with Gunicorn(tmp_path, environment(sqlite_url, {})) as server:
        server.log_in()
        assert server.get("/investigations/count") == 6
        record_property("seconds_to_first_answer", server.seconds_to_first_answer)
        assert server.seconds_to_first_answer < 10
