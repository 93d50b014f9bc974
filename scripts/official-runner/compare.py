"""Compares two runs of one workflow in the local GitHub, GitHub's own runner against ours, and prints a table of what differs. Exit code 1 where something does
that the workflow does not say (`# differs: WHERE | WHAT: why`)."""

import argparse
import difflib
import json
import os
import re
import sys
import urllib.request

MOST_LINES = 12  # of one step

# What differs by its nature: times, ids, paths, versions of the runner.
VARIABLE = [
    (re.compile(r"^\ufeff"), ""),
    (re.compile(r"^\d{4}-\d\d-\d\dT[\d:.]+Z "), ""),
    (re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"), "<id>"),
    (re.compile(r"/[^\s'\"]*/_work/_temp"), "<temp>"),
    (re.compile(r"/[^\s'\"]*/_work(?=/|$)"), "<work>"),
    (re.compile(r"/[^\s'\"]*/jobs/[^/\s'\"]+(?:/[^/\s'\"]+)??/temp"), "<temp>"),
    (re.compile(r"/[^\s'\"]*/jobs/[^/\s'\"]+/work"), "<work>"),
    (re.compile(r"<work>/_temp"), "<temp>"),
    (re.compile(r"/[^\s'\"]*/externals/"), "<externals>/"),
    (re.compile(r"<temp>/[\w-]+(?=\.sh|\.py)"), "<temp>/<script>"),
    (re.compile(r"(GITHUB_RUN_ID|GITHUB_RUN_NUMBER)=\d+"), r"\1=<n>"),
]

# Steps of the runner itself say what they do in their own words.
OWN_STEPS = re.compile(r"^(Set up job|Complete job|Initialize containers|Stop containers|Complete runner|Set up runner)$")


def get(url, path):
    try:
        with urllib.request.urlopen(url + path) as answer:
            return answer.read().decode("utf-8", "replace")
    except urllib.error.HTTPError as error:
        return "" if error.code == 404 else sys.exit(f"{path}: {error}")


def plain(text):
    lines = []
    for line in text.rstrip("\n").split("\n") if text else []:
        for pattern, replacement in VARIABLE:
            line = pattern.sub(replacement, line)
        lines.append(line.rstrip("\r"))
    return lines


def annotations(owner):
    keys = ["level", "title", "message", "path", "startColumn", "endColumn"]
    if not OWN_STEPS.match(owner["name"]):  # where those have their lines is their own matter
        keys += ["startLine", "endLine"]
    return [" ".join(f"{key}={'|'.join(plain(str(item[key])))}" for key in keys if item.get(key) not in (None, "", 0)) for item in owner.get("annotations", [])]


def chosen(file):
    """What a workflow says that we do otherwise: lines "# differs: WHERE | WHAT: why", of which a row of the table begins with the first part."""
    with open(file, encoding="utf-8") as lines:
        marks = (re.match(r"# differs: (.+?): (.+)", line) for line in lines)
        return [(mark[1], mark[2]) for mark in marks if mark]


class Table:
    def __init__(self, name, choices):
        self.name, self.rows, self.choices = name, [], choices

    def differs(self, where, what, theirs, ours):
        if theirs != ours:
            self.rows.append((where, what, theirs, ours))
        return theirs != ours

    def print(self):
        """Prints the table; whether something differs that nobody chose."""
        if not self.rows:
            print(f"= {self.name}")
        differs = False
        for where, what, theirs, ours in self.rows:
            why = next((why for start, why in self.choices if f"{where} | {what}".startswith(start)), None)
            differs |= why is None
            print(f"{'≠' if why is None else '≈'} {self.name} | {where} | {what}{f': {why}' if why else ''}\n    GitHub's: {theirs}\n    ours:     {ours}")
        return differs


def steps(table, where, url, run, theirs, ours):
    def names(job):
        return [step["name"] for step in job.get("steps", [])]

    if table.differs(where, "steps", names(theirs), names(ours)):
        return
    for their, our in zip(theirs.get("steps", []), ours.get("steps", [])):
        place = f"{where} / {their['name']}"
        table.differs(place, "conclusion", their.get("conclusion"), our.get("conclusion"))
        table.differs(place, "annotations", annotations(their), annotations(our))
        table.differs(place, "its log is lost", their.get("isLogMissing", False), our.get("isLogMissing", False))
        if not OWN_STEPS.match(their["name"]):
            left, right = (plain(get(url, f"/emulator/runs/0/jobs/{job['id']}/steps/{step['id']}/log")) for job, step in ((theirs, their), (ours, our)))
            lines(table, place, left, right)


def lines(table, place, left, right):
    if left == right:
        return
    if len(left) + len(right) > 20000:
        table.differs(place, "number of lines", len(left), len(right))
        table.differs(place, "last lines", left[-3:], right[-3:])
        return
    changed = [line for line in difflib.unified_diff(left, right, lineterm="", n=0) if not line.startswith(("---", "+++", "@@"))]
    theirs, ours = ([line[1:] for line in changed if line[0] == sign] for sign in "-+")
    table.differs(place, "log", json.dumps(theirs[:MOST_LINES], ensure_ascii=False), json.dumps(ours[:MOST_LINES], ensure_ascii=False))


def main():
    parser = argparse.ArgumentParser()
    for name in ("url", "file", "theirs", "ours", "out"):
        parser.add_argument("--" + name, required=True)
    given = parser.parse_args()
    name = os.path.splitext(os.path.basename(given.file))[0]
    runs = {}
    for side in ("theirs", "ours"):
        text = get(given.url, f"/emulator/runs/{getattr(given, side)}")
        runs[side] = json.loads(text)
        with open(os.path.join(given.out, f"{name}.{side}.json"), "w", encoding="utf-8") as file:
            json.dump(runs[side], file, indent=2)
        for job in runs[side]["jobs"]:
            log = get(given.url, f"/emulator/runs/0/jobs/{job['id']}/log")
            with open(os.path.join(given.out, f"{name}.{side}.{re.sub(r'[^A-Za-z0-9]+', '-', job['name'])}.log"), "w", encoding="utf-8") as file:
                file.write(log)
    table = Table(name, chosen(given.file))
    theirs, ours = runs["theirs"], runs["ours"]
    table.differs("run", "conclusion", theirs.get("conclusion"), ours.get("conclusion"))
    if not table.differs("run", "jobs", [job["name"] for job in theirs["jobs"]], [job["name"] for job in ours["jobs"]]):
        for their, our in zip(theirs["jobs"], ours["jobs"]):
            where = their["name"]
            table.differs(where, "conclusion", their.get("conclusion"), our.get("conclusion"))
            table.differs(where, "outputs", their.get("outputs", {}), our.get("outputs", {}))
            table.differs(where, "annotations", annotations(their), annotations(our))
            table.differs(where, "its log is lost", their.get("isLogMissing", False), our.get("isLogMissing", False))
            steps(table, where, given.url, given.theirs, their, our)
    sys.exit(1 if table.print() else 0)


main()
