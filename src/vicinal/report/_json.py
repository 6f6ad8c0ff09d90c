"""The results as JSON for other programs; ``schema.json`` says its form."""

import dataclasses
import json
import math
from pathlib import Path
from typing import Any

from vicinal._files import write
from vicinal.evidence import Estimate, Judged
from vicinal.experiments import Cell, ExperimentResult, Finding, Measured, Results
from vicinal.report._schema import schema_in

FORMAT = 1


def document(results: Results) -> dict[str, Any]:
    """Return the results as plain data, null where a figure is missing or has no bound."""
    return {
        "format": FORMAT,
        "version": results.version,
        "machine": dataclasses.asdict(results.machine),
        "seconds": _finite(results.seconds),
        "experiments": {each.name: _experiment(each) for each in results.experiments},
    }


def write_json(results: Results, path: Path) -> Path:
    """Write the document, in one step, and return the path."""
    return write(path, json.dumps(document(results), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) that every document keeps."""
    return schema_in("schema.json")


def _experiment(result: ExperimentResult) -> dict[str, Any]:
    return {
        "scale": result.scale,
        "seconds": _finite(result.seconds),
        "trials": dataclasses.asdict(result.counts),
        "table": [
            {column.key: _cell(row.get(column.key)) for column in result.table.columns} for row in result.table.rows
        ],
        "claims": [_claim(finding) for finding in result.findings],
        "seeds": result.seeds,
        "repetition": result.repetition,
        "question": result.question,
        "differs": result.differs,
        "command": result.command,
        "columns": [dataclasses.asdict(column) for column in result.table.columns],
        "failures": list(result.failures),
        "warnings": list(result.warnings),
    }


def _claim(finding: Finding) -> dict[str, Any]:
    verdict = finding.verdict
    return {
        "id": finding.id,
        "sentence": finding.sentence,
        "verdict": verdict.word,
        "statistic": finding.statistic,
        "unit": finding.unit,
        **_effect(finding.effect),
        "parts": [_part(judged) for judged in verdict.parts],
        "why": verdict.why,
        "needs": verdict.needs,
    }


def _part(judged: Judged) -> dict[str, Any]:
    part = judged.part
    return {
        "name": part.name,
        "verdict": judged.word,
        "claimed": {"above": _finite(part.low), "below": _finite(part.high)},
        **_effect(part.effect),
        "adjusted": None if judged.adjusted is None else _effect(judged.adjusted),
    }


def _effect(effect: Estimate | None) -> dict[str, Any]:
    if effect is None:
        return dict.fromkeys(("level", "effect", "low", "high", "n"))
    return {
        "level": effect.level,
        "effect": _finite(effect.mean),
        "low": _finite(effect.low),
        "high": _finite(effect.high),
        "n": effect.n,
    }


def _cell(cell: Cell) -> Any:
    if isinstance(cell, Measured):
        return {"mean": _finite(cell.mean), "sd": _finite(cell.sd) if cell.n > 1 else None, "n": cell.n}
    if isinstance(cell, Estimate):
        return _effect(cell)
    return _finite(cell) if isinstance(cell, float) else cell


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
