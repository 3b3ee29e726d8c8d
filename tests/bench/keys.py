"""How soon a key's row and its detail are painted.

Single keys, pages, keys held, and a heap of keys at once.
"""

from collections.abc import Callable, Iterator
from statistics import median
from typing import Final

from tests.bench.figures import Figure, against, percentile
from tests.bench.scene import PAGE, ROWS, Scene
from tests.bench.slow_proxy import distant
from tests.bench.terminal import DrawnScreen, Program

Number = Callable[[DrawnScreen], int]

DOWN: Final = b"\x1b[B"
_UP: Final = b"\x1b[A"
_LOWEST: Final = 45
_HELD_SECONDS: Final = 1 / 30
_HELD_KEYS: Final = 120
_HEAP: Final = 500
_TURNS: Final = 9
_FAR_MS: Final = 200


def keys(scene: Scene, repeats: int) -> list[Figure]:
    """Measure single keys, down a page and up again, past the edge of the window."""
    here, there = _each(scene, repeats, _single)
    times, size = here
    peer_times, peer_size = there
    p50, p99 = median(times), percentile(times, 0.99)
    peer_p99 = percentile(peer_times, 0.99)
    return [
        against("key to row and detail, p50", times, "DataTable", peer_times, 0.15),
        Figure(
            "key to row and detail, p99",
            f"{p99:.1f} ms",
            "≤ 3 x p50",
            p99 <= 3 * p50,
            f"DataTable {peer_p99:.1f} ms",
            p99 / peer_p99,
        ),
        Figure("bytes a key", f"{size:.0f}", "≤ 2560", size <= 2560, f"DataTable {peer_size:.0f}", size / peer_size),
    ]


