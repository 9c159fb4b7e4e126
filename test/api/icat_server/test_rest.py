"""ICAT's REST interface, as DataGateway and python-icat's scripts use it."""

import json

import pytest
import requests

pytestmark = pytest.mark.usefixtures("clean")


class Rest:
    """Calls REST with a session's id."""

    def __init__(self, base, session_id):
        self._base = base
        self._session = {"sessionId": session_id}

    def get(self, query, **more):
        params = {**self._session, "query": query, **more}
        return requests.get(f"{self._base}/icat/entityManager", params=params, timeout=30)

    def write(self, *entities):
        data = {**self._session, "entities": json.dumps(entities)}
        return requests.post(f"{self._base}/icat/entityManager", data=data, timeout=30)

    def delete(self, entities):
        params = {**self._session, "entities": json.dumps(entities)}
        return requests.delete(f"{self._base}/icat/entityManager", params=params, timeout=30)

    def created(self, *entities):
        answer = self.write(*entities)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def rest(stand_in, root):
    return Rest(stand_in.base, root.sessionId)


@pytest.fixture(scope="module")
def alice(stand_in):
    credentials = [{"username": "alice"}, {"password": "alice-password"}]
    content = json.dumps({"plugin": "simple", "credentials": credentials})
    answer = requests.post(f"{stand_in.base}/icat/session", data={"json": content}, timeout=30)
    return Rest(stand_in.base, answer.json()["sessionId"])


def refusal(answer):
    return answer.status_code, answer.json()["code"], answer.json().get("offset")


def test_anybody_may_know_version_and_properties(stand_in):
    answer = requests.get(f"{stand_in.base}/icat/version", timeout=30)
    assert answer.json() == {"version": "6.2.0"}
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    found = requests.get(f"{stand_in.base}/icat/properties", timeout=30).json()
    assert (found["maxEntities"], found["lifetimeMinutes"]) == (10_000, 120)
    assert found["authenticators"][0] == {
        "mnemonic": "simple",
        "keys": [{"name": "username"}, {"name": "password", "hide": True}],
    }


def test_a_session_from_beginning_to_end(stand_in):
    base = f"{stand_in.base}/icat"
    content = {"plugin": "anon", "credentials": []}
    answer = requests.post(f"{base}/session", data={"json": json.dumps(content)}, timeout=30)
    url = f"{base}/session/{answer.json()['sessionId']}"
    told = requests.get(url, timeout=30).json()
    assert told["userName"] == "anon/anon"
    assert 119 < told["remainingMinutes"] <= 120
    assert requests.put(url, timeout=30).status_code == 204
    assert requests.get(f"{base}/user/anon/anon", timeout=30).json() == {"loggedIn": True}
    assert requests.delete(url, timeout=30).status_code == 204
    assert refusal(requests.get(url, timeout=30)) == (403, "SESSION", None)
    assert requests.get(f"{base}/user/anon/anon", timeout=30).json() == {"loggedIn": False}
    assert requests.get(f"{base}/user/nobody", timeout=30).json() == {"loggedIn": False}


@pytest.mark.parametrize(
    ("content", "status", "code"),
    [
        ('{"plugin":"simple","credentials":[{"username":"root"}]}', 403, "SESSION"),
        ('{"plugin":"ldap","credentials":[]}', 403, "SESSION"),
        ('{"plugin":"simple"}', 400, "BAD_PARAMETER"),
        ("[", 400, "BAD_PARAMETER"),
        ("[]", 400, "BAD_PARAMETER"),
        (None, 400, "BAD_PARAMETER"),
    ],
)
def test_a_login_that_fails_is_explained(stand_in, content, status, code):
    answer = requests.post(f"{stand_in.base}/icat/session", data={"json": content}, timeout=30)
    assert refusal(answer) == (status, code, None)


