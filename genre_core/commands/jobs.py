"""`jobs`: what works, waits and broke off, with stop and continue."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import Any

import click

from genre_core.commands.output import duration, emit, json_option
from genre_core.errors import JobError
from genre_core.jobs import Job, list_jobs, resume
from genre_core.paths import Root


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Those that ended well too.")
@click.pass_context
@json_option
def command(ctx: click.Context, /, *, everything: bool, as_json: bool) -> None:
    """List imports, extractions and trainings: those that work or wait, and those that broke off."""
    if ctx.invoked_subcommand is not None:
        return
    shown = 0
    for job in list_jobs(ctx.obj):
        status = job.status()
        if everything or status.state != "finished":
            shown += 1
            emit(_values(job), as_json=as_json, text=_line(job))
    if not shown and not as_json:
        click.echo("No job works, waits or broke off.", err=True)


@command.command()
@click.argument("job_id", metavar="JOB")
@click.option("--wait", "wait_seconds", type=float, default=0.0, metavar="SECONDS", help="Wait until it has ended.")
@click.pass_obj
@json_option
def stop(root: Root, /, *, job_id: str, wait_seconds: float, as_json: bool) -> None:
    """Ask JOB to stop soon and keep what it has."""
    job = find_job(job_id, root)
    status = job.status()
    if status.is_over:
        raise JobError(f"The job {job.id} is over ({status.state}): there is nothing to stop.")
    job.stop()
    if wait_seconds:
        job.wait(timeout_seconds=wait_seconds)
    emit(_values(job), as_json=as_json, text=f"{job.id} was asked to stop.")


@command.command("continue")
@click.argument("job_id", metavar="JOB")
@click.pass_obj
@json_option
def continue_(root: Root, /, *, job_id: str, as_json: bool) -> None:
    """Continue JOB, which broke off or was stopped, in a process of its own."""
    job = find_job(job_id, root)
    refuse_opened(job)
    resume(job, root)
    emit(_values(job), as_json=as_json, text=f"{job.id} goes on. Follow it with: python -m genre_core jobs")


def refuse_opened(job: Job) -> None:
    """Raise `RunError` where a job has made a run whose training must not go on."""
    from genre_core.runs import MANIFEST, Run

    if (job.folder / MANIFEST).is_file():
        Run.load(job.folder).refuse_to_continue()


def find_job(name: str, root: Root, *kinds: str) -> Job:
    """The job of that id, or of the one id that begins or ends so; `JobError` if there is none."""
    found = list_jobs(root, *kinds)
    exact = [job for job in found if job.id == name]
    near = exact or [job for job in found if name and (job.id.startswith(name) or job.id.endswith(name))]
    if len(near) == 1:
        return near[0]
    names = ", ".join(job.id for job in (near or found)[:10]) or "none yet"
    what = f"Several jobs are named like {name!r}" if near else f"There is no job named {name!r}"
    raise JobError(f"{what}. Choose one of: {names}.")


def _values(job: Job) -> dict[str, Any]:
    return {"job": job.id, "kind": job.kind, **asdict(job.status()), "folder": job.folder}


def _line(job: Job) -> str:
    status = job.status()
    left = "" if status.seconds_left is None or status.is_over else f", {duration(status.seconds_left)} left"
    day = time.strftime("%Y-%m-%d %H:%M", time.localtime(status.created))
    return f"{job.id} ({job.kind}, {day}): {status.state}: {status.message}{left}"
