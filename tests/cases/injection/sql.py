"""SQL that is put together from values."""

import sqlite3

import asyncpg
import pandas as pd
import psycopg2
import psycopg2.sql
from models import TABLE
from sqlalchemy import text

connection = sqlite3.connect("data.db")
cursor = connection.cursor()
KNOWN_TABLE = "users"


def in_place(name, number, columns, ids):
    cursor.execute(f"SELECT id FROM users WHERE name = '{name}'")  # expect: sql-execute-formatted
    cursor.execute("SELECT id FROM users WHERE name = '%s'" % name)  # expect: sql-execute-formatted
    cursor.execute("SELECT id FROM users WHERE a = '%s' AND b = %s" % (name, int(number)))  # expect: sql-execute-formatted
    cursor.execute("SELECT id FROM users WHERE a = '%(a)s'" % {"a": name})  # expect: sql-execute-formatted
    cursor.execute("SELECT id FROM users WHERE name = '{}'".format(name))  # expect: sql-execute-formatted
    cursor.execute("SELECT id FROM users WHERE name = '" + name + "'")  # expect: sql-execute-formatted
    cursor.execute(" ".join(["SELECT", name, "FROM users"]))  # expect: sql-execute-formatted
    cursor.execute("SELECT id FROM users WHERE id IN (%s)" % ",".join(ids))  # expect: sql-execute-formatted
    cursor.execute("SELECT id FROM users WHERE id IN (%s)" % ",".join(map(str, ids)))  # expect: sql-execute-formatted
    cursor.execute(f"INSERT INTO users ({','.join(columns)}) VALUES (?)", (1,))  # expect: sql-execute-formatted
    cursor.execute(name + " ORDER BY id")  # expect: sql-execute-formatted
    cursor.execute((query := f"SELECT id FROM {name}"))  # expect: sql-execute-formatted
    cursor.execute(sql=f"DELETE FROM {name}")  # expect: sql-execute-formatted
    cursor.executemany("UPDATE %s SET a = ?" % name, [])  # expect: sql-execute-formatted
    cursor.executescript(f"PRAGMA user_version = {name}")  # expect: sql-execute-formatted
    cursor.callproc(f"report_{name}")  # expect: sql-execute-formatted
    connection.execute(f"DROP TABLE {name}")  # expect: sql-execute-formatted
    pd.read_sql(f"SELECT * FROM {name}", connection)  # expect: sql-execute-formatted
    pd.read_sql_query("SELECT * FROM " + name, connection)  # expect: sql-execute-formatted
    cursor.execute(  # what it is called with stands on its own line
        f"""-- # expect: sql-execute-formatted
        SELECT id
        FROM users
        WHERE name = '{name}'
        """.strip()
    )


in_place_multiline = cursor.execute(f"""SELECT id FROM users WHERE {condition}""")  # expect: sql-execute-formatted


def through_variables(name, where, conn):
    query = f"SELECT id FROM users WHERE name = '{name}'"
    cursor.execute(query)  # expect: sql-execute-formatted
    grown = "SELECT id FROM users"
    grown += " WHERE name = '" + name + "'"
    conn.execute(grown)  # expect: sql-execute-formatted
    clause = "SELECT id FROM users "
    clause += where
    conn.execute(clause)  # expect: sql-execute-formatted
    fixed = "SELECT id FROM users"
    fixed += " ORDER BY id"
    conn.execute(fixed)
    template = "SELECT id FROM {}"
    conn.execute(template.format(name))  # expect: sql-execute-formatted
    run = cursor.execute
    run(f"DELETE FROM {name}")  # expect: sql-execute-formatted


def by_name(db, session, cur, c, self, name, connections, engine):
    db.execute(f"SELECT id FROM {name}")  # expect: sql-execute-formatted
    session.execute(text(f"SELECT id FROM {name}"))  # expect: sql-execute-formatted
    cur.execute("SELECT id FROM %s" % name)  # expect: sql-execute-formatted
    c.execute("SELECT id FROM " + name)  # expect: sql-execute-formatted
    self.db_conn.execute(f"UPDATE {name} SET a = 1")  # expect: sql-execute-formatted
    self.execute(f"SELECT id FROM {name}")  # expect: sql-execute-formatted
    connections["default"].cursor().execute(f"SELECT id FROM {name}")  # expect: sql-execute-formatted
    engine.execute(f"show tables like '{name}'")  # expect: sql-execute-formatted


