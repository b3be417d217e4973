"""The runner of examples finds what is wrong, and where."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.blocks import BadMarkdown, Block, blocks

ROOT = Path(__file__).parents[2]

PAGE = """\
# Page

```python
x = 1
```

```bash
not python
```

<!-- no-run: needs a server -->

~~~~py title="later"
serve()
~~~~

1. in a list

   ```pycon
   >>> x
   1
   ```
"""


def test_blocks_are_found_with_their_lines() -> None:
    expected = [
        Block("python", 4, "x = 1\n"),
        Block("python", 14, "serve()\n", "needs a server"),
        Block("pycon", 20, ">>> x\n1\n"),
    ]
    assert list(blocks(PAGE)) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("```python\nx = 1\n", "never ends"), ("<!-- no-run -->\n```python\n```\n", "say why")],
)
def test_what_cannot_be_meant_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(BadMarkdown, match=complaint):
        list(blocks(text))


def _run(tmp_path: Path, text: str) -> subprocess.CompletedProcess[str]:
    page = tmp_path / "page.md"
    page.write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "tests.docs.run", str(page)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_page_runs_in_one_namespace_with_await(tmp_path: Path) -> None:
    text = PAGE + (
        "```python\nimport asyncio\nawait asyncio.sleep(0)\ny = x + 1\n```\n"
        "```python\nasync def z() -> int:\n    return y\n\nassert asyncio.run(z()) == 2\n```\n"
    )
    done = _run(tmp_path, text)
    assert done.returncode == 0, done.stderr


def test_an_error_names_the_line_of_the_page(tmp_path: Path) -> None:
    done = _run(tmp_path, "# Page\n\n```python\nx = 1\nraise KeyError(x)\n```\n")
    assert done.returncode == 1
    assert 'File "page.md", line 5' in done.stderr


def test_a_wrong_answer_fails(tmp_path: Path) -> None:
    assert _run(tmp_path, "```pycon\n>>> 1 + 1\n3\n```\n").returncode == 1


def test_what_is_not_run_must_still_be_python(tmp_path: Path) -> None:
    assert _run(tmp_path, "<!-- no-run: a sketch -->\n```python\nif :\n```\n").returncode == 1
