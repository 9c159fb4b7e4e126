import pytest

from util.icat_server.conformance import read_figures


def report(folder, **numbers):
    facts = " ".join(f'{name}="{number}"' for name, number in numbers.items())
    path = folder / "report.xml"
    path.write_text(f"<testsuites><testsuite {facts}/></testsuites>")
    return path


@pytest.mark.parametrize(
    ("numbers", "is_conformant"),
    [
        ({"tests": 489, "skipped": 54, "failures": 0, "errors": 0}, True),
        ({"tests": 489, "skipped": 54, "failures": 1, "errors": 0}, False),
        ({"tests": 490, "skipped": 54, "failures": 0, "errors": 1}, False),
        ({"tests": 489, "skipped": 408, "failures": 0, "errors": 0}, False),
        ({"tests": 0, "skipped": 0, "failures": 0, "errors": 0}, False),
    ],
)
def test_all_that_a_real_icat_passes_must_pass(tmp_path, numbers, is_conformant):
    figures = read_figures(report(tmp_path, **numbers, time=171.4))
    assert figures.is_conformant is is_conformant


def test_figures_are_one_line(tmp_path):
    path = report(tmp_path, tests=489, skipped=54, failures=2, errors=1, time=171.4)
    assert str(read_figures(path)) == (
        "python-icat's suite: 432 passed, 54 skipped, 3 failed in 171 s, 0 s of processor time "
        "(a real ICAT: 435 passed, 54 skipped)"
    )