async def asynchronous(name):
    conn = await asyncpg.connect()
    await conn.fetch(f"SELECT id FROM {name}")  # expect: sql-execute-formatted
    async with asyncpg.create_pool() as pool, pool.acquire() as one:
        await one.fetchrow("SELECT id FROM " + name)  # expect: sql-execute-formatted


def postgres(name):
    with psycopg2.connect("") as pg, pg.cursor() as inner:
        inner.execute(f"SELECT {name} FROM users")  # expect: sql-execute-formatted
        inner.execute(psycopg2.sql.SQL(f"SELECT {name} FROM users"))  # expect: sql-execute-formatted
        inner.execute(psycopg2.sql.SQL("SELECT {} FROM users").format(psycopg2.sql.Identifier(name)))


def quiet(name, number, ids, executor, conn, rows):
    cursor.execute("SELECT id FROM users WHERE name = ?", (name,))
    cursor.execute("SELECT id FROM users WHERE name = %s", (name,))
    cursor.execute("SELECT id FROM users WHERE id = %d" % number)
    cursor.execute("SELECT id FROM users WHERE id = " + str(int(number)))
    cursor.execute(f"SELECT id FROM users LIMIT {int(number)}")
    cursor.execute(f"SELECT id FROM users LIMIT {number:d}")
    cursor.execute(f"SELECT id FROM {KNOWN_TABLE}")
    cursor.execute(f"SELECT id FROM {TABLE}")
    cursor.execute("SELECT id FROM users WHERE id IN (%s)" % ",".join("?" * len(ids)), ids)
    cursor.execute("SELECT id FROM users WHERE id IN (%s)" % ",".join(["?"] * len(ids)), ids)
    cursor.execute(f"SELECT id FROM users WHERE id IN ({','.join('?' for _ in ids)})", ids)
    cursor.execute("SELECT id FROM users WHERE id IN (%s)" % ",".join(str(int(one)) for one in ids))
    cursor.execute("SELECT id FROM %s" % quote_ident(name))
    cursor.execute(f"SELECT id FROM users {'WHERE a = 1' if number else ''}")
    cursor.execute("SELECT id FROM users" if number else name)
    for table in ("users", "groups"):
        cursor.execute(f"DELETE FROM {table}")
    limit = int(number)
    cursor.execute(f"SELECT id FROM users LIMIT {limit}")
    conditions = []
    conditions.append("a = ?")
    cursor.execute("SELECT id FROM users WHERE " + " AND ".join(conditions))
    cursor.execute(name)
    cursor.execute(build(name))
    executor.execute(f"Please select a seat from {name}")
    executor.execute(f"notify {name}")
    executor.submit(f"SELECT id FROM {name}")
    log.info(f"SELECT id FROM {name}")
    raise ValueError(f"SELECT id FROM {name} failed")


def in_order(name, flag):
    query = "SELECT id FROM users"
    cursor.execute(query)
    query = f"SELECT id FROM {name}"
    cursor.execute(query)  # expect: sql-execute-formatted
    query = "SELECT 1"
    cursor.execute(query)
    if flag:
        query = f"DELETE FROM {name}"
    cursor.execute(query)  # expect: sql-execute-formatted
    query = "SELECT 2"
    for item in name:
        cursor.execute(query)  # expect: sql-execute-formatted
        query = f"SELECT {item} FROM users"
    while flag:
        query = "SELECT 3"
        cursor.execute(query)
        query = f"SELECT {flag} FROM users"
    if flag:
        query = "SELECT 4"
    else:
        query = "SELECT 5"
    query = "SELECT 6"
    cursor.execute(query)
    query = query + " WHERE name = '" + name + "'"
    cursor.execute(query)  # expect: sql-execute-formatted
    try:
        query = f"SELECT {flag} FROM users"
    except ValueError:
        query = "SELECT 7"
    with cursor:
        cursor.execute(query)  # expect: sql-execute-formatted
    query = "SELECT 8"
    query += " FROM users"
    with cursor:
        cursor.execute(query)
    query += name
    cursor.execute(query)  # expect: sql-execute-formatted
