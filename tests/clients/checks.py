"""What docs/clients.md claims beside its examples, and that the generated modules fit the databases."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path

import duckdb
import polars
import psycopg
import sqlalchemy

import databases

# DuckDB runs views in its own dialect.
NOT_IN_DUCKDB = {"open_wars", "sync_status"}


def relations():
    esi = sqlite3.connect("file:esi.db?mode=ro", uri=True)
    return [name for (name,) in esi.execute("SELECT table_name FROM sync_tables ORDER BY table_name")]


def spreadsheet(shell, text, expected):
    shell(text)
    with open("orders.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (len(rows), sum(row["is_buy_order"] == "1" for row in rows)) == tuple(expected), len(rows)
    for row in rows:
        datetime.strptime(row["issued"], "%Y-%m-%d %H:%M:%S")
    return f"{len(rows)} rows"


def grafana(label, text, address):
    """Grafana writes the macros out like this."""
    now = datetime.now(timezone.utc)
    begin, end = now - timedelta(days=1), now + timedelta(hours=1)
    if label == "grafana-postgres":
        span = f"observed_at BETWEEN '{begin:%Y-%m-%dT%H:%M:%SZ}' AND '{end:%Y-%m-%dT%H:%M:%SZ}'"
        text = text.replace("$__timeFilter(observed_at)", span)
        with psycopg.connect(f"postgresql{address}") as esi:
            rows = [(time.timestamp(), players) for time, players in esi.execute(text)]
    else:
        for name, value in [("$__from", begin), ("$__to", end)]:
            text = text.replace(name, str(int(value.timestamp() * 1000)))
        rows = sqlite3.connect("file:esi.db?mode=ro", uri=True).execute(text).fetchall()
    assert "$" not in text, text
    assert rows and all(begin.timestamp() <= time <= end.timestamp() for time, _ in rows), rows
    return f"{len(rows)} points"


def in_django(settings, text):
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": settings}
    command = [sys.executable, "-W", "error", "-c", databases.DJANGO + text]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120)
    assert not done.returncode, done.stdout + done.stderr
    return done.stdout.strip().splitlines()[-1]


DJANGO_MODELS = """
from django.apps import apps
from django.core.management import call_command
call_command("check", fail_level="WARNING")
models = apps.get_models()
for model in models:
    list(model.objects.all()[:1])
from esi.models import MarketOrders
assert len(MarketOrders.objects.select_related("type", "location")) == MarketOrders.objects.count()
named = MarketOrders.objects.filter(type__name__isnull=False).values("type__name").first()
assert named["type__name"], named
print(len(models), "models")
"""

DJANGO_TIMES = """
from django.db import connection
from django.db.models import DateTimeField, Func
from django.db.models.functions import TruncHour
from esi.models import MarketOrders
first = MarketOrders.objects.order_by("issued").first()
assert MarketOrders.objects.filter(issued=first.issued).exists(), "equality"
assert MarketOrders.objects.filter(issued__year=first.issued.year).exists(), "year"
assert MarketOrders.objects.filter(issued__range=(first.issued, first.issued)).exists(), "range"
days = lambda: MarketOrders.objects.filter(issued__date=first.issued.date()).exists()
if connection.vendor == "sqlite":
    assert not days(), "Django reads the Z now: say so in docs/clients.md"
    bare = Func("issued", function="datetime", output_field=DateTimeField())
    row = MarketOrders.objects.annotate(bare=bare, hour=TruncHour(bare)).get(pk=first.pk)
    assert row.bare == first.issued and row.hour == first.issued.replace(minute=0, second=0), row.hour
else:
    assert days()
