"""The honest table: rows of MODELS trained under the same divisions of a data set, cell by cell, and written side by side."""

from __future__ import annotations

from genre_core.training.benchmark.plan import BenchmarkPlan, BenchmarkRequest, chosen_models, plan_benchmark
from genre_core.training.benchmark.running import run_benchmark
from genre_core.training.benchmark.summary import summarise
from genre_core.training.benchmark.table import markdown

__all__ = ["BenchmarkPlan", "BenchmarkRequest", "chosen_models", "markdown", "plan_benchmark", "run_benchmark", "summarise"]
