"""The model card: what a version is, what it was made from, how good it was, what it must not be used for."""

from __future__ import annotations

from importlib.metadata import version as installed
from typing import Any

from classifier.contract import EVERYBODY, Contract, choose_cuts
from classifier.corpus import LabelledLetter, fingerprint
from classifier.taxonomy import Taxonomy
from classifier.training import Recipe, Trained

LIBRARIES = ("jieba", "joblib", "numpy", "opencc", "scikit-learn", "scipy")


def make_manifest(
    trained: Trained, letters: list[LabelledLetter], taxonomy: Taxonomy | None, recipe: Recipe, contract: Contract, *, day: str
) -> dict[str, Any]:
    """What a later reader needs to judge and rebuild the model; ``day`` is an ISO date, ``contract`` that of the training day."""
    cuts = choose_cuts(trained.outcomes, contract)
    return {
        "day": day,
        "recipe": recipe.as_dict(),
        "libraries": {name: installed(name) for name in LIBRARIES},
        "taxonomy": {"version": taxonomy.version, "digest": taxonomy.digest} if taxonomy else None,
        "data": {
            "letters": sum(letter.in_scope for letter in letters),
            "out_of_scope": sum(not letter.in_scope for letter in letters),
            "labels": len({letter.category for letter in letters if letter.in_scope}),
            "fingerprint": fingerprint(letters),
        },
        "heads": {name: len(head["classes"]) for name, head in trained.state["heads"].items()},
        "terms": sum(map(len, trained.state["terms"])),
        "temperature": {name: head["temperature"] for name, head in trained.state["heads"].items()},
        "caution": {name: list(head["caution"]) for name, head in trained.state["heads"].items()},
        "held_out": trained.scores,
        "cuts": {name: None if cut is None else round(cut, 4) for name, cut in cuts.items()},
    }


def make_card(manifest: dict[str, Any]) -> str:
    """The manifest in words (Mitchell et al. 2019, "Model Cards for Model Reporting")."""
    scores = "\n".join(f"| {name} | {value} |" for name, value in manifest["held_out"].items()) or "| (too few letters) | |"
    data, cuts = manifest["data"], manifest["cuts"]
    named = [name for name, cut in cuts.items() if cut is not None and name != EVERYBODY]
    alone = f"departments whose letters may go out alone, from some confidence on: {', '.join(named) or 'none'}"
    return f"""# Model {{version}}

Sorts citizens' petition letters (信访来信) into {data["labels"]} labels from {manifest["terms"]:,} terms (words and runs of
one to three characters, digits masked; a term must stand in {manifest["recipe"]["min_letters"]} different letters). Multinomial
logistic regression, one byte a weight, probabilities calibrated on letters held out writer by writer, each writer counting alike.

**Made from** {data["letters"]:,} labelled letters and {data["out_of_scope"]:,} texts that are no petition; fingerprint
`{data["fingerprint"][:16]}…`.

**For** proposing category, purpose and department to a person who decides. **Not for** judging, scoring or tracing the people
who write, nor for refusing or closing a letter.

Scores on letters whose writer the model had not read (harder than a random split, easier than real mail):

| score | value |
|---|---|
{scores}

Under the misroute contract of the training day, {alone}. The cuts are chosen anew from the stored outcomes of the letters held
out whenever a contract changes. Figures on real letters: `docs/benchmarks.md`.
"""
