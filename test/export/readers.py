"""Reads an exported file with a tool that knows nothing of this project, and prints its rows as JSON lines: readers.py HOW FILE."""

import csv
import json
import sys
import uuid
from datetime import datetime, timezone


def plain(value):
    """What JSON has of a value."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return aware.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, dict):
        return {name: plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    return value


def python_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file, strict=True)


def python_json(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            yield json.loads(line)


def duckdb_rows(query, path):
    import duckdb

    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    relation = connection.execute(query, [path])
    names = [column[0] for column in relation.description]
    for row in relation.fetchall():
        yield dict(zip(names, row))


def duckdb_parquet(path):
    return duckdb_rows("select * from read_parquet(?)", path)


def duckdb_json(path):
    return duckdb_rows("select * from read_json(?, format = 'newline_delimited', sample_size = -1, maximum_depth = -1)", path)


def duckdb_csv(path):
    return duckdb_rows("select * from read_csv(?, header = true, all_varchar = true, delim = ',', quote = '\"', escape = '\"')", path)


def pyarrow_parquet(path):
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(path)
    for batch in file.iter_batches():
        yield from batch.to_pylist()


def pyarrow_metadata(path):
    import pyarrow.parquet

    file = pyarrow.parquet.ParquetFile(path)
    metadata = {key.decode(): value.decode() for key, value in file.metadata.metadata.items() if key != b"ARROW:schema"}
    types = {field.name: str(field.type) for field in file.schema_arrow}
    yield {"metadata": metadata, "types": types, "rows": file.metadata.num_rows, "groups": file.metadata.num_row_groups}


def zeek(path):
    from parsezeeklogs import ZeekLog

    with ZeekLog(path) as log:
        yield from log
        if log.skipped:
            raise SystemExit(f"{log.skipped} lines could not be read")


READERS = {
    "python-csv": python_csv,
    "python-json": python_json,
    "duckdb-parquet": duckdb_parquet,
    "duckdb-json": duckdb_json,
    "duckdb-csv": duckdb_csv,
    "pyarrow-parquet": pyarrow_parquet,
    "pyarrow-metadata": pyarrow_metadata,
    "zeek": zeek,
}

for row in READERS[sys.argv[1]](sys.argv[2]):
    sys.stdout.write(json.dumps(plain(row)) + "\n")
