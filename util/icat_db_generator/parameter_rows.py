"""Regular rows of parameters, whose values follow from the types that the facility has."""

from collections.abc import Mapping, Sequence

from util.icat_db_generator.rows import Row
from util.icat_db_generator.size import investigation_period
from util.icat_db_generator.source import Maker, Source

OWNERS = {
    "DataCollectionParameter": "dataCollection",
    "DatafileParameter": "datafile",
    "InvestigationParameter": "investigation",
    "SampleParameter": "sample",
}
"""Entities whose rows belong to the owner of their own number, by the relation to it."""


def parameter_makers(types: Sequence[Row]) -> Mapping[str, Maker]:
    """Return entity -> maker, for the parameter types with the ids 1, 2, and so on."""
    makers = {entity: _maker(types, owner) for entity, owner in OWNERS.items()}
    return {**makers, "DatasetParameter": _dataset_parameter_maker(types)}


def _maker(types: Sequence[Row], owner: str) -> Maker:
    def make(number: int, source: Source) -> Row:
        type_id = source.any_of("ParameterType")
        return {owner: number, **_value(type_id, types[type_id - 1], source)}

    return make


def _dataset_parameter_maker(types: Sequence[Row]) -> Maker:
    """Return the maker of one parameter of each type, each of any dataset."""

    def make(number: int, source: Source) -> Row:
        dataset = source.any_of("Dataset")
        return {"dataset": dataset, **_value(number, types[number - 1], source)}

    return make


def _value(type_id: int, parameter_type: Row, source: Source) -> Row:
    least, most = parameter_type["minimumNumericValue"], parameter_type["maximumNumericValue"]
    assert isinstance(least, float)
    assert isinstance(most, float)
    row: dict[str, object] = {
        "type": type_id,
        "error": float(source.number(1, 50_000)),
        "rangeBottom": float(source.number(1, 50)),
        "rangeTop": float(source.number(50, 100)),
    }
    kind = parameter_type["valueType"]
    if kind == "NUMERIC":
        row["numericValue"] = float(source.number(int(least), int(most)))
    elif kind == "STRING":
        row["stringValue"] = f"value {type_id}"
    else:
        row["dateTimeValue"] = investigation_period(source.any_of("Investigation")).start
    return row
