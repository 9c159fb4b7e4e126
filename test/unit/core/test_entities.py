"""Lookups in a schema, and cutting it to what a catalogue has."""

from datagateway_api.core.entities import Entity, Field, FieldType, Relation, Schema


def field(name: str) -> Field:
    return Field(name, FieldType.TEXT, name.upper(), nullable=True)


def entity(name: str, *steps: Field | Relation) -> Entity:
    fields = {step.name: step for step in steps if isinstance(step, Field)}
    relations = {step.name: step for step in steps if isinstance(step, Relation)}
    return Entity(name, name.lower() + "s", name.upper(), fields, relations)


SHELF = entity("Shelf", field("id"), field("label"), Relation("books", "Book", True, "shelf"))
BOOK = entity(
    "Book",
    field("id"),
    field("title"),
    Relation("shelf", "Shelf", False, "books", column="SHELF_ID"),
    Relation("notes", "Note", True, "book"),
)
NOTE = entity("Note", field("id"), Relation("book", "Book", False, "notes", column="BOOK_ID"))
LIBRARY = Schema({each.name: each for each in (SHELF, BOOK, NOTE)})


def without(*gone: tuple[str, str]) -> Schema:
    return LIBRARY.cut(lambda e: (e.name, "") not in gone, lambda e, c: (e.name, c) not in gone)


def shape(schema: Schema) -> dict[str, list[str]]:
    return {name: list(each.names) for name, each in schema.entities.items()}


def test_an_entity_is_found_by_its_endpoint():
    assert LIBRARY.endpoints["books"] is BOOK


def test_names_are_the_fields_and_then_the_relations():
    assert BOOK.names == ("id", "title", "shelf", "notes")


def test_only_relations_with_a_key_of_their_own_are_to_one():
    assert [relation.name for relation in BOOK.to_one] == ["shelf"]


def test_a_relation_leads_to_its_target():
    assert LIBRARY.target(BOOK.relations["notes"]) is NOTE


def test_the_foreign_key_of_a_to_many_relation_is_its_inverse_s():
    assert LIBRARY.foreign_key(BOOK.relations["shelf"]) == "SHELF_ID"
    assert LIBRARY.foreign_key(SHELF.relations["books"]) == "SHELF_ID"


def test_a_schema_of_which_everything_is_kept_stays_the_same():
    assert shape(without()) == shape(LIBRARY)


def test_an_absent_column_takes_its_field_along():
    assert shape(without(("Book", "TITLE")))["Book"] == ["id", "shelf", "notes"]


def test_an_absent_foreign_key_takes_the_relation_along_on_both_sides():
    cut = without(("Book", "SHELF_ID"))
    assert shape(cut) == {
        "Shelf": ["id", "label"],
        "Book": ["id", "title", "notes"],
        "Note": ["id", "book"],
    }


def test_an_absent_entity_takes_the_relations_to_it_along():
    cut = without(("Note", ""))
    assert shape(cut) == {"Shelf": ["id", "label", "books"], "Book": ["id", "title", "shelf"]}
    assert "notes" not in cut.endpoints


def test_cutting_leaves_the_whole_schema_as_it_was():
    without(("Book", ""), ("Note", ""))
    assert list(LIBRARY.entities) == ["Shelf", "Book", "Note"]
