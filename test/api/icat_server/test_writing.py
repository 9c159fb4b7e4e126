"""Creating, updating and deleting through the real python-icat, with ICAT's messages."""

from datetime import UTC, datetime

import icat
import pytest

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture
def investigation(root, facility):
    type_ = root.new("InvestigationType", name="experiment", facility=facility)
    type_.create()
    made = root.new(
        "Investigation", name="1", visitId="1-P", title="t", facility=facility, type=type_
    )
    made.create()
    return made


@pytest.fixture
def dataset_type(root, facility):
    made = root.new("DatasetType", name="raw", facility=facility)
    made.create()
    return made


def parameter_type(root, facility, **facts):
    made = root.new("ParameterType", name="P", units="u", facility=facility, **facts)
    made.create()
    return made


def count(root, entity):
    return root.search(f"SELECT COUNT(o) FROM {entity} o")[0]


def failure(call, *arguments):
    """The class, message and offset of what a call raises."""
    with pytest.raises(icat.ICATError) as caught:
        call(*arguments)
    return type(caught.value), caught.value.message, caught.value.offset


def test_what_is_created_tells_by_whom_and_when(root, facility):
    [found] = root.search(f"SELECT o FROM Facility o WHERE o.id = {facility.id}")
    assert (found.name, found.daysUntilRelease, found.description) == ("ESNF", 5, None)
    assert found.createId == found.modId == "simple/root"
    assert found.createTime == found.modTime
    assert abs((datetime.now(UTC) - found.createTime).total_seconds()) < 60


def test_children_are_created_with_their_parent(root, investigation, dataset_type):
    dataset = root.new("Dataset", name="d", type=dataset_type, investigation=investigation)
    for number in range(3):
        dataset.datafiles.append(root.new("Datafile", name=f"f{number}", fileSize=2**40))
    dataset.create()
    [found] = root.search(
        f"SELECT o FROM Dataset o WHERE o.id = {dataset.id} INCLUDE o.datafiles, o.type"
    )
    assert sorted(file.name for file in found.datafiles) == ["f0", "f1", "f2"]
    assert {file.createId for file in found.datafiles} == {"simple/root"}
    assert (found.type.name, found.complete, found.fileCount) == ("raw", False, 3)
    assert found.fileSize == 3 * 2**40


def test_any_text_comes_back_as_it_was(root, facility):
    text = 'L\'été <&> "Ω" 李雷 🜚 ]]> \\ % \t| a\nb'
    facility.description = text
    facility.update()
    [found] = root.search(f"SELECT o FROM Facility o WHERE o.id = {facility.id}")
    assert found.description == text
    assert root.search("SELECT o.id FROM Facility o WHERE o.description LIKE 'L''été%李雷%'")


def test_moments_without_a_zone_are_the_servers(root, investigation):
    investigation.startDate = datetime.fromisoformat("2007-01-01T00:00:00")
    investigation.endDate = datetime.fromisoformat("2007-07-01T00:00:00+09:00")
    investigation.update()
    [found] = root.search(f"SELECT o FROM Investigation o WHERE o.id = {investigation.id}")
    assert found.startDate == datetime(2006, 12, 31, 23, tzinfo=UTC)
    assert found.endDate == datetime(2007, 6, 30, 15, tzinfo=UTC)


def test_what_is_refused_is_explained(root, facility):
    assert failure(root.new("Facility", name="ESNF").create) == (
        icat.ICATObjectExistsError,
        "Facility exists with name = 'ESNF'",
        None,
    )
    type_ = root.new("DatasetType", name="t", facility=facility)
    type_.create()
    assert failure(root.new("DatasetType", name="t", facility=facility).create) == (
        icat.ICATObjectExistsError,
        f"DatasetType exists with facility = 'Facility:{facility.id}', name = 't'",
        None,
    )
    assert failure(root.new("Facility").create) == (
        icat.ICATValidationError,
        "Facility: name cannot be null.",
        None,
    )
    assert failure(root.new("Facility", name="x" * 256).create) == (
        icat.ICATValidationError,
        "Facility: name cannot have length > 255",
        None,
    )
    assert failure(root.new("DatasetType", name="u").create) == (
        icat.ICATValidationError,
        "DatasetType: facility cannot be null.",
        None,
    )


