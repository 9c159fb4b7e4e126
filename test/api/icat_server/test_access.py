"""What users who are not root may do: with rules, and without any."""

import icat
import pytest

pytestmark = pytest.mark.usefixtures("clean")


@pytest.fixture(scope="module")
def alice(stand_in):
    client = icat.Client(stand_in.url)
    client.login("simple", {"username": "alice", "password": "alice-password"})
    yield client
    client.logout()


def rule(root, flags, what):
    root.new("Rule", crudFlags=flags, what=what).create()


def test_without_rules_nothing_may_be_done(alice, facility):
    assert alice.search("SELECT o FROM Facility o") == []
    assert alice.search("SELECT COUNT(o) FROM Facility o") == [0]
    for access in ("READ", "UPDATE", "DELETE"):
        assert alice.isAccessAllowed(alice.new("Facility", id=facility.id), access) is False
    assert alice.isAccessAllowed(alice.new("Facility", name="new"), "CREATE") is False
    with pytest.raises(icat.ICATPrivilegesError, match="CREATE access to this Facility"):
        alice.new("Facility", name="new").create()
    with pytest.raises(icat.ICATPrivilegesError, match="UPDATE access to this Facility"):
        alice.update(alice.new("Facility", id=facility.id, name="x"))
    with pytest.raises(icat.ICATPrivilegesError, match="DELETE access to this Facility") as caught:
        alice.delete(alice.new("Facility", id=facility.id))
    assert caught.value.offset == 0
    with pytest.raises(icat.ICATPrivilegesError, match="READ access to this Facility"):
        alice.get("Facility", facility.id)


def test_a_rule_with_a_condition_is_about_what_meets_it(root, alice, facility):
    rule(root, "CRUD", "SELECT o FROM Facility o WHERE o.name LIKE 'A%'")
    made = alice.new("Facility", name="A")
    made.create()
    assert [each.name for each in alice.search("SELECT o FROM Facility o")] == ["A"]
    assert alice.isAccessAllowed(made, "UPDATE") is True
    made.url = "http://example.org"
    made.update()
    with pytest.raises(icat.ICATPrivilegesError, match="CREATE access to this Facility"):
        alice.new("Facility", name="B").create()
    with pytest.raises(icat.ICATPrivilegesError) as caught:
        alice.createMany([alice.new("Facility", name=name) for name in ("A2", "B", "A3")])
    assert caught.value.offset == 1
    assert root.search("SELECT COUNT(o) FROM Facility o") == [2]
    alice.delete(made)


def test_a_deletion_needs_leave_for_all_that_goes(root, alice, facility):
    root.new("DatasetType", name="t", facility=facility).create()
    rule(root, "D", "Facility")
    with pytest.raises(icat.ICATPrivilegesError, match="DELETE access to this DatasetType"):
        alice.delete(alice.new("Facility", id=facility.id))
    assert root.search("SELECT COUNT(o) FROM Facility o") == [1]


def test_moving_to_another_owner_needs_leave_to_delete_and_to_create(root, alice):
    first, second = (root.new("Facility", name=name) for name in ("first", "second"))
    first.create()
    second.create()
    moved = root.new("DatasetType", name="t", facility=first)
    moved.create()
    moved.facility = second
    rule(root, "RU", "DatasetType")
    with pytest.raises(icat.ICATPrivilegesError, match="DELETE access"):
        alice.update(moved)
    rule(root, "D", "DatasetType")
    with pytest.raises(icat.ICATPrivilegesError, match="CREATE access"):
        alice.update(moved)
    rule(root, "C", "DatasetType")
    alice.update(moved)
    assert root.search(f"SELECT o.id FROM DatasetType o WHERE o.facility.id = {second.id}")


def test_trying_to_create_leaves_nothing_and_tells_what_is_wrong(root, facility):
    assert root.isAccessAllowed(root.new("Facility", name="new"), "CREATE") is True
    assert root.search("SELECT o.name FROM Facility o") == ["ESNF"]
    with pytest.raises(icat.ICATObjectExistsError):
        root.isAccessAllowed(root.new("Facility", name="ESNF"), "CREATE")
    with pytest.raises(icat.ICATParameterError, match="invalid access type, must be 'READ'"):
        root.isAccessAllowed(facility, "READS")


def test_one_object_is_got_with_what_is_asked_for(root, facility):
    root.new("DatasetType", name="t", facility=facility).create()
    found = root.get("Facility INCLUDE DatasetType", facility.id)
    assert [each.name for each in found.datasetTypes] == ["t"]
    with pytest.raises(icat.ICATNoObjectError, match=r"^Facility\[id:999999\] not found.$"):
        root.get("Facility", 999_999)
    with pytest.raises(icat.ICATParameterError):
        root.get("Nonsense", 1)


def test_a_rule_knows_what_it_is_about(root):
    rule(root, " cr ", "SELECT o FROM Facility o WHERE o.name = 'A'")
    assert root.search("SELECT r.bean, r.restricted FROM Rule r") == [("Facility", True)]
    [made] = root.search("SELECT r FROM Rule r")
    made.what = "Dataset"
    made.update()
    assert root.search("SELECT r.bean, r.restricted FROM Rule r") == [("Dataset", False)]


def test_nobody_lets_himself_in(root, alice):
    own = alice.new("Rule", crudFlags="CRUD", what="Rule")
    with pytest.raises(icat.ICATPrivilegesError, match="CREATE access to this Rule"):
        own.create()
    rule(root, "CR", "Rule")
    opening = alice.new("Rule", crudFlags="CRUD", what="Facility")
    with pytest.raises(icat.ICATPrivilegesError, match="CREATE access to this Facility") as caught:
        alice.createMany([opening, alice.new("Facility", name="F")])
    assert caught.value.offset == 1
    assert root.search("SELECT COUNT(o) FROM Rule o") == [1]
    opening.create()
    alice.new("Facility", name="F").create()