def test_objects_are_created_found_changed_and_deleted(rest):
    [id_] = rest.created({"Facility": {"name": "ESNF", "daysUntilRelease": 5}})
    type_, format_ = rest.created(
        {"DatasetType": {"name": "raw", "facility": {"id": id_}}},
        {"DatafileFormat": {"name": "NeXus", "version": "4", "facility": {"id": id_}}},
    )
    assert rest.created({"Facility": {"id": id_, "url": "http://x"}}) == []
    query = "Facility f INCLUDE f.datasetTypes, f.datafileFormats, f.instruments"
    found = rest.get(query, id=id_).json()["Facility"]
    assert (found["name"], found["daysUntilRelease"], found["url"]) == ("ESNF", 5, "http://x")
    assert "description" not in found
    assert found["datasetTypes"][0]["id"] == type_
    assert found["datafileFormats"][0]["name"] == "NeXus"
    assert found["instruments"] == []
    assert rest.delete({"DatasetType": {"id": type_}}).status_code == 204
    assert rest.delete([{"DatafileFormat": {"id": format_}}]).status_code == 204
    assert rest.get("SELECT COUNT(o) FROM DatasetType o").json() == [0]


def test_children_may_come_along(rest):
    [facility] = rest.created(
        {"Facility": {"name": "f", "datasetTypes": [{"name": "a"}, {"name": "b"}]}}
    )
    found = rest.get(f"SELECT o.name FROM DatasetType o WHERE o.facility.id = {facility}").json()
    assert sorted(found) == ["a", "b"]


def test_results_have_json_types_and_the_zone_of_the_server(rest):
    [facility] = rest.created({"Facility": {"name": "f"}})
    [type_] = rest.created({"InvestigationType": {"name": "t", "facility": {"id": facility}}})
    rest.created(
        {
            "Investigation": {
                "name": "1",
                "visitId": "1",
                "title": "été",
                "startDate": "2020-01-01T00:00:00.000Z",
                "endDate": "2020-07-01T12:00:00",
                "facility": {"id": facility},
                "type": {"id": type_},
            }
        }
    )
    query = "SELECT o.title, o.doi, o.id, o.fileSize, o.startDate, o.endDate FROM Investigation o"
    [[title, doi, id_, size, start, end]] = rest.get(query).json()
    assert (title, doi, size) == ("été", None, 0)
    assert isinstance(id_, int)
    assert (start, end) == ("2020-01-01T01:00:00.000+01:00", "2020-07-01T12:00:00.000+02:00")
    assert rest.get("SELECT o.doi FROM Investigation o").json() == [None]
    [found] = rest.get("SELECT o FROM Investigation o INCLUDE o.facility").json()
    assert found["Investigation"]["facility"]["name"] == "f"
    assert found["Investigation"]["fileCount"] == 0


def test_a_change_may_be_allowed_for_one_attribute_only(rest, alice):
    [id_] = rest.created({"Facility": {"name": "f"}})
    rest.created({"Rule": {"crudFlags": "U", "what": "SELECT o.url FROM Facility o"}})
    assert alice.write({"Facility": {"id": id_, "url": "http://x"}}).status_code == 200
    refused = alice.write({"Facility": {"id": id_, "url": "http://y", "name": "g"}})
    assert refusal(refused) == (403, "INSUFFICIENT_PRIVILEGES", 0)
    assert rest.get("SELECT o.name, o.url FROM Facility o").json() == [["f", "http://x"]]


def test_a_parameters_type_is_the_stored_one(rest):
    [facility] = rest.created({"Facility": {"name": "f"}})
    [type_] = rest.created(
        {
            "ParameterType": {
                "name": "P",
                "units": "u",
                "valueType": "NUMERIC",
                "applicableToDataCollection": True,
                "enforced": True,
                "minimumNumericValue": 1,
                "facility": {"id": facility},
            }
        }
    )

    def collection(value):
        parameter = {"type": {"id": type_}, "numericValue": value}
        return {"DataCollection": {"parameters": [parameter]}}

    refused = rest.write(collection(2), collection(0.5))
    assert refusal(refused) == (412, "VALIDATION", 1)
    assert refused.json()["message"] == "Parameter of type P has value 0.5 < 1.0"
    assert rest.get("SELECT COUNT(o) FROM DataCollection o").json() == [0]
    [id_] = rest.created(collection(2))
    [parameter] = rest.get("SELECT o.id FROM DataCollectionParameter o").json()
    changed = rest.write({"DataCollectionParameter": {"id": parameter, "numericValue": 0}})
    assert refusal(changed) == (412, "VALIDATION", 0)
    assert rest.delete({"DataCollection": {"id": id_}}).status_code == 204