def test_a_text_of_just_the_right_length_is_taken(root):
    made = root.new("Facility", name="李" * 255)
    made.create()
    assert root.search("SELECT o.name FROM Facility o") == ["李" * 255]


def test_a_related_object_must_exist(root):
    absent = root.new("Facility", id=999_999)
    kind, message, _ = failure(root.new("DatasetType", name="x", facility=absent).create)
    assert (kind, message[:22]) == (icat.ICATInternalError, "Unexpected DB response")
    unsaved = root.new("Facility", name="unsaved")
    kind, message, _ = failure(root.new("DatasetType", name="x", facility=unsaved).create)
    assert (kind, message[:22]) == (icat.ICATInternalError, "Unexpected DB response")


def test_a_bad_child_is_no_fault_of_its_parents(root, investigation, dataset_type):
    dataset = root.new("Dataset", name="d", type=dataset_type, investigation=investigation)
    dataset.datafiles.append(root.new("Datafile"))
    kind, message, _ = failure(dataset.create)
    assert (kind, message) == (icat.ICATInternalError, "Unexpected DB response class Refused")
    assert count(root, "Dataset") == 0


def test_many_are_created_in_their_order(root):
    several = [root.new("Facility", name=f"F{n}") for n in range(50)]
    several.insert(25, root.new("User", name="simple/between"))
    created = root.createMany(several)
    ids = root.search("SELECT o.id FROM Facility o WHERE o.name LIKE 'F%' ORDER BY o.id")
    names = root.search("SELECT o.name FROM Facility o WHERE o.name LIKE 'F%' ORDER BY o.id")
    assert names == [f"F{n}" for n in range(50)]
    assert [*created[:25], *created[26:]] == ids
    assert root.search("SELECT o.id FROM User o") == [created[25]]
    assert root.createMany([]) == []


@pytest.mark.parametrize(
    ("facts", "kind", "message"),
    [
        ([{"name": "A"}, {"name": "A"}], icat.ICATObjectExistsError, "exists with name = 'A'"),
        ([{"name": "A"}, {}], icat.ICATValidationError, "name cannot be null"),
        ([{"name": "A"}, {"name": "x" * 300}, {}], icat.ICATValidationError, "length > 255"),
    ],
)
def test_one_of_many_at_fault_undoes_all_and_is_named(root, facts, kind, message):
    several = [root.new("Facility", **each) for each in facts]
    found, text, offset = failure(root.createMany, several)
    assert (found, offset) == (kind, 1)
    assert message in text
    assert count(root, "Facility") == 0


def test_an_update_overwrites_everything(root, facility):
    facility.url = "http://example.org"
    facility.update()
    whole = root.new("Facility", id=facility.id, name="Other")
    root.update(whole)
    [found] = root.search(f"SELECT o FROM Facility o WHERE o.id = {facility.id}")
    assert (found.name, found.url, found.daysUntilRelease) == ("Other", None, None)
    assert found.createTime < found.modTime


def test_an_update_that_cannot_be_is_explained(root, facility, investigation):
    other = root.new("Facility", name="Other")
    other.create()
    unknown, nothing = root.new("Facility", id=999_999, name="x"), root.new("Facility", name="x")
    no_object = icat.ICATNoObjectError
    assert failure(root.update, unknown) == (no_object, "Facility[id:999999] not found.", None)
    assert failure(root.update, nothing) == (no_object, "Facility has null primary key.", None)
    investigation.title = None
    assert failure(investigation.update)[:2] == (
        icat.ICATValidationError,
        "Investigation: title cannot be null.",
    )
    investigation.title = "x" * 256
    assert failure(investigation.update)[:2] == (
        icat.ICATValidationError,
        "Investigation: title cannot have length > 255",
    )
    investigation.title, investigation.facility = "t", None
    kind, message, _ = failure(investigation.update)
    assert kind is icat.ICATInternalError
    assert message.endswith(
        f"Attempt to set field facility of Investigation:{investigation.id} to null"
    )
    other.name = "ESNF"
    assert failure(other.update)[0] is icat.ICATInternalError


