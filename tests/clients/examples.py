"""Runs the examples of docs/clients.md and the modules of `esi-syncd schema`. Started by `run`, beside this file.

Every example tells how many orders of The Forge were placed in the last six hours, and how many of them are bids. What
that should be is worked out here, by another way.
"""

import re
import subprocess
import sys
from pathlib import Path

import checks
import databases

PLACEHOLDER = "://reader@localhost/esi"


def fences(document):
    """The code blocks of the document: language, label and text."""
    found = re.findall(r"^```(\w+)(?: ([\w-]+))?\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)
    assert all(label for _, label, _ in found), "every block has a language and a label"
    return found


def output(command, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise AssertionError(f"exit {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


def shell(text):
    return output(["bash", "-euo", "pipefail", "-c", text])


def python(text):
    return output([sys.executable, "-W", "error", "-c", text])


def node(text):
    return output(["node", "-e", text])


def duckdb(text):
    return python(f"import duckdb\nprint(duckdb.connect().execute({text!r}).fetchall())")


def django(text):
    return python(databases.DJANGO + text)


RUN = {
    "sqlite3": {"sh": shell, "python": python},
    "psql": {"sh": shell},
    "pandas": {"python": python},
    "pandas-postgres": {"python": python},
    "polars": {"python": python},
    "duckdb": {"sql": duckdb},
    "datasette": {"sh": shell},
    "sqlalchemy": {"python": python},
    "django": {"python": django},
    "node": {"js": node},
}

# `tests/documentation.rs` runs these two with rows of its own.
ELSEWHERE = {("sql", "sqlite"), ("sql", "postgres")}


def answers(said, expected):
    """The numbers of the output, in which the expected pair must stand side by side."""
    numbers = [int(number) for number in re.findall(r"\d+", said)]
    assert tuple(expected) in zip(numbers, numbers[1:]), f"expected {expected}, got:\n{said}"
    return "%d orders, %d bids" % tuple(expected)


def example(language, label, text, expected, address):
    if label == "spreadsheet":
        return checks.spreadsheet(shell, text, expected)
    if label.startswith("grafana-"):
        return checks.grafana(label, text, address)
    return answers(RUN[label][language](text), expected)


def main(document, demo):
    expected = databases.sqlite(demo)
    address = databases.postgres()
    text = Path(document).read_text().replace(PLACEHOLDER, address)
    work = [
        (f"{label} ({language})", lambda block=(language, label, block): example(*block, expected, address))
        for language, label, block in fences(text)
        if (language, label) not in ELSEWHERE
    ]
    work += [(name, lambda check=check: check(address, expected)) for name, check in checks.ALL.items()]
    passed = failed = 0
    for name, run in work:
        try:
            print(f"ok     {name}: {run()}", flush=True)
            passed += 1
        except Exception as error:
            print(f"FAILED {name}: {type(error).__name__}: {error}", flush=True)
            failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