@pytest.mark.parametrize(
    ("entities", "status", "code"),
    [
        ({"Facility": {}}, 412, "VALIDATION"),
        ({"Facility": {"name": "taken"}}, 412, "OBJECT_ALREADY_EXISTS"),
        ({"Facility": {"id": 999_999, "name": "x"}}, 404, "NO_SUCH_OBJECT_FOUND"),
        ({"Nonsense": {}}, 400, "BAD_PARAMETER"),
        ({"Facility": {"colour": "red"}}, 400, "BAD_PARAMETER"),
        ({"Facility": {"daysUntilRelease": "many"}}, 400, "BAD_PARAMETER"),
        ({"Facility": {"daysUntilRelease": 2**40}}, 400, "BAD_PARAMETER"),
        ({"Facility": {"datasetTypes": {}}}, 400, "BAD_PARAMETER"),
        ({"Facility": {"id": 1, "datasetTypes": [{}]}}, 400, "BAD_PARAMETER"),
        ({"Facility": []}, 400, "BAD_PARAMETER"),
        ({"Facility": {}, "User": {}}, 400, "BAD_PARAMETER"),
        ([], 400, "BAD_PARAMETER"),
        ({"DatasetType": {"name": "x", "facility": {"id": 999_999}}}, 500, "INTERNAL"),
        ({"ParameterType": {"valueType": "COMPLEX"}}, 400, "BAD_PARAMETER"),
        ({"Investigation": {"startDate": "yesterday"}}, 400, "BAD_PARAMETER"),
    ],
)
def test_an_object_at_fault_is_named_by_its_index(rest, entities, status, code):
    rest.created({"Facility": {"name": "taken"}})
    answer = rest.write({"User": {"name": "first"}}, entities)
    assert refusal(answer) == (status, code, 1), answer.text
    assert rest.get("SELECT COUNT(o) FROM User o").json() == [0]


def test_a_form_may_be_large(rest):
    refused = rest.write({"User": {"name": "x" * 1_000_000}})
    assert refusal(refused) == (412, "VALIDATION", 0)
    assert refused.json()["message"] == "User: name cannot have length > 255"


def test_a_deletion_takes_ids_only(rest):
    [id_] = rest.created({"Facility": {"name": "f"}})
    refused = rest.delete([{"Facility": {"id": id_}}, {"Facility": {"id": id_, "name": "f"}}])
    assert refusal(refused) == (400, "BAD_PARAMETER", 1)
    assert refusal(rest.delete({"Facility": {"id": 999_999}})) == (404, "NO_SUCH_OBJECT_FOUND", 0)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("entityManager", 400, "BAD_PARAMETER"),
        ("entityManager?query=Facility", 403, "SESSION"),
        ("entityManager?query=Facility&sessionId=nonsense", 403, "SESSION"),
        ("entityManager?query=Facility&id=x&sessionId=nonsense", 400, "BAD_PARAMETER"),
        ("entityManager?query=Facility&id=9999999999999999999", 400, "BAD_PARAMETER"),
        ("lucene/data", 501, "NOT_IMPLEMENTED"),
        ("", 501, "NOT_IMPLEMENTED"),
        ("session", 501, "NOT_IMPLEMENTED"),
    ],
)
def test_what_cannot_be_answered_is_refused_as_icat_does(stand_in, path, status, code):
    answer = requests.get(f"{stand_in.base}/icat/{path}", timeout=30)
    assert refusal(answer) == (status, code, None)


def test_a_browser_is_told_that_it_may_ask(stand_in):
    answer = requests.options(f"{stand_in.base}/icat/session", timeout=30)
    assert answer.status_code == 204
    assert answer.headers["Access-Control-Allow-Methods"] == "GET, POST, DELETE, PUT"
