"""Tests; a package so that `test.support` is found before the standard library's `test`."""
