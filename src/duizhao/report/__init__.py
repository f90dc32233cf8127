"""Reports for people: tables, plots, and lines in the terminal."""

from __future__ import annotations

from duizhao.report.personal import describe_personal
from duizhao.report.plots import FORMATS, write_plots
from duizhao.report.tables import describe_records, describe_report
from duizhao.report.terminal import (
    make_report,
    print_contents,
    print_duplicates,
    print_findings,
    print_inventory,
    print_lines,
    print_report,
    print_summary,
    print_tables,
    progress,
    tell_next,
    wrap,
)

__all__ = [
    "FORMATS",
    "describe_personal",
    "describe_records",
    "describe_report",
    "make_report",
    "print_contents",
    "print_duplicates",
    "print_findings",
    "print_inventory",
    "print_lines",
    "print_report",
    "print_summary",
    "print_tables",
    "progress",
    "tell_next",
    "wrap",
    "write_plots",
]