def test_a_relation_to_what_does_not_exist_is_cleared(root, investigation, dataset_type):
    sample = root.new("Sample", name="s", investigation=investigation)
    sample.create()
    dataset = root.new(
        "Dataset", name="d", type=dataset_type, investigation=investigation, sample=sample
    )
    dataset.create()
    dataset.sample = root.new("Sample", id=999_999)
    dataset.update()
    assert root.search("SELECT o.id FROM Dataset o WHERE o.sample IS NULL") == [dataset.id]


def test_a_deletion_takes_along_what_depends_on_it(root, facility, investigation, dataset_type):
    dataset = root.new("Dataset", name="d", type=dataset_type, investigation=investigation)
    dataset.datafiles.append(root.new("Datafile", name="f"))
    dataset.create()
    root.delete(dataset_type)
    assert [count(root, each) for each in ("Dataset", "Datafile", "Investigation")] == [0, 0, 1]


def test_a_deletion_of_what_is_not_there_changes_nothing(root, facility):
    unknown = root.new("Facility", id=999_999)
    message = "Facility[id:999999] not found."
    assert failure(root.delete, unknown) == (icat.ICATNoObjectError, message, 0)
    assert failure(root.deleteMany, [facility, unknown]) == (icat.ICATNoObjectError, message, 1)
    assert failure(root.deleteMany, [facility, facility])[2] == 1
    assert failure(root.delete, root.new("Facility"))[1] == "Facility has null primary key."
    assert count(root, "Facility") == 1


@pytest.mark.parametrize(
    ("facts", "value", "message"),
    [
        ({"valueType": "NUMERIC"}, {}, "Parameter of type P is not applicable to a Dataset"),
        (
            {"valueType": "NUMERIC", "enforced": True, "minimumNumericValue": 1},
            {"numericValue": 0.5},
            "Parameter of type P has value 0.5 < 1.0",
        ),
        (
            {"valueType": "NUMERIC", "enforced": True, "maximumNumericValue": 1},
            {"numericValue": 1.5},
            "Parameter of type P has value 1.5 > 1.0",
        ),
        (
            {"valueType": "STRING", "enforced": True},
            {"stringValue": "bad"},
            "Parameter of type P has value bad not in allowed set [fair, good]",
        ),
    ],
)
def test_a_parameter_is_held_against_its_type(
    root, facility, investigation, dataset_type, facts, value, message
):
    applicable = {"applicableToDataset": True} if value else {}
    type_ = parameter_type(root, facility, **facts, **applicable)
    for allowed in ("good", "fair") if facts["valueType"] == "STRING" else ():
        root.new("PermissibleStringValue", type=type_, value=allowed).create()
    dataset = root.new("Dataset", name="d", type=dataset_type, investigation=investigation)
    dataset.create()
    made = root.new("DatasetParameter", dataset=dataset, type=type_, **value)
    assert failure(made.create) == (icat.ICATValidationError, message, None)
    untyped = root.new("DatasetParameter", dataset=dataset)
    assert failure(untyped.create)[1] == "Type of parameter is not set"


def test_rules_and_steps_must_make_sense(root):
    assert failure(root.new("Rule", crudFlags="X", what="Facility").create)[0] is (
        icat.ICATParameterError
    )
    assert failure(root.new("Rule", crudFlags="R", what="Nonsense").create)[0] is (
        icat.ICATParameterError
    )
    assert failure(root.new("Rule", crudFlags="R").create)[0] is icat.ICATInternalError
    assert failure(root.new("PublicStep", origin="Dataset", field="name").create)[0] is (
        icat.ICATParameterError
    )
    assert failure(root.new("PublicStep", origin="Nonsense", field="x").create)[0] is (
        icat.ICATParameterError
    )
