"""Run the tests of fetching with httpx2, which continues httpx, in its place: `python -m tests.other_client`.

Needs a package index. Nothing is installed where the tracker is: the packages go into a folder that is removed again.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ("test_fetch.py", "test_connections.py", "test_guard.py", "test_webhook.py", "test_secrets.py")
AT_START = "import httpx2\n\nhttpx2.alias_httpx()\n"
"""Makes `import httpx` and `import httpcore` mean the other ones, in every process that finds this."""

IGNORED = ("-W", "ignore::pytest.PytestAssertRewriteWarning")  # pytest would have liked to import anyio itself


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", folder]
        subprocess.run([*pip, "httpx2>=2.16,<3"], check=True)
        (Path(folder) / "sitecustomize.py").write_text(AT_START, encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": folder}
        check = "import httpx, httpcore; assert (httpx.__name__, httpcore.__name__) == ('httpx2', 'httpcore2')"
        subprocess.run([sys.executable, "-c", check], env=environment, check=True)
        tests = [str(ROOT / "tests" / name) for name in TESTS]
        return subprocess.run(
            [sys.executable, "-m", "pytest", "-q", *IGNORED, *tests], env=environment, check=False
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
