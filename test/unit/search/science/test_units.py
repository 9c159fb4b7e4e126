"""Units: what is read as one, what becomes of values, and what finds what."""

import math
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from datagateway_api.search.science.unit_names import canonical
from datagateway_api.search.science.units import (
    SAME,
    Conversion,
    between,
    compatible,
    convert,
    name_of,
    number,
    to_asked,
)

DOCUMENTED = (
    "m angstrom rad deg grad arcsec arcmin s min h day Hz g A K celsius fahrenheit mol cd N J erg "
    "Wh eV W Pa psi atm torr bar C V ohm F Wb T H S bit byte"
)
"""What the PaNOSC documentation lists."""


def way(unit: str, other: str) -> Conversion:
    found = between(unit, other)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("value", "unit", "other", "expected"),
    [
        (20, "celsius", "K", 293.15),
        (293.15, "K", "°C", 20),
        (-273.15, "degC", "kelvin", 0),
        (68, "fahrenheit", "celsius", 20),
        (0, "K", "fahrenheit", -459.67),
        (0.88, "keV", "eV", 880),
        (1.5, "Å", "nm", 0.15),
        (10640, "angstrom", "nm", 1064),
        (1, "m", "mm", 1000),
        (3, "µm", "um", 3),
        (36, "km/hour", "m/s", 10),
        (0.2, "1/angstrom", "1/nm", 2),
        (0.2, "Å⁻¹", "nm^-1", 2),
        (1, "bar", "Pa", 100_000),
        (50, "percent", "%", 50),
        (1, "T", "G", 10_000),
        (5, "kG", "T", 0.5),
        (60, "K/min", "celsius/s", 1),
        (180, "deg", "mrad", 3141.592653589793),
        (1, "kHz", "1/ms", 1),
        (2, "mg/ml", "g/L", 2),
        (930, "eV", "J", 1.49002426962e-16),
        (-5, "florp", "Florp ", -5),
        (1e308, "Ym", "ym", 1.7976931348623157e308),
    ],
)
def test_a_value_is_converted(value, unit, other, expected):
    assert convert(value, unit, other) == pytest.approx(expected, rel=1e-12)


def test_decimals_stay_exact_so_that_no_noise_decides_what_is_found():
    assert convert(20, "celsius", "K") == 293.15
    assert convert(0.1, "keV", "eV") == 100.0
    assert convert(68, "°F", "°C") == 20.0
    assert to_asked(293.15, "K", "celsius") == 20.0


@pytest.mark.parametrize(
    ("unit", "other"),
    [
        ("K", "bar"),
        ("celsius", "C"),
        ("percent", "deg"),
        ("counts", "rad"),
        ("florp", "K"),
        ("N/A", "N"),
        ("", "percent"),
        ("dB", "percent"),
        ("unit 1", "unit 2"),
        ("meV", "bar"),
    ],
)
def test_what_makes_no_sense_is_no_conversion(unit, other):
    assert convert(1.0, unit, other) is None
    assert to_asked(1.0, other, unit) is None


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_not_converted(value):
    assert convert(value, "m", "mm") is None


@pytest.mark.parametrize("unit", DOCUMENTED.split())
def test_every_documented_unit_is_known_also_with_a_prefix(unit):
    assert canonical(unit, name_of)


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (
            "celsius|Celsius|°C|° C|ºC|℃|degC|deg C|deg. C|degrees C|degree Celsius",
            "degree_Celsius",
        ),
        ("K|kelvin|KELVIN|deg K", "kelvin"),
        ("Å|\u212b|angstrom|Angstrom|Ångström|ÅNGSTRÖM", "angstrom"),
        ("µm|μm|um|micrometer", "micrometer"),
        ("eV|ev", "electron_volt"),
        ("m/s|m / s|m s-1|m s^-1|m·s⁻¹|m.s-1|m*s**-1|m per s", None),
        ("%|percent", "percent"),
        ("°|deg|degree|degrees", "degree"),
    ],
)
def test_one_unit_is_known_by_all_its_spellings(texts, name):
    first, *others = texts.split("|")
    assert name is None or canonical(first, name_of) == name
    for other in others:
        assert between(first, other) == SAME


NO_UNITS = [
    *(
        "",
        "-",
        "N/A",
        "none",
        "a.u.",
        "arb. units",
        "1",
        "unit",
        "unit 1",
        "ph/s",
        "wt%",
        "ISO 8601",
    ),
    *(
        "m/",
        "/m",
        "m//s",
        "*",
        "()",
        "(m",
        "m)",
        ")m(",
        "m^99",
        "m**9**9",
        "9**9**9",
        "2 m",
        "m 2 s",
    ),
    *("__import__('os')", "x" * 65, "1e400", "MEV", "°°", "m m^", "\x00", "🌡"),
]


