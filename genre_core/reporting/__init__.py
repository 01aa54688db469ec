"""A run on paper: one self-contained HTML file, and its predictions as CSV.

markup.py      elements of HTML; every text is escaped on its way in
plotting.py    axes, lines and dots as inline SVG
style.py       the look: light, dark and printed
markdown.py    a run's card as HTML
material.py    what a report is made of, read once
charts.py      the figures; tables.py  the tables
sections.py    the parts on the model and its scores; mistakes.py  on single tracks and artists
again.py       command lines that give the numbers again
inspected.py   what was found out by inspecting: told where it was measured, else how to measure it
report.py      report_html
predictions_csv.py  report_csv
"""

from genre_core.reporting.again import report_command
from genre_core.reporting.predictions_csv import report_csv
from genre_core.reporting.report import report_html

__all__ = ["report_command", "report_csv", "report_html"]
