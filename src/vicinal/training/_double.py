"""Double precision from the inputs to the loss; Fabric's own gives logits back in single precision."""

from typing import Any

from lightning_fabric.plugins.precision import DoublePrecision


class Double(DoublePrecision):
    """Fabric's double precision, whose outputs stay what they are."""

    def convert_output(self, data: Any) -> Any:
        """Return the outputs as they are."""
        return data
