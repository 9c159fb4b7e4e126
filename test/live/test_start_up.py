"""Starting: from nothing to the first answer."""

from test.support.catalogue import fill
from test.support.configured import environment
from test.support.gunicorn import Gunicorn


def test_the_service_answers_soon_after_its_start(sqlite_server, tmp_path, record_property):
    url = sqlite_server.create_database()
    fill(url)
    with Gunicorn(tmp_path, environment(url, {})) as server:
        server.log_in()
        assert server.get("/investigations/count") == 6
        record_property("seconds_to_first_answer", server.seconds_to_first_answer)
        assert server.seconds_to_first_answer < 10
