#!/usr/bin/env python3
"""Draws what `hawser-bench groups` or `suite` measured: chart.py FIGURES.jsonl CHART.svg

Milliseconds over topics, both on logarithmic axes: the medians as lines, from the lowest to the highest round as bars,
the aims (of `suite` only) as dashes.
"""
import json
import math
import sys
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 760, 460
LEFT, RIGHT, TOP, BOTTOM = 70, 590, 64, 400
INK, FAINT = "#24292f", "#d8dee4"
EVENTS = {  # What is drawn of each: the figure's name, a colour, a label.
    "join": ("views_ms", "#1b6ca8", "a fourth node joins"),
    "leave": ("views_ms", "#3a7d44", "one of four leaves"),
    "kill": ("repaired_ms", "#c8553d", "one of four is killed"),
}
LABEL_HEIGHT = 15
AIM_HALF_WIDTH = 16


class Axis:
    """Maps the decades around `values` to pixels."""

    def __init__(self, values, begin, end):
        self.first = math.floor(math.log10(min(values)))
        self.last = max(math.ceil(math.log10(max(values))), self.first + 1)
        self.begin, self.end = begin, end

    def at(self, value):
        part = (math.log10(value) - self.first) / (self.last - self.first)
        return self.begin + part * (self.end - self.begin)

    def decades(self):
        return [10.0**power for power in range(self.first, self.last + 1)]


def text(x, y, words, anchor="start", size=13, colour=INK, more=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}" fill="{colour}"{more}>'
            f"{escape(words)}</text>")


def line(x1, y1, x2, y2, colour, width=1.0, more=""):
    return (f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" stroke="{colour}" '
            f'stroke-width="{width}"{more}/>')


def grid(x_axis, y_axis):
    parts = []
    for value in x_axis.decades():
        x = x_axis.at(value)
        parts += [line(x, TOP, x, BOTTOM, FAINT), text(x, BOTTOM + 20, f"{value:,.0f}", "middle")]
    for value in y_axis.decades():
        y = y_axis.at(value)
        parts += [line(LEFT, y, RIGHT, y, FAINT), text(LEFT - 8, y + 4, f"{value:,g}", "end")]
    middle = (TOP + BOTTOM) / 2
    parts += [text((LEFT + RIGHT) / 2, BOTTOM + 42, "topics", "middle"),
              text(20, middle, "milliseconds", "middle", more=f' transform="rotate(-90 20 {middle:.1f})"')]
    return parts


def series(event, figures, x_axis, y_axis):
    name, colour, _ = EVENTS[event]
    points = [(x_axis.at(f["topics"]), y_axis.at(f[name])) for f in figures]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    parts = [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>']
    for (x, y), f in zip(points, figures):
        parts.append(line(x, y_axis.at(f[name + "_min"]), x, y_axis.at(f[name + "_max"]), colour, 1.5))
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>')
    return parts


def aims_of(aims, x_axis, y_axis):
    parts = []
    for aim in aims:
        x, y = x_axis.at(aim["topics"]), y_axis.at(aim["limit_ms"])
        colour = EVENTS[aim["event"]][1]
        parts.append(line(x - AIM_HALF_WIDTH, y, x + AIM_HALF_WIDTH, y, colour, 2, ' stroke-dasharray="5 3"'))
    return parts


def labels(of_event, y_axis):
    """At the lines' ends, moved apart where they would touch."""
    wanted = sorted((y_axis.at(figures[-1][EVENTS[event][0]]), event) for event, figures in of_event.items())
    parts, free_from = [], 0.0
    for y, event in wanted:
        name, colour, label = EVENTS[event]
        y = max(y, free_from)
        free_from = y + 2 * LABEL_HEIGHT + 4
        parts.append(text(RIGHT + 24, y, label, colour=colour))
        parts.append(text(RIGHT + 24, y + LABEL_HEIGHT, f"{of_event[event][-1][name]:.3g} ms", colour=colour))
    return parts


def draw(of_event, aims, machine):
    times = [a["limit_ms"] for a in aims]
    for event, figures in of_event.items():
        name = EVENTS[event][0]
        times += [f[name + end] for f in figures for end in ("_min", "_max")]
    x_axis = Axis([f["topics"] for figures in of_event.values() for f in figures], LEFT, RIGHT)
    y_axis = Axis(times, BOTTOM, TOP)
    rounds = max(f["rounds"] for figures in of_event.values() for f in figures)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
        'role="img" font-family="system-ui, sans-serif">',
        "<title>How long all members take to have their new views of all topics</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        text(LEFT, 26, "Until all members have their new views of all topics", size=16, more=' font-weight="600"'),
        text(LEFT, 46, f"median, lowest and highest of {rounds} rounds; dashes: aims; a kill: from the decision",
             size=12),
    ]
    parts += grid(x_axis, y_axis) + aims_of(aims, x_axis, y_axis)
    for event, figures in of_event.items():
        parts += series(event, figures, x_axis, y_axis)
    parts += labels(of_event, y_axis)
    foot = f'{machine["cores"]} cores, Linux {machine["kernel"]}, {machine["compiler"]}, {machine["date"][:10]}'
    parts += [text(WIDTH - 12, HEIGHT - 8, foot, "end", size=10, colour="#6e7781"), "</svg>"]
    return "\n".join(parts) + "\n"


def main(source, target):
    with open(source, encoding="utf-8") as lines:
        figures = [json.loads(one) for one in lines]
    machine = next(f for f in figures if f["figure"] == "machine")
    aims = [f for f in figures if f["figure"] == "aim" and "limit_ms" in f]
    groups = [f for f in figures if f["figure"] == "groups"]
    of_event = {event: sorted((f for f in groups if f["event"] == event), key=lambda f: f["topics"])
                for event in EVENTS if any(f["event"] == event for f in groups)}
    if not of_event:
        sys.exit(f"{source}: no figures of groups")
    with open(target, "w", encoding="utf-8") as out:
        out.write(draw(of_event, aims, machine))


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2])
