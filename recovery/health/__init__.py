"""Health checks: probes, what is due, what a result means. Pure but for the probes; knows no models.

`probe(kind, target, within=…, allowed=…)` looks once and never raises for what it finds; `target_problem` says what is
wrong with a target; `due` says when; `standing` counts results in a row and says when recovery acts.
"""

from .addresses import Networks, networks
from .due import next_run
from .probe import ProbeResult, probe
from .standing import Standing, after, enough
from .targets import target_problem

__all__ = ["Networks", "ProbeResult", "Standing", "after", "enough", "networks", "next_run", "probe", "target_problem"]
