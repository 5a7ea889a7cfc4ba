"""The way from the values of an index to the index in symbols; the same in both languages."""

from __future__ import annotations

from qmgis.model import Block

__all__ = ["formula"]

# v is the value as it enters: turned by the direction d, so that high is more burden.
NORMALISED = {
    "none": "v",
    "z": "(v - m) / s",
    "robust_z": "(v - median) / (1.4826 MAD)",
    "min_max": "l + (u - l) (v - min) / (max - min)",
    "percentile_rank": "#(smaller) / (n - 1)",
    "rank": "rank(v)",
    "borda": "#(smaller) + #(equal) / 2",
    "exponential_rank": "-23 ln(1 - R (1 - exp(-100 / 23))), R = (n - rank + 1) / n",
    "exponential_from_ranks": "-23 ln(1 - R (1 - exp(-100 / 23))), R = (n - rank + 1) / n",
    "fraction_of_max": "v / max",
    "distance_to_maximum": "(v - min) / (max - min)",
    "goalposts": "(v - zero) / (one - zero), 0 to 1",
}
AGGREGATED = {
    "sum": "Σ w {y}", "mean": "Σ w {y} / Σ w", "geometric": "exp(Σ w ln {y} / Σ w)", "harmonic": "Σ w / Σ (w / {y})",
    "copeland": "Σ_j sign(o_ij - 1/2), o_ij = Σ w [{y}_i > {y}_j] + 1/2 Σ w [{y}_i = {y}_j]",
}  # fmt: skip


def formula(name: str, block: Block) -> str:
    """Return the formula of one index of a profile.

    Examples
    --------
    >>> formula("status", toy_profile().blocks["status"])
    'v = d x; y = (v - m) / s; Z = Σ w y; SI = (Z - m) / s'
    """
    steps = block.steps
    lines = [f"v = d {'Δx' if block.of == 'change' else 'x'}", f"y = {NORMALISED[steps.normalise]}"]
    if steps.domains:
        lines.append(f"D = {AGGREGATED[steps.aggregate].format(y='y')}")
        if steps.domain_normalise != "none":
            lines.append(f"D' = {steps.domain_normalise}(D)")
        inner = "D'" if steps.domain_normalise != "none" else "D"
        lines.append(f"Z = {AGGREGATED[steps.domain_aggregate].format(y=inner)}")
    else:
        lines.append(f"Z = {AGGREGATED[steps.aggregate].format(y='y')}")
    symbol = {"status": "SI", "dynamics": "DI"}.get(name, "I")
    last = {"none": "Z", "z": "(Z - m) / s"}.get(steps.again, f"{steps.again}(Z)")
    return "; ".join([*lines, f"{symbol} = {last}"])
