"""The JSON Schemas that documents keep, which are files beside this one."""

import json
from importlib.resources import files
from typing import Any


def schema_in(name: str) -> dict[str, Any]:
    """Return the schema that a file of the package holds."""
    return json.loads(files("vicinal.report").joinpath(name).read_text(encoding="utf-8"))
