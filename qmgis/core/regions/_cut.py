"""A part with too many residents, cut where its spanning tree joins the least alike (SKATER)."""

from __future__ import annotations

from heapq import heappop, heappush

from qmgis.core.regions._graph import Graph
from qmgis.core.regions._state import Limits

__all__ = ["cut", "spanning_tree"]


def cut(graph: Graph, part: list[int], limits: Limits) -> list[list[int]]:
    """Return a connected part, cut until each piece keeps the upper limit of residents or no cut leaves both enough.

    Parameters
    ----------
    graph
        Units and links.
    part
        Connected units.
    limits
        ``min_population`` and ``max_population``.
    """
    if sum(graph.population[unit] for unit in part) <= limits.max_population or len(part) < 2:
        return [part]
    edge = _edge(graph, part, limits)
    if edge is None:
        return [part]
    beyond = {edge[1]}
    for last, unit in spanning_tree(graph, part):  # from the first unit outwards
        if last in beyond:
            beyond.add(unit)
    sides = ([unit for unit in part if unit not in beyond], sorted(beyond))
    return [piece for side in sides for piece in cut(graph, side, limits)]


def spanning_tree(graph: Graph, part: list[int]) -> list[tuple[int, int]]:
    """Return the links of a connected part that join the most alike (Prim), each from the unit nearer to the first."""
    inside, done, tree = set(part), set(), []
    queue = [(0.0, part[0], -1)]
    while queue:
        _, unit, last = heappop(queue)
        if unit in done:
            continue
        done.add(unit)
        if last >= 0:
            tree.append((last, unit))
        for other in graph.links[unit]:
            if other in inside and other not in done:
                heappush(queue, (abs(graph.score[unit] - graph.score[other]), other, unit))
    return tree


def _edge(graph: Graph, part: list[int], limits: Limits) -> tuple[int, int] | None:
    """Return the link of the tree whose cut lowers the sum of squared distances most, both sides large enough."""
    tree = spanning_tree(graph, part)
    below = {unit: [graph.population[unit], graph.population[unit] * graph.score[unit]] for unit in part}
    for last, unit in reversed(tree):
        below[last][0] += below[unit][0]
        below[last][1] += below[unit][1]
    people, sums = below[part[0]]
    best, found = -1.0, None
    for last, unit in tree:
        here, own = below[unit]
        rest, other = people - here, sums - own
        if min(here, rest) < limits.min_population or min(here, rest) <= 0:
            continue
        # between the two means: what the cut takes off the sum of squares
        drop = here * rest / people * (own / here - other / rest) ** 2
        if drop > best + 1e-12:
            best, found = drop, (last, unit)
    return found
