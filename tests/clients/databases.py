"""The two databases that the examples read, and what the answer is."""

import os
import sqlite3
import subprocess

import duckdb
import duckdb_extension_sqlite_scanner
import psycopg
from pathlib import Path

DATABASE = "esi_clients"
COPIED = ["market_orders", "universe_types", "server_status"]

DJANGO = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings_sqlite")
import django
django.setup()
"""

SETTINGS = """
SECRET_KEY = "x"
USE_TZ = True
INSTALLED_APPS = ["esi"]
DATABASES = {{"default": {}}}
"""


def schema(*arguments):
    return subprocess.run(["esi-syncd", "schema", *arguments], check=True, capture_output=True, text=True).stdout


def sqlite(demo):
    """`esi.db`, in the working directory. No order is near the limit of six hours, so that the minutes that a run takes
    change no answer."""
    source = sqlite3.connect(f"file:{demo}?mode=ro", uri=True)
    source.execute("VACUUM INTO 'esi.db'")
    source.close()
    esi = sqlite3.connect("esi.db")
    hours = "(julianday('now') - julianday(issued)) * 24"
    esi.execute(f"DELETE FROM market_orders WHERE {hours} BETWEEN 5.5 AND 6.5")
    esi.commit()
    expected = esi.execute(
        f"SELECT COUNT(*), SUM(is_buy_order = 1) FROM market_orders WHERE region_id = 10000002 AND {hours} < 6"
    ).fetchone()
    orders = esi.execute("SELECT COUNT(*) FROM market_orders WHERE region_id = 10000002").fetchone()[0]
    esi.close()
    assert 0 < expected[1] < expected[0] < orders, (expected, orders)

    Path("esi_tables.py").write_text(schema("--format", "sqlalchemy"))
    Path("esi").mkdir()
    Path("esi/__init__.py").touch()
    Path("esi/models.py").write_text(schema("--format", "django"))
    place = {"ENGINE": "django.db.backends.sqlite3", "NAME": "file:esi.db?mode=ro", "OPTIONS": {"uri": True}}
    Path("settings_sqlite.py").write_text(SETTINGS.format(place))
    # `INSTALL sqlite` fetches this from DuckDB's own server; PyPI has the same signed file.
    (extension,) = Path(duckdb_extension_sqlite_scanner.__file__).parent.glob("extensions/*/*.duckdb_extension")
    duckdb.connect().execute(f"INSTALL '{extension}'")
    return expected


def postgres():
    """A database of the same schema with some of the rows. Returns its address without the protocol's name."""
    server = os.environ["ESI_TEST_PG_URL"]
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {DATABASE}")
        connection.execute(f"CREATE DATABASE {DATABASE}")
    protocol, rest = server.split("://", 1)
    address = f"://{rest.rsplit('/', 1)[0]}/{DATABASE}"
    esi = sqlite3.connect("file:esi.db?mode=ro", uri=True)
    with psycopg.connect(f"postgresql{address}") as connection:
        connection.execute(schema("--dialect", "postgresql"))
        for table in COPIED:
            with connection.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                for row in esi.execute(f"SELECT * FROM {table}"):
                    copy.write_row(row)
        info = connection.info
        place = {"ENGINE": "django.db.backends.postgresql", "NAME": DATABASE, "HOST": info.host, "PORT": info.port}
        place |= {"USER": info.user, "PASSWORD": info.password}
    Path("settings_postgres.py").write_text(SETTINGS.format(place))
    esi.close()
    return address
