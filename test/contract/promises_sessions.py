"""What every backend promises about sessions."""

import pytest

from datagateway_api.backends.base import Backend, Caller, Credentials
from datagateway_api.core import dates
from datagateway_api.core.errors import BadRequest, Forbidden, SessionInvalid
from test.contract.served import Served

ANON = Credentials("anon", "", "")


def logged_in(backend: Backend, credentials: Credentials = ANON) -> Caller:
    return backend.authenticate(backend.login(credentials))


class SessionPromises:
    """Section 2 of the specification."""

    def test_anon_needs_neither_name_nor_password(self, backend):
        assert logged_in(backend).user_name == "anon/anon"

    def test_right_credentials_open_a_session_of_their_user(self, served: Served, backend):
        caller = logged_in(backend, served.right)
        assert caller.user_name == served.user_name
        assert backend.session(caller).user_name == served.user_name

    def test_every_login_opens_a_session_of_its_own(self, served: Served, backend):
        ids = {backend.login(credentials) for credentials in (ANON, ANON, served.right)}
        assert len(ids) == 3
        assert all(len(each) >= 22 for each in ids), "128 random bits take 22 characters"

    def test_wrong_credentials_are_forbidden_and_no_session_problem(self, served: Served):
        backend = served.another_backend()
        messages = set()
        for credentials in served.wrong:
            with pytest.raises(Forbidden) as found:
                backend.login(credentials)
            assert not isinstance(found.value, SessionInvalid)
            messages.add(found.value.message)
        backend.close()
        assert len(messages) == 1, "a message that tells unknown users from known ones"

    @pytest.mark.parametrize("mechanism", ["ldap", "", "ANON", "simple ", "anon'--"])
    def test_an_unknown_mechanism_is_a_bad_request(self, backend, mechanism):
        with pytest.raises(BadRequest):
            backend.login(Credentials(mechanism, "somebody", "something"))

    @pytest.mark.parametrize(
        "session_id", ["unknown", "", "' OR '1'='1", "%", "\N{GRINNING FACE}", "x" * 255]
    )
    def test_an_unknown_session_is_invalid(self, backend, session_id):
        with pytest.raises(SessionInvalid):
            backend.authenticate(session_id)

    def test_a_session_tells_its_id_and_when_it_ends(self, served: Served, backend):
        caller = logged_in(backend)
        session = backend.session(caller)
        assert session.id == caller.session_id
        left = session.expires - dates.now()
        assert abs((left - served.life).total_seconds()) < 60

    def test_refresh_gives_a_session_its_full_life_again(self, served: Served, backend):
        caller = backend.authenticate(served.issue_session("simple/o'brien", served.life / 4))
        before = backend.session(caller).expires
        backend.refresh(caller)
        after = backend.session(caller).expires
        assert after > before
        assert abs((after - dates.now() - served.life).total_seconds()) < 60

    def test_logout_ends_a_session_and_no_other(self, backend):
        caller, other = logged_in(backend), logged_in(backend)
        backend.logout(caller)
        with pytest.raises(SessionInvalid):
            backend.authenticate(caller.session_id)
        assert backend.authenticate(other.session_id) == other

    @pytest.mark.parametrize("method", ["session", "refresh", "logout"])
    def test_a_session_that_has_ended_cannot_be_used_further(self, backend, method):
        caller = logged_in(backend)
        backend.logout(caller)
        with pytest.raises(SessionInvalid):
            getattr(backend, method)(caller)

    def test_a_session_that_icat_issued_is_honoured(self, served: Served, backend):
        session_id = served.issue_session("simple/müller", served.life)
        assert backend.authenticate(session_id) == Caller(session_id, "simple/müller")

    def test_an_expired_session_is_invalid(self, served: Served, backend):
        session_id = served.issue_session("simple/li", -served.life)
        with pytest.raises(SessionInvalid):
            backend.authenticate(session_id)

    @pytest.mark.parametrize("method", ["session", "refresh"])
    def test_an_expired_session_cannot_be_used_further(self, served: Served, backend, method):
        caller = Caller(served.issue_session("simple/li", -served.life), "simple/li")
        with pytest.raises(SessionInvalid):
            getattr(backend, method)(caller)

    def test_two_backends_on_one_catalogue_know_each_others_sessions(self, served: Served, backend):
        other = served.another_backend()
        session_id = other.login(ANON)
        assert backend.authenticate(session_id).session_id == session_id
        other.close()

    def test_a_closed_backend_opens_again_when_used(self, served: Served):
        backend = served.another_backend()
        caller = logged_in(backend)
        backend.close()
        assert backend.authenticate(caller.session_id) == caller
        backend.close()

    def test_a_backend_that_can_be_reached_answers_a_ping(self, backend):
        assert backend.ping() is None
