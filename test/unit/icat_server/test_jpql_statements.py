"""The SQL that queries become: which joins, and that values are bound."""

from datetime import UTC

import pytest

from util.icat_server.catalogue import Catalogue
from util.icat_server.errors import IcatError, Kind
from util.icat_server.jpql.compiler import Compiler
from util.icat_server.jpql.reading import read

CATALOGUE = Catalogue.new()
FROM = 'FROM "DATASET" AS "DATASET_1"'
INVESTIGATION = (
    ' JOIN "INVESTIGATION" AS "INVESTIGATION_1"'
    ' ON "DATASET_1"."INVESTIGATION_ID" = "INVESTIGATION_1"."ID"'
)
SELECT = 'SELECT "DATASET_1"."ID" '

STATEMENTS = [
    ("SELECT o FROM Dataset o WHERE o.name = 'x'", f'{SELECT}{FROM} WHERE "DATASET_1"."NAME" = ?'),
    # The key is in the row itself, so nothing is joined for it.
    ("SELECT o FROM Dataset o WHERE o.sample IS NULL",
     f'{SELECT}{FROM} WHERE "DATASET_1"."SAMPLE_ID" IS NULL'),
    ("SELECT COUNT(DISTINCT o.sample) FROM Dataset o",
     f'SELECT count(DISTINCT "DATASET_1"."SAMPLE_ID") AS count_1 {FROM}'),
    # Equal paths share a join; a variable joins for itself.
    ("SELECT o FROM Dataset o WHERE o.investigation.name = 'x' OR o.investigation.title = 'y'",
     f'{SELECT}{FROM}{INVESTIGATION} WHERE "INVESTIGATION_1"."NAME" = ? OR'
     ' "INVESTIGATION_1"."TITLE" = ?'),
    ("SELECT i FROM Dataset o LEFT JOIN o.investigation i",
     'SELECT "INVESTIGATION_1"."ID" '
     f'{FROM}{INVESTIGATION.replace(" JOIN", " LEFT OUTER JOIN")}'),
    ("SELECT o FROM Dataset o WHERE o.investigation = o.sample.investigation",
     f'{SELECT}{FROM} JOIN "SAMPLE" AS "SAMPLE_1" ON "DATASET_1"."SAMPLE_ID" = "SAMPLE_1"."ID"'
     ' WHERE "DATASET_1"."INVESTIGATION_ID" = "SAMPLE_1"."INVESTIGATION_ID"'),
    ("SELECT o FROM Dataset o WHERE o.id IN (1, 2)",
     f'{SELECT}{FROM} WHERE "DATASET_1"."ID" IN (__[POSTCOMPILE_ID_1])'),
    ("SELECT o FROM Dataset o WHERE EXISTS (SELECT f FROM o.datafiles f WHERE f.name = o.name)",
     f'{SELECT}{FROM} WHERE EXISTS (SELECT "DATAFILE_1"."ID" FROM "DATAFILE" AS "DATAFILE_1"'
     ' WHERE "DATAFILE_1"."NAME" = "DATASET_1"."NAME" AND "DATAFILE_1"."DATASET_ID" ='
     ' "DATASET_1"."ID")'),
    ("SELECT o FROM Dataset o WHERE o.datafiles IS EMPTY",
     f'{SELECT}{FROM} WHERE NOT (EXISTS (SELECT * FROM "DATAFILE" AS "DATAFILE_1"'
     ' WHERE "DATAFILE_1"."DATASET_ID" = "DATASET_1"."ID"))'),
    ("SELECT o FROM Study o WHERE o.status = org.icatproject.StudyStatus.COMPLETE",
     'SELECT "STUDY_1"."ID" FROM "STUDY" AS "STUDY_1" WHERE "STUDY_1"."STATUS" = ?'),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), STATEMENTS, ids=[text for text, _ in STATEMENTS])
def test_a_query_becomes_a_statement_with_bound_values(text: str, expected: str) -> None:
    search = read(CATALOGUE, text)
    assert search.select is not None
    statement, _ = Compiler(CATALOGUE, UTC, search.text).sub_select(search.select, None)
    compiled = statement.compile()
    written = " ".join(compiled.string.split())
    for name in compiled.params:
        written = written.replace(f":{name}", "?")
    assert written == expected


def test_more_joins_than_a_database_takes_are_refused() -> None:
    joins = " ".join(f"JOIN o.datafiles f{number}" for number in range(61))
    search = read(CATALOGUE, f"SELECT o FROM Dataset o {joins}")
    assert search.select is not None
    with pytest.raises(IcatError, match="more than 60 tables") as caught:
        Compiler(CATALOGUE, UTC, search.text).sub_select(search.select, None)
    assert caught.value.kind == Kind.INTERNAL
