"""Student records: plain threads that look students up, write to them, and sum up classes.

Now and then the registrar's marks come in. That import keeps the whole file locked, as somebody once wrote it.
"""

from __future__ import annotations

from recovery import BreakerConfig, circuit_breaker, retry

from . import records
from .calls import call, is_missing
from .process import Process
from .settings import seconds, upstream
from .work import Work, join

MAIL = upstream("mail")
PAGES, PAGE_SECONDS = 25, 0.14  # of an import

reading = BreakerConfig(failure_threshold=5, recovery_timeout=seconds(5))
writing = BreakerConfig(failure_rate=50, window_size=20, recovery_timeout=seconds(10), half_open_successes=2)
summing = BreakerConfig(slow_call_rate=60, slow_call_duration=0.3, window_size=10, recovery_timeout=seconds(8))


@circuit_breaker(name="students.get", service_name="students", config=reading)
@retry(name="students.get", service_name="students", max_attempts=2, base_delay=0.05)
def get(student: int) -> str:
    """A student's name."""
    with records.opened() as file:
        return str(file.execute("SELECT name FROM student WHERE id = ?", (student,)).fetchone()[0])


@circuit_breaker(name="students.notify", service_name="students", config=writing, ignore=is_missing)
@retry(name="students.notify", service_name="students", max_attempts=3, base_delay=0.2, max_delay=2.0, jitter="full")
def notify(student: int) -> bytes:
    """Write to a student."""
    return call(f"{MAIL}/students/{student}", method="POST")


@circuit_breaker(name="students.report", service_name="students", config=summing)
@retry(name="students.report", service_name="students", max_attempts=2, base_delay=0.1)
def report(_student: int) -> list[tuple[int, float]]:
    """The best classes."""
    with records.opened(patience=1.0) as file:
        return file.execute("SELECT class, avg(mark) FROM student GROUP BY class ORDER BY 2 LIMIT 5").fetchall()


def import_marks(process: Process, first: int) -> None:
    """Take in the registrar's marks, page by page as they come, in one exclusive transaction."""
    with records.opened(patience=5.0) as file:
        file.execute("BEGIN EXCLUSIVE")
        for page in range(PAGES):
            file.execute("UPDATE student SET mark = 1 + (id + ?) % 6 WHERE id % ? = ?", (first, PAGES, page))
            if process.over.wait(PAGE_SECONDS):
                break
        file.execute("COMMIT")


def main(process: Process) -> None:
    """Until it shall end."""
    records.create()
    threads = [
        *Work("get", rate=3.0, workers=3).start_threads(get, process),
        *Work("notify", rate=0.6, workers=2).start_threads(notify, process),
        *Work("report", rate=0.7).start_threads(report, process),
        *Work("import", rate=1 / seconds(90)).start_threads(lambda first: import_marks(process, first), process),
    ]
    process.over.wait()
    join(threads)


if __name__ == "__main__":
    this = Process()
    this.begin()
    main(this)