print("as documented")
"""


def engines(address):
    yield sqlalchemy.create_engine("sqlite:///file:esi.db?mode=ro&uri=true")
    yield sqlalchemy.create_engine(f"postgresql+psycopg{address}")


def sqlalchemy_tables(address, expected):
    import esi_tables

    orders, types = esi_tables.market_orders, esi_tables.universe_types
    assert sorted(esi_tables.metadata.tables) == relations()
    for engine in engines(address):
        with engine.connect() as esi:
            for table in esi_tables.metadata.tables.values():
                esi.execute(sqlalchemy.select(table).limit(1)).all()
            named = sqlalchemy.select(types.c.name, orders.c.issued).join_from(orders, types).limit(1)
            name, issued = esi.execute(named).one()
            assert name and issued.utcoffset() == timedelta(0), (name, issued)
            equal = sqlalchemy.select(sqlalchemy.func.count()).where(orders.c.issued == issued)
            assert esi.scalar(equal) > 0, "equality"
    return f"{len(esi_tables.metadata.tables)} tables on both"


def sqlalchemy_reflection(address, expected):
    engine = next(engines(address))
    orders = sqlalchemy.Table("market_orders", sqlalchemy.MetaData(), autoload_with=engine)
    assert isinstance(orders.c.issued.type, sqlalchemy.DateTime), orders.c.issued.type
    assert isinstance(orders.c.is_buy_order.type, sqlalchemy.Boolean), orders.c.is_buy_order.type
    with engine.connect() as esi:
        issued = esi.scalar(sqlalchemy.select(orders.c.issued).limit(1))
        assert issued.utcoffset() == timedelta(0), issued
        equal = sqlalchemy.select(sqlalchemy.func.count()).where(orders.c.issued == issued)
        assert esi.scalar(equal) == 0, "SQLAlchemy's own type is equal now: say so in docs/clients.md"
    return "as documented"


def polars_postgres(address, expected):
    with psycopg.connect(f"postgresql{address}") as esi:
        orders = polars.read_database("SELECT issued, is_buy_order FROM market_orders", esi)
    assert orders.schema["issued"].time_zone, orders.schema
    assert orders.schema["is_buy_order"] == polars.Boolean, orders.schema
    return "as documented"


def node_postgres(address, expected):
    text = """
        const { Client } = require("pg");
        const esi = new Client({ connectionString: process.argv[1] });
        esi.connect().then(() => esi.query("SELECT order_id, issued, is_buy_order FROM market_orders LIMIT 1"))
            .then(({ rows: [row] }) => {
                console.log(typeof row.order_id, row.issued instanceof Date, typeof row.is_buy_order);
                return esi.end();
            });
    """
    done = subprocess.run(["node", "-e", text, f"postgresql{address}"], capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["string", "true", "boolean"], done.stdout + done.stderr
    return "as documented"


def sqlite_texts(address, expected):
    """What the document says that SQLite cannot be taught."""
    esi = sqlite3.connect("file:esi.db?mode=ro", uri=True)

    def count(condition, *values):
        return esi.execute(f"SELECT COUNT(*) FROM market_orders WHERE {condition}", values).fetchone()[0]

    (newest,) = esi.execute("SELECT MAX(issued) FROM market_orders").fetchone()
    day = newest[:10]
    assert count("issued > ?", f"{day}T00:00:00.000Z") == 0 < count("issued > datetime(?)", f"{day}T00:00:00.000Z")
    assert count("issued = datetime(?)", newest) == 0 < count("datetime(issued) = datetime(?)", newest)
    assert count("issued > datetime(?)", newest) == count("issued = ?", newest) > 0
    assert count("issued >= '2999'") == count("issued IS NOT NULL") and count("issued >= '2999-01-01'") == 0
    assert esi.execute("SELECT CAST(? AS DATETIME)", [newest]).fetchone()[0] == int(newest[:4])
    assert count("is_buy_order = 'true'") == 0 < count("is_buy_order = TRUE") == count("is_buy_order")
    return "as documented"


def sqlite_converters(address, expected):
    """Python's sqlite3 without the converters of the document."""
    esi = sqlite3.connect("file:esi.db?mode=ro", uri=True, detect_types=sqlite3.PARSE_DECLTYPES)
    (issued,) = esi.execute("SELECT issued FROM market_orders LIMIT 1").fetchone()
    (day,) = esi.execute("SELECT date FROM market_history LIMIT 1").fetchone()
    assert isinstance(issued, str) and not isinstance(day, str), (issued, day)
    return "as documented"


def duckdb_relations(address, expected):
    esi = duckdb.connect()
    esi.execute("LOAD sqlite; ATTACH 'esi.db' AS esi (TYPE sqlite, READ_ONLY)")
    unread = {}
    for name in relations():
        try:
            esi.execute(f'SELECT * FROM esi."{name}" LIMIT 1').fetchall()
        except duckdb.Error as error:
            unread[name] = str(error)[:200]
    assert set(unread) == NOT_IN_DUCKDB, unread
    columns = {name: kind for name, kind, *_ in esi.execute("DESCRIBE esi.market_orders").fetchall()}
    assert (columns["issued"], columns["price"]) == ("TIMESTAMP", "DOUBLE"), columns
    # DuckDB takes CAST AS INTEGER and AS REAL in a view for 32 bits: ids overflow, ISK is rounded to seven digits.
    narrow = [
        f"{name}.{column}"
        for name in relations()
        if name not in unread
        for column, kind, *_ in esi.execute(f'DESCRIBE esi."{name}"').fetchall()
        if kind in {"INTEGER", "FLOAT"}
    ]
    assert not narrow, f"write CAST AS BIGINT and AS DOUBLE PRECISION: {narrow}"
    return f"{len(relations()) - len(unread)} read, {len(unread)} not"


def datasette_metadata(address, expected):
    metadata = json.loads(databases.schema("--format", "datasette"))
    tables = metadata["databases"]["esi"]["tables"]
    assert sorted(tables) == relations()
    Path("metadata.json").write_text(json.dumps(metadata))

    def get(path):
        command = ["datasette", "serve", "esi.db", "--metadata", "metadata.json", "--get", path]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout

    assert tables["market_orders"]["columns"]["price"] in get("/esi/market_orders"), "descriptions"
    queries = metadata["databases"]["esi"]["queries"]
    answer = json.loads(get("/esi/example_type_paths.json?_shape=array"))
    assert answer and "name" in answer[0], answer
    view = json.loads(get("/esi/type_paths.json?_shape=array&_size=1"))
    assert "type_id" in view[0], f"the view, not a query of its name: {view}"
    return f"{len(tables)} tables, {len(queries)} queries"


ALL = {
    "SQLite's comparisons": sqlite_texts,
    "Python's converters": sqlite_converters,
    "SQLAlchemy module": sqlalchemy_tables,
    "SQLAlchemy reflection": sqlalchemy_reflection,
    "Django models, SQLite": lambda address, expected: in_django("settings_sqlite", DJANGO_MODELS),
    "Django models, PostgreSQL": lambda address, expected: in_django("settings_postgres", DJANGO_MODELS),
    "Django times, SQLite": lambda address, expected: in_django("settings_sqlite", DJANGO_TIMES),
    "Django times, PostgreSQL": lambda address, expected: in_django("settings_postgres", DJANGO_TIMES),
    "Datasette metadata": datasette_metadata,
    "DuckDB, all tables and views": duckdb_relations,
    "polars, PostgreSQL": polars_postgres,
    "Node, PostgreSQL": node_postgres,
}
