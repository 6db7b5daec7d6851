"""What schemathesis cannot know by itself: names of things that exist, and how to read lines of JSON."""

import json
import os

import schemathesis

# By path: the values of its parameter that a test filled its database with.
KNOWN = json.loads(os.environ.get("PINATA_KNOWN_NAMES", "{}"))


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Every other generated name becomes one that exists, so that paths are asked with success as well."""
    if not path_parameters:
        return path_parameters
    for prefix, (name, values) in KNOWN.items():
        if context.operation.path.startswith(prefix) and name in path_parameters:
            chosen = len(str(path_parameters[name])) % (2 * len(values))
            if chosen < len(values):
                return {**path_parameters, name: values[chosen]}
    return path_parameters


@schemathesis.deserializer("application/jsonl")
def lines(ctx, response):
    """Each line must be JSON by itself; the whole is text, as its schema says."""
    text = response.content.decode()
    for line in text.splitlines():
        json.loads(line)
    return text


# Neither ingest nor a supervisor stands behind the api of this test, and its machine may be busy.
REASONS = {"OVERLOADED", "SUPERVISOR_UNREACHABLE", "CLAIMS_UNAVAILABLE"}


@schemathesis.check
def unavailable_for_a_reason(ctx, response, case):
    """503 says why, and the database of this test is there all the time."""
    if response.status_code == 503 and response.json()["code"] not in REASONS:
        raise AssertionError(f"unavailable for no reason: {response.text}")
