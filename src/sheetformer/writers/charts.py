"""Native charts of a workbook, each driven by cells: the map of words, curves and bars."""

from __future__ import annotations

from typing import Any

from sheetformer.book.charts import AnyChart, Chart, CurveChart, LooksChart
from sheetformer.book.spots import COLUMN_WIDTH, ROW
from sheetformer.writers.styles import INK, NAVY, QUIET, SHARE

_MARKERS = (("circle", NAVY, "above"), ("diamond", SHARE, "below"))
_CURVES = (
    (NAVY, "solid", "circle"),
    (SHARE, "dash", "diamond"),
    ("#2E8B57", "round_dot", "square"),
    ("#8B5CF6", "dash_dot", "triangle"),
    ("#B91C1C", "long_dash", "x"),
    ("#6B7280", "long_dash_dot", "star"),
)
"""Colour, dash and marker: distinct in grey, too."""


_PENS = (
    {"color": "#9FB3CC", "width": 1.0},
    {"color": "#5B7FA6", "width": 3.25},
    {"color": NAVY, "width": 6.5},
)
"""For weak, middling and strong lines: told apart in grey, too."""
ROOM_FOR_WORDS = 0.6
"""At each side of lines that are 1 long."""


def insert_chart(chart: AnyChart, workbook: Any, worksheet: Any) -> None:
    """Put a chart over its cells."""
    drawn = _drawn(chart, workbook)
    # What a chart reads may be folded away, as the words of a map are.
    drawn.show_hidden_data()
    heading = {"name": "Arial", "size": 11, "color": INK}
    drawn.set_title({"name": chart.title, "name_font": heading})
    width = chart.columns * _pixels(COLUMN_WIDTH)
    drawn.set_size({"width": width, "height": round(chart.rows * ROW * 4 / 3)})
    # A little below the row's edge: a page that breaks there would show the border twice.
    place = {"object_position": 1, "y_offset": 3}
    worksheet.insert_chart(chart.row, chart.column, drawn, place)


def _drawn(chart: AnyChart, workbook: Any) -> Any:
    if isinstance(chart, LooksChart):
        return _looks(chart, workbook)
    return _words(chart, workbook) if isinstance(chart, Chart) else _curves(chart, workbook)


def _looks(chart: LooksChart, workbook: Any) -> Any:
    """Lines between words, the strongest last, and no axes."""
    drawn = workbook.add_chart({"type": "scatter", "subtype": "straight"})
    for pen, paths in zip(_PENS, chart.strokes, strict=True):
        for x, y in paths:
            line = {"line": pen, "marker": {"type": "none"}}
            drawn.add_series({"categories": f"={x}", "values": f"={y}", **line})
    for word in chart.words:
        font = {"name": "Arial", "size": 9, "bold": True, "color": INK}
        side = ("left", "right")[word.group]
        labels = {"series_name": True, "value": False, "position": side, "font": font}
        name = {"name": f"={word.label}", "data_labels": labels}
        point = {"line": {"none": True}, "marker": _marker("circle", QUIET, 4)}
        drawn.add_series({"categories": f"={word.x}", "values": f"={word.y}", **name, **point})
    drawn.set_legend({"none": True})
    count = max(sum(word.group == side for word in chart.words) for side in (0, 1))
    none = {"visible": False, "major_gridlines": {"visible": False}}
    drawn.set_x_axis(none | {"min": -ROOM_FOR_WORDS, "max": 1 + ROOM_FOR_WORDS})
    drawn.set_y_axis(none | {"min": -count - 0.5, "max": -0.5})
    return drawn


def _words(chart: Chart, workbook: Any) -> Any:
    """A scatter chart; one word is one series, labelled with its name."""
    drawn = workbook.add_chart({"type": "scatter"})
    for series in chart.series:
        shape, colour, side = _MARKERS[series.group % len(_MARKERS)]
        font = {"name": "Arial", "size": 10, "bold": True, "color": colour}
        labels = {"series_name": True, "value": False, "position": side, "font": font}
        drawn.add_series(
            {
                "name": f"={series.label}",
                "categories": f"={series.x}",
                "values": f"={series.y}",
                "marker": _marker(shape, colour, 8),
                "data_labels": labels,
            }
        )
    drawn.set_legend({"none": True})
    axis_limit = {"num_format": "0", "min": -chart.axis_limit, "max": chart.axis_limit}
    if chart.axis_limit % 1.0:
        # Rounded to whole numbers they would stand beside other places than their own.
        axis_limit |= {"num_format": "0.0", "major_unit": 0.5}
    drawn.set_x_axis(_axis(chart.axes[0]) | axis_limit)
    drawn.set_y_axis(_axis(chart.axes[1]) | axis_limit)
    return drawn


def _curves(chart: CurveChart, workbook: Any) -> Any:
    """Lines over numbers, or bars over words."""
    kind = {"type": "column"} if chart.bars else {"type": "scatter", "subtype": "straight"}
    if chart.stacked:
        kind["subtype"] = "stacked"
    drawn = workbook.add_chart(kind)
    for line, (colour, dash, shape) in zip(chart.lines, _CURVES, strict=False):
        name = f"={line.named}" if line.named else line.label
        series = {"name": name, "categories": f"={line.x}", "values": f"={line.y}"}
        if chart.bars:
            series |= {"fill": {"color": colour}, "border": {"color": INK}, "gap": 60}
        else:
            pen = {"color": colour, "dash_type": dash, "width": 1.75}
            series |= {"line": pen, "marker": _marker(shape, colour, 6)}
        drawn.add_series(series)
    several = {"position": "bottom", "font": {"name": "Arial", "size": 9, "color": INK}}
    drawn.set_legend(several if len(chart.lines) > 1 else {"none": True})
    drawn.set_x_axis(_axis(chart.axes[0]) | _log(chart.log[0]))
    axis_limit = (
        {} if chart.axis_limit is None else {"min": chart.axis_limit[0], "max": chart.axis_limit[1]}
    )
    height = _axis(chart.axes[1]) | {"num_format": chart.number_format} | axis_limit
    drawn.set_y_axis(height | _log(chart.log[1]))
    return drawn


def _log(wanted: bool) -> dict[str, Any]:
    return {"log_base": 10} if wanted else {}


def _marker(shape: str, colour: str, size: int) -> dict[str, Any]:
    fill, border = {"color": colour}, {"color": colour if shape in "x star" else "#FFFFFF"}
    return {"type": shape, "size": size, "fill": fill, "border": border}


def _axis(title: str) -> dict[str, Any]:
    return {
        "name": title,
        "name_font": {"name": "Arial", "size": 10, "color": QUIET, "bold": False},
        "major_gridlines": {"visible": True, "line": {"color": "#E5E7EB"}},
        "line": {"color": QUIET},
        "num_font": {"name": "Arial", "size": 9, "color": QUIET},
        "label_position": "low",
    }


def _pixels(width: float) -> int:
    """A column's width on the screen; spreadsheet programs count 7 pixels a digit and a margin."""
    return round(width * 7 + 5)