@pytest.mark.parametrize("text", NO_UNITS)
def test_what_is_no_unit_equals_itself_only_and_never_fails(text):
    assert canonical(text, name_of) is None
    assert convert(1.5, text, text.swapcase()) == 1.5
    assert convert(1.5, text, "m") is None


def test_units_that_differ_in_case_alone_are_not_mistaken_for_each_other():
    assert convert(1, "MeV", "meV") == 1e9
    assert convert(1, "mPa", "MPa") == 1e-9


def test_exponents_beyond_everything_have_no_conversion_or_a_number():
    for unit in ("((km^9)^9)^9", "((Ym^9)^9)^9"):
        converted = convert(1.0, "((m^9)^9)^9", unit)
        assert converted is None or math.isfinite(converted)


# Against what is stored


def test_an_asked_value_is_put_into_every_stored_unit_that_it_can_be_put_into():
    ways = compatible("celsius", ["K", "°C", "bar", "florp", "fahrenheit", ""])
    assert {unit: way(20) for unit, way in ways.items()} == pytest.approx(
        {"K": 293.15, "°C": 20, "fahrenheit": 68}
    )


def test_an_unknown_unit_finds_its_own_text_whatever_the_case_and_blanks():
    assert compatible("Counts per florp", ["counts  per FLORP", "florp", "counts"]) == {
        "counts  per FLORP": SAME
    }


@pytest.mark.parametrize(
    ("asked", "unit", "stored", "stored_unit"),
    [
        (20, "celsius", 293.15, "K"),
        (293.15, "K", 20.000000000000011, "celsius"),
        (273.15, "K", 5.7e-14, "celsius"),
        (0.3, "nm", 0.1 * 3 * 10, "Å"),
        (930, "eV", 930 * 1.602176634e-19, "J"),
    ],
)
def test_equal_allows_for_the_noise_of_somebody_elses_conversion(asked, unit, stored, stored_unit):
    low, high = way(unit, stored_unit).around(asked)
    assert low <= stored <= high


def test_equal_is_exact_where_values_stay_as_they_are():
    assert SAME.around(0.1) == (0.1, 0.1)
    assert way("K", "kelvin").around(0.1) == (0.1, 0.1)


def test_equal_is_narrow():
    low, high = way("celsius", "K").around(20)
    assert high - low < 1e-6


def test_threads_share_the_units():
    pairs = [("celsius", "K"), ("Å", "nm"), ("keV", "J"), ("florp", "K"), ("mT", "G")] * 40
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda pair: convert(1.0, *pair), pairs))
    assert found == [convert(1.0, *pair) for pair in pairs]


# Properties

KNOWN = ["K", "celsius", "fahrenheit", "m", "Å", "nm", "eV", "J", "Pa", "bar", "m/s", "km/hour"]


@given(
    st.sampled_from(KNOWN), st.sampled_from(KNOWN), st.floats(-1e12, 1e12, allow_subnormal=False)
)
def test_there_and_back_is_where_one_was(unit, other, value):
    there = convert(value, unit, other)
    if there is not None:
        back = convert(there, other, unit)
        assert back == pytest.approx(value, rel=1e-9, abs=1e-9)


@given(st.sampled_from(KNOWN), st.sampled_from(KNOWN), st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))
def test_a_conversion_keeps_the_order_of_values(unit, other, one, two):
    low, high = convert(min(one, two), unit, other), convert(max(one, two), unit, other)
    assert (low is None) == (high is None)
    if low is not None and high is not None:
        assert low <= high


@given(
    st.text(max_size=70)
    | st.text("mKs/*^()1290-+ .°%Å²⁻µeV", max_size=30)
    | st.lists(st.sampled_from(["m", "K", "/", "*", "^2", "(", ")", " ", "1", "**", "-3"])).map(
        "".join
    )
)
def test_no_text_is_ever_an_error(text):
    assert convert(1.5, text, text) == 1.5
    for other in ("K", "m/s"):
        converted = convert(1.5, text, other)
        assert converted is None or math.isfinite(converted)


# Numbers in texts


@pytest.mark.parametrize(
    ("text", "expected"),
    [("0.1", 0.1), ("-1e3", -1000), (" 7 ", 7), ("+.5", 0.5), ("0", 0)]
    + [
        (text, None)
        for text in ("", "x", "1,5", "1_0", "nan", "inf", "-Infinity", "٣", "0x10", "1e999")
    ],
)
def test_a_number_is_read_from_a_text(text, expected):
    assert number(text) == expected
