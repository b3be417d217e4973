"""Rollouts: a policy published to ever more processes, as long as those that run it do no worse than the others.

A stage is an ordinary policy with a scope: one process, a share, all. What is in force in a process is the newest that
means it, so going back is publishing to all what was in force before. Nobody else publishes to the target meanwhile.
"""

from .acts import go_on, stop
from .begin import begin
from .checking import STAGES, Stage
from .judged import Judged, look_after, settle

__all__ = ["STAGES", "Judged", "Stage", "begin", "go_on", "look_after", "settle", "stop"]
