"""The least that a logged answer can cost: a bare FastAPI route that inserts one row and commits. Run by ``bench.spine``."""

import sqlite3
import sys

import uvicorn
from fastapi import FastAPI

PRAGMAS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")


def bare_application(file: str) -> FastAPI:
    app = FastAPI(openapi_url=None)
    connection = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    for pragma in (*PRAGMAS, "CREATE TABLE IF NOT EXISTS entry (id INTEGER PRIMARY KEY, leaf BLOB)"):
        connection.execute(pragma)

    @app.get("/entry")
    def entry() -> dict[str, str]:
        insert_and_commit(connection)
        return {"outcome": "done"}

    return app


def insert_and_commit(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO entry (leaf) VALUES (?)", (b"x" * 400,))
    connection.execute("COMMIT")


if __name__ == "__main__":
    uvicorn.run(bare_application(sys.argv[2]), port=int(sys.argv[1]), log_level="warning", access_log=False)
