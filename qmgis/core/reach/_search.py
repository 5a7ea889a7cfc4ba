"""Shortest ways from many doors: compiled, the one place where numpy is too slow.

Import it inside functions: it takes numba along. What is compiled is kept beside the package.
"""

from __future__ import annotations

import numba
import numpy as np

__all__ = ["search", "spread"]

_compiled = numba.njit(cache=True, error_model="numpy", boundscheck=False)


@_compiled
def _push(keys, nodes, size, key, node):  # type: ignore[no-untyped-def]
    """Put a node into the heap of ``size``."""
    place = size
    while place > 0 and keys[(place - 1) >> 1] > key:
        keys[place], nodes[place] = keys[(place - 1) >> 1], nodes[(place - 1) >> 1]
        place = (place - 1) >> 1
    keys[place], nodes[place] = key, node


@_compiled
def _pop(keys, nodes, size):  # type: ignore[no-untyped-def]
    """Take the first node out of the heap, which has ``size`` after that."""
    key, node, place = keys[size], nodes[size], 0
    while 2 * place + 1 < size:
        child = 2 * place + 1
        if child + 1 < size and keys[child + 1] < keys[child]:
            child += 1
        if keys[child] >= key:
            break
        keys[place], nodes[place] = keys[child], nodes[child]
        place = child
    keys[place], nodes[place] = key, node


@_compiled
def _lower(value, place, ways, reached, count):  # type: ignore[no-untyped-def]
    """Note a shorter way to a place, and the place if it is the first one; return how many places are noted."""
    if ways[place] == np.inf:
        reached[count] = place
        count += 1
    ways[place] = value
    return count


@_compiled
def _walk(facility, doors, network, homes, cutoff, space):  # type: ignore[no-untyped-def]
    """Search from the doors of one facility; return how many nodes and how many origins were reached."""
    at, door_node, door_cost = doors
    row, column, weight = network
    home_row, home, home_cost = homes
    cost, best, touched, seen, keys, heap = space
    size, many, people = 0, 0, 0
    for door in range(at[facility], at[facility + 1]):
        node, way = door_node[door], door_cost[door]
        if way <= cutoff and way < cost[node]:
            many = _lower(way, node, cost, touched, many)
            _push(keys, heap, size, way, node)
            size += 1
    while size > 0:
        way, node = keys[0], heap[0]
        size -= 1
        _pop(keys, heap, size)
        if way > cost[node]:
            continue
        for entry in range(home_row[node], home_row[node + 1]):
            there = way + home_cost[entry]
            if there <= cutoff and there < best[home[entry]]:
                people = _lower(there, home[entry], best, seen, people)
        for edge in range(row[node], row[node + 1]):
            further, end = way + weight[edge], column[edge]
            if further <= cutoff and further < cost[end]:
                many = _lower(further, end, cost, touched, many)
                _push(keys, heap, size, further, end)
                size += 1
    return many, people


@_compiled
def search(first, doors, network, homes, direct, cutoff, space, out):  # type: ignore[no-untyped-def]
    """Search from one facility after the other until there is no room; return the next one and the pairs written.

    ``doors``: nodes and costs that facility f starts from, rows ``at[f]`` to ``at[f + 1]``. ``network``: rows, columns,
    costs of the matrix. ``homes``: the same from nodes to origins; ``direct``: from facilities to origins on their
    street. ``space``: cost of each node and origin, infinite between two searches, nodes and origins reached, the
    heap's costs and nodes. ``out``: facility, origin, cost.
    """
    cost, best, touched, seen = space[0], space[1], space[2], space[3]
    to_facility, to_origin, pair_cost = out
    at, neighbour, beside = direct
    written = 0
    for facility in range(first, len(at) - 1):
        many, people = _walk(facility, doors, network, homes, cutoff, space)
        for entry in range(at[facility], at[facility + 1]):
            if beside[entry] < best[neighbour[entry]]:
                people = _lower(beside[entry], neighbour[entry], best, seen, people)
        fits = written + people <= len(to_origin)
        for place in range(people):
            if fits:
                to_facility[written], to_origin[written] = facility, seen[place]
                pair_cost[written] = best[seen[place]]
                written += 1
            best[seen[place]] = np.inf
        for place in range(many):
            cost[touched[place]] = np.inf
        if not fits:
            return facility, written
    return len(at) - 1, written


@_compiled
def spread(doors, network, cost, owner, touched, seen, space):  # type: ignore[no-untyped-def]
    """Lower the costs of nodes that can be reached for less from some doors; return how many were touched.

    ``doors``: nodes, costs and owners to begin with. ``cost`` and ``owner`` of each node are changed in place, the
    nodes that were noted in ``touched``; ``seen``: false for each node. ``space``: the heap's costs and nodes.
    """
    door_node, door_cost, door_owner = doors
    row, column, weight = network
    keys, heap = space
    size, many = 0, 0
    for door in range(len(door_node)):
        node, way = door_node[door], door_cost[door]
        if way < cost[node]:
            cost[node], owner[node] = way, door_owner[door]
            if not seen[node]:
                seen[node], touched[many] = True, node
                many += 1
            _push(keys, heap, size, way, node)
            size += 1
    while size > 0:
        way, node = keys[0], heap[0]
        size -= 1
        _pop(keys, heap, size)
        if way > cost[node]:
            continue
        for edge in range(row[node], row[node + 1]):
            further, end = way + weight[edge], column[edge]
            if further < cost[end]:
                cost[end], owner[end] = further, owner[node]
                if not seen[end]:
                    seen[end], touched[many] = True, end
                    many += 1
                _push(keys, heap, size, further, end)
                size += 1
    return many
