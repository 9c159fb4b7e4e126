"""What every backend promises about deleting objects."""

import pytest

from datagateway_api.core.errors import NotFound, PreconditionFailed
from test.contract.writing import Writing, fresh, moments, refused


class DeletingPromises:
    """Section 4 of the specification, `DELETE`."""

    def test_a_deleted_object_is_gone(self, write: Writing):
        own = write.create("Study", {"name": "any"})["id"]
        write.delete("Study", own)
        for work in (
            lambda: write.get("Study", own),
            lambda: write.change("Study", own, {}),
            lambda: write.delete("Study", own),
        ):
            with pytest.raises(NotFound, match=f"no Study with id {own}"):
                work()

    @pytest.mark.parametrize("id_", [0, 10**9, 2**63 - 1])
    def test_an_unknown_id_is_not_found(self, write: Writing, id_):
        with pytest.raises(NotFound, match=f"no Study with id {id_}"):
            write.delete("Study", id_)

    def test_what_was_changed_by_somebody_else_is_not_deleted(self, write: Writing):
        own = write.create("Study", {"name": "any"})
        newer = write.change("Study", own["id"], {"name": "new"})
        for expected in (moments(own), frozenset()):
            refused(PreconditionFailed, write.delete, "Study", own["id"], expected)
        assert write.get("Study", own["id"]) == newer
        write.delete("Study", own["id"], moments(newer))
        refused(NotFound, write.delete, "Study", own["id"], moments(newer))

    def test_the_id_of_a_deleted_object_is_not_given_again(self, write: Writing):
        own = write.create("Study", {"name": "any"})["id"]
        write.delete("Study", own)
        assert write.create("Study", {"name": "any"})["id"] > own

    def test_all_below_an_object_goes_with_it_and_nothing_else(self, write: Writing):
        entities = [entity.name for entity in write.backend.schema().entities.values()]
        type_ = write.parameter_type(applicableToDatafile=True)
        before = write.total(*entities)
        parameters = [{"type": type_, "numericValue": 1}]
        own = write.investigation(
            datasets=[
                {
                    "name": f"d{number}",
                    "type": 1,
                    "parameters": parameters,
                    "datafiles": [
                        {"name": f"f{n}", "fileSize": n, "parameters": parameters} for n in range(9)
                    ],
                }
                for number in range(3)
            ],
            keywords=[{"name": "k"}],
            samples=[{"name": "s", "type": 1}],
            investigationUsers=[{"user": 1, "role": "PI"}],
            investigationInstruments=[{"instrument": 1}],
            dataCollectionInvestigations=[{"dataCollection": 1}],
        )
        assert write.total(*entities) != before
        write.delete("Investigation", own["id"])
        assert write.total(*entities) == before

    def test_a_dataset_that_two_ways_lead_to_is_deleted_once(self, write: Writing):
        own = write.investigation(samples=[{"name": "s"}])
        sample = own["samples"][0]["id"]
        dataset = write.dataset(investigation=own["id"], sample=sample)
        write.delete("Investigation", own["id"])
        assert write.ids_of("Dataset", "id", dataset["id"]) == []

    def test_a_type_takes_what_is_of_that_type_with_it(self, write: Writing):
        type_ = write.create("InvestigationType", {"name": fresh(), "facility": 1})["id"]
        body = {"name": fresh(), "visitId": "1", "title": "t", "facility": 1, "type": type_}
        dataset = {"name": "d", "type": 1, "datafiles": [{"name": "f"}]}
        own = write.create("Investigation", body | {"datasets": [dataset]})
        write.delete("InvestigationType", type_)
        file = own["datasets"][0]["datafiles"][0]["id"]
        assert write.ids_of("Investigation", "id", own["id"]) == []
        assert write.ids_of("Datafile", "id", file) == []

    def test_what_is_related_by_choice_goes_as_well(self, write: Writing):
        own = write.investigation(samples=[{"name": "s"}])
        dataset = write.dataset(investigation=own["id"], sample=own["samples"][0]["id"])
        write.delete("Sample", own["samples"][0]["id"])
        assert write.ids_of("Dataset", "id", dataset["id"]) == []
        assert write.get("Investigation", own["id"])

    def test_a_data_collection_takes_its_jobs_and_publications_with_it(self, write: Writing):
        own = write.create("DataCollection", {})["id"]
        application = {"name": fresh(), "version": "1", "facility": 1}
        job = {
            "application": write.create("Application", application)["id"],
            "outputDataCollection": own,
        }
        publication = {"pid": fresh(), "title": "t", "facility": 1, "content": own}
        ids = write.create("Job", job)["id"], write.create("DataPublication", publication)["id"]
        write.delete("DataCollection", own)
        assert write.ids_of("Job", "id", ids[0]) == []
        assert write.ids_of("DataPublication", "id", ids[1]) == []

    def test_a_related_object_on_the_other_side_stays(self, write: Writing):
        own = write.dataset(datafiles=[{"name": "a"}, {"name": "b"}])
        source, dest = (each["id"] for each in own["datafiles"])
        body = {"sourceDatafile": source, "destDatafile": dest, "relation": "copy"}
        related = write.create("RelatedDatafile", body)["id"]
        write.delete("Datafile", source)
        assert write.ids_of("RelatedDatafile", "id", related) == []
        assert write.get("Datafile", dest)["name"] == "b"

    def test_sizes_follow_a_deleted_file_format_and_dataset(self, write: Writing):
        format_ = {"name": fresh(), "version": "1", "facility": 1}
        id_ = write.create("DatafileFormat", format_)["id"]
        files = [
            {"name": "a", "fileSize": 1},
            {"name": "b", "fileSize": 10, "datafileFormat": id_},
            {"name": "c", "fileSize": 100},
        ]
        datasets = [{"name": name, "type": 1, "datafiles": files} for name in "de"]
        own = write.investigation(datasets=datasets)
        first, second = own["datasets"]
        steps = (
            ("Datafile", first["datafiles"][0]["id"], (221, 5)),
            ("DatafileFormat", id_, (201, 3)),
            ("Dataset", second["id"], (100, 1)),
            ("Dataset", first["id"], (0, 0)),
        )
        for entity, victim, wanted in steps:
            write.delete(entity, victim)
            row = write.get("Investigation", own["id"])
            assert (row["fileSize"], row["fileCount"]) == wanted, entity

    def test_sizes_are_kept_again_after_a_dataset_was_deleted(self, write: Writing):
        own = write.investigation(
            datasets=[
                {"name": "d", "type": 1, "datafiles": [{"name": "f", "fileSize": 1}]},
                {"name": "e", "type": 1, "datafiles": [{"name": "f", "fileSize": 10}]},
            ]
        )
        first, second = own["datasets"]
        write.delete("Dataset", first["id"])
        write.delete("Datafile", second["datafiles"][0]["id"])
        for entity, id_ in (("Investigation", own["id"]), ("Dataset", second["id"])):
            row = write.get(entity, id_)
            assert (row["fileSize"], row["fileCount"]) == (0, 0)
