import pytest

from datagateway_api.core.errors import ConfigurationError
from util.icat_server.authenticators import read_users
from util.icat_server.errors import IcatError, Kind


def written(folder, text):
    path = folder / "users.yaml"
    path.write_text(text)
    return path


def test_without_a_file_the_usual_users_may_log_in():
    found = read_users(None)
    assert [each.mnemonic for each in found] == ["simple", "anon"]
    assert found.user_name("simple", {"username": "root", "password": "root"}) == "simple/root"
    assert found.user_name("anon", {}) == "anon/anon"


def test_a_file_says_who_may_log_in(tmp_path):
    found = read_users(written(tmp_path, "db: {müller: Käse}\nsimple: {}\n"))
    assert [each.mnemonic for each in found] == ["db"]
    assert found.user_name("db", {"username": "müller", "password": "Käse"}) == "db/müller"
    for mnemonic in ("anon", "simple", None):
        with pytest.raises(IcatError, match="not recognised") as caught:
            found.user_name(mnemonic, {})
        assert caught.value.kind is Kind.SESSION


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("simple: [root]", "users.yaml: simple: "),
        ("ldap: {a: b}", "users.yaml: ldap: "),
        ("simple: {a: 1}", "users.yaml: simple.a: "),
        ("anon: sometimes", "users.yaml: anon: "),
        ("simple: {", "users.yaml: cannot be read"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path, text, message):
    with pytest.raises(ConfigurationError) as caught:
        read_users(written(tmp_path, text))
    assert message in str(caught.value)


def test_an_empty_file_lets_nobody_in(tmp_path):
    assert list(read_users(written(tmp_path, ""))) == []


def test_passwords_do_not_show(tmp_path):
    found = read_users(written(tmp_path, "simple: {root: confidential}"))
    assert "confidential" not in repr(list(found))
