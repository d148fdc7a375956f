"""One whole piece of the debate, as a newspaper might have had it in November 2023, in our own words."""

import json
import os
from pathlib import Path

from tests.forked_command import run_command

ROOT = Path(__file__).parent.parent

ARTICLE = {
    "id": "nov-2023",
    "title": "Police and charities round on Meta over end-to-end encryption for Messenger and Instagram",
    "summary": (
        "Meta will soon lock every private chat on Messenger so that nobody but sender and recipient can read it, and "
        "Instagram is to follow. Simon Bailey, who used to be national lead for child protection at the National "
        "Police Chiefs’ Council, thinks the firm is turning away from children it knows are being abused. John Carr, "
        "of the UK children’s charities’ coalition on internet safety, calls the timing hard to forgive. Graeme "
        "Biggar, who heads the National Crime Agency, expects most of the reports that now lead to arrests to dry up, "
        "and Rhiannon-Faye McDonald of the Marie Collins Foundation – herself groomed online at 13 – fears that "
        "images of abuse will circulate unseen. Meta answers that it finds predators by metadata: signals such as an "
        "adult who writes to many teenagers he does not know."
    ),
    "language": "en",
}

EXPECTED = {
    "simon-bailey",
    "john-carr",
    "graeme-biggar",
    "rhiannon-faye-mcdonald",
    "npcc",
    "nca",
    "marie-collins-foundation",
    "chis",
    "meta",
    "messenger",
    "instagram",
    "metadata-detection",
    "e2ee",
    "encryption",
    "child-safety",
}


def test_the_command_tags_everyone_in_it_and_shows_the_words() -> None:
    done = run_command("tag", cwd=ROOT, env=os.environ, stdin=json.dumps(ARTICLE).encode())
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["id"] == "nov-2023"
    assert said["relevance"] == "both"
    assert EXPECTED - set(said["tags"]) == set()
    assert {item["tag"] for item in said["evidence"]} == set(said["tags"])
    for item in said["evidence"]:
        assert ARTICLE[item["field"]][item["start"] : item["end"]] == item["words"]