def turns(scene: Scene, repeats: int) -> list[Figure]:
    """Measure pages turned one after another, once the next is there; also from far away."""
    near, peer, far = list[float](), list[float](), list[float]()
    with distant(scene.service.base_url, _FAR_MS) as address:
        for _ in range(max(repeats // 3, 1)):
            near += _turned(opened(scene.desk(), scene.entry_on), b"]", scene.entry_on, 0.4)
            peer += _turned(
                opened(scene.own_peer("data_table", scene.rows, PAGE), scene.entry_on), b"r", scene.entry_on, 0.4
            )
            far += _turned(opened(scene.desk(address), scene.entry_on), b"]", scene.entry_on, 1.2)
    worst, worst_far = max(near, default=0), max(far, default=0)
    return [
        against("page turn", near, "DataTable", peer, 0.12),
        Figure("page turn, longest", f"{worst:.1f} ms", "≤ 30 ms", worst <= 30),
        against(f"page turn, service {_FAR_MS} ms away", far, "DataTable", peer, 0.12),
        Figure(f"page turn, service {_FAR_MS} ms away, longest", f"{worst_far:.1f} ms", "≤ 30 ms", worst_far <= 30),
    ]


def held(scene: Scene, repeats: int) -> list[Figure]:
    """Hold the key down for four seconds, past the ends of pages."""
    here, there = _each(scene, max(repeats // 3, 1), _held)
    times, after = here
    peer_times, peer_after = there
    p99 = percentile(times, 0.99)
    return [
        Figure(
            "key held at 30 Hz, p99",
            f"{p99:.1f} ms (p50 {median(times):.1f})",
            "≤ 40 ms",
            p99 <= 40,
            f"DataTable {percentile(peer_times, 0.99):.1f} ms",
            p99 / percentile(peer_times, 0.99),
        ),
        Figure(
            "still moving after release", f"{after:.0f} ms", "≤ 40 ms", after <= 40, f"DataTable {peer_after:.0f} ms"
        ),
    ]


def heap(scene: Scene, repeats: int) -> list[Figure]:
    """Press 500 times Down at once."""
    here, there, lost = list[float](), list[float](), 0
    for _ in range(repeats):
        for program, into in ((scene.desk(), here), (_peer(scene), there)):
            opened(program, scene.entry_on)
            at = program.send(DOWN * _HEAP)
            program.settle(1.0, 15)
            program.close()
            came = _reached(program, scene.entry_on, _HEAP, at)
            last = scene.entry_on(program.screen())
            if came is None or last != _HEAP:
                lost += into is here
            else:
                into.append(came)
    return [
        against("500 Down keys at once", here, "DataTable", there, 0.3, "s"),
        Figure("of these, runs that ended on another row", f"{lost} of {repeats}", "none", not lost),
    ]


def _peer(scene: Scene) -> Program:
    return scene.own_peer("data_table", scene.rows, ROWS)


def opened(program: Program, number: Number) -> Program:
    """Wait until a program is on its first row and at rest."""
    while number(program.screen()) != 0:
        program.settle(0.5, 5)
        if program.ended or program.now > 30:
            raise TimeoutError("\n".join(program.screen().lines))
    program.settle(1.0, 5)
    return program


def _each(
    scene: Scene, repeats: int, measure: Callable[[Program, Scene], tuple[list[float], float]]
) -> list[tuple[list[float], float]]:
    """Return the times of the desk and of the peer, and the median of what else is measured.

    They take turns.
    """
    starts: tuple[Callable[[], Program], ...] = (scene.desk, lambda: _peer(scene))
    found: list[tuple[list[float], list[float]]] = [([], []) for _ in starts]
    for _ in range(repeats):
        for (times, others), start in zip(found, starts, strict=True):
            more, other = measure(opened(start(), scene.entry_on), scene)
            times.extend(more)
            others.append(other)
    return [(times, median(others)) for times, others in found]


def _single(program: Program, scene: Scene) -> tuple[list[float], float]:
    steps = [*range(1, _LOWEST), *range(_LOWEST - 2, 0, -1)]
    sent = []
    for before, step in zip([0, *steps], steps, strict=False):
        sent.append(program.send(DOWN if step > before else _UP))
        program.settle(0.06, 2)
    program.close()
    shown = [*program.timeline(scene.entry_on, sent[0])]
    times = [1000 * (at - began) for began, at in _paired(sent, steps, shown)]
    return times, program.written(sent[0]) / len(steps)


def _paired(sent: list[float], wanted: list[int], shown: list[tuple[float, int]]) -> Iterator[tuple[float, float]]:
    for began, number in zip(sent, wanted, strict=True):
        if at := next((at for at, seen in shown if at >= began and seen == number), None):
            yield began, at


def _turned(program: Program, key: bytes, number: Number, rest: float) -> list[float]:
    times = []
    for turn in range(1, _TURNS + 1):
        sent = program.send(key)
        program.settle(rest, 2)
        if came := _reached(program, number, turn * PAGE, sent):
            times.append(1000 * (came - sent))
    program.close()
    return times


def _held(program: Program, scene: Scene) -> tuple[list[float], float]:
    sent = []
    for _ in range(_HELD_KEYS):
        sent.append(program.send(DOWN))
        while (left := sent[-1] + _HELD_SECONDS - program.now) > 0:
            program.read(left)
    program.settle(0.3, 5)
    program.close()
    shown = [*program.timeline(scene.entry_on, sent[0])]
    times, at = [], 0
    for began, wanted in zip(sent, range(1, _HELD_KEYS + 1), strict=True):
        while at < len(shown) and (shown[at][0] < began or shown[at][1] < wanted):
            at += 1
        if at < len(shown):
            times.append(1000 * (shown[at][0] - began))
    last = next((when for when, seen in shown if seen == _HELD_KEYS), None)
    return times, 1000 * (last - sent[-1]) if last else float("inf")


def _reached(program: Program, number: Number, wanted: int, after: float) -> float | None:
    return next((at for at, seen in program.timeline(number, after) if seen == wanted), None)
