"""Datasets and weights of a synthetic release."""

import random
from collections.abc import Iterator

ROOT = "root://eospublic.cern.ch:1094//eos/opendata/atlas/rucio/synthetic"
PROCESSES = ("ttbar", "Zee", "Zmumu", "Wenu", "ggH125_ZZ4lep", "diphoton", "WZ", "dijet")
GENERATORS = ("Powheg(v.1)+Pythia8(v.244)", "Sherpa(v.2.2.11)", "MadGraph(v.2.9)+Pythia8(v.244)")
KEYWORDS = ("top", "Z", "W", "Higgs", "2photon", "jets", "SM", "BSM", "Alternative", "electroweak")
SKIMS = ("exactly4lep", "2to4lep", "GamGam", "3lep")
FIRST_NUMBER = 300_000


def datasets(number: int, *, seed: int = 1, files: int = 20) -> Iterator[dict[str, object]]:
    """Yield so many datasets, each with at most so many files."""
    chance = random.Random(seed)
    for place in range(number):
        yield _dataset(place, chance, files)


def weights(number: int, *, seed: int = 1) -> dict[str, dict[str, list[str]]]:
    """Return the names of the weights of the first datasets, by their tag."""
    found: dict[str, dict[str, list[str]]] = {}
    for dataset in datasets(number, seed=seed, files=1):
        names = ["nominal", "muR=0.5,muF=1.0", "muR=2.0,muF=1.0", "PDF set = 260001"]
        found[str(dataset["dataset_number"])] = {str(dataset["e_tag"]): names}
    return found


def _dataset(place: int, chance: random.Random, files: int) -> dict[str, object]:
    dsid = FIRST_NUMBER + place
    process = chance.choice(PROCESSES)
    short = f"Synthetic_{process}_{place}"
    events = chance.randint(1_000, 50_000_000)
    return {
        "dataset_number": str(dsid),
        "physics_short": short,
        "e_tag": f"e{chance.randint(6000, 8999)}",
        "cross_section_pb": round(10 ** chance.uniform(-4, 4), 8),
        "genFiltEff": round(chance.uniform(0.01, 1), 6),
        "kFactor": round(chance.uniform(0.9, 1.5), 4),
        "nEvents": events,
        "sumOfWeights": round(events * chance.uniform(0.5, 100), 3),
        "sumOfWeightsSquared": round(events * chance.uniform(0.5, 10_000), 3),
        "process": process,
        "generator": chance.choice(GENERATORS),
        "keywords": chance.sample(KEYWORDS, 3),
        "file_list": [_file(dsid, short, part) for part in range(files)],
        "description": f"Synthetic sample {place} of {process} at 13 TeV, which describes nothing",
        "job_path": f"https://example.org/joboptions/{dsid // 1000}xxx/{dsid}",
        "CoMEnergy": "13TeV",
        "GenEvents": events,
        "GenTune": "A14",
        "PDF": "NNPDF30NNLO",
        "Release": "AthGeneration_21.6.82",
        "Filters": None,
        "skims": [_skim(dsid, short, kind) for kind in SKIMS if chance.random() < 0.25],
    }


def _file(dsid: int, short: str, part: int) -> str:
    return f"{ROOT}/mc20_13TeV/DAOD_PHYSLITE.{dsid}.{short}._{part:06}.pool.root.1"


def _skim(dsid: int, short: str, kind: str) -> dict[str, object]:
    return {
        "skim_type": kind,
        "description": f"Events with {kind}",
        "file_list": [f"{ROOT}/skims/{kind}/{dsid}.{short}.root"],
    }
