"""How a figure is written in a sentence."""


def figure(value: float) -> str:
    """Return a figure to three digits, without an exponent from 0.0001 to 1,000,000, with a minus sign as in print."""
    text = f"{value:,.0f}" if 1_000 <= abs(value) < 1e6 else f"{value:.3g}"
    return text.replace("-", "−")
