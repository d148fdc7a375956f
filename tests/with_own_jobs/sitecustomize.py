"""Read by Python at its start where this folder is on its path: the program then has the jobs of tests/own_jobs.py."""

from tests.own_jobs import JOBS as OWN
from tracker.jobs.registry import JOBS

JOBS.update(OWN)
