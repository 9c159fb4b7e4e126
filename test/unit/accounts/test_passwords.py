"""Salted hashes of passwords."""

import re

import pytest

from datagateway_api.accounts.passwords import hash_password, is_password
from datagateway_api.settings.values import password_hashes
from test.support.catalogue import PASSWORD, password_hash


def test_a_password_belongs_to_its_hash_only():
    stored = hash_password("Größe: it's 5%")
    assert is_password("Größe: it's 5%", stored)
    assert not is_password("größe: it's 5%", stored)
    assert not is_password("", stored)


def test_a_hash_is_salted_and_does_not_show_the_password():
    first, second = hash_password("right horse"), hash_password("right horse")
    assert first != second
    assert "right horse" not in first
    assert re.fullmatch(r"scrypt\$16384\$8\$1\$[A-Za-z0-9+/=]{24}\$[A-Za-z0-9+/=]{44}", first)


def test_the_settings_accept_a_hash():
    assert password_hashes({"alice": hash_password("a")})


def test_a_hash_says_itself_what_it_cost():
    assert is_password(PASSWORD, password_hash())


def test_an_empty_password_is_refused():
    with pytest.raises(ValueError, match="an empty password is not accepted"):
        hash_password("")
