"""Long work in processes of its own. Everything a page needs to know lies on disk, so a reload or a restart loses nothing.

locks.py      a lock that goes with its process
journal.py    what a job tells the world: its state, its progress, whether somebody asked it to stop
job.py        a job as others see it, known by its folder
queue.py      start, continue, wait for a turn: one job works at a time, oldest first
"""

from genre_core.jobs.job import Job, active_jobs, list_jobs, remove_job
from genre_core.jobs.journal import Journal, Status, StopAsked
from genre_core.jobs.queue import perform, prepare, resume, start

__all__ = [
    "Job",
    "Journal",
    "Status",
    "StopAsked",
    "active_jobs",
    "list_jobs",
    "perform",
    "prepare",
    "remove_job",
    "resume",
    "start",
]
