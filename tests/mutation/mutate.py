#!/usr/bin/env python3
"""Plants mechanical mutants in the machines, one at a time, and lists those that no test notices.

    mutate.py --list                                what there is, a line each
    mutate.py --sample 40 --seed 1                  builds and tests so many of them, drawn by the seed
    mutate.py --sample 40 --tests worlds            with the small worlds alone, which takes seconds a mutant
    mutate.py --only transport/vs/hold.cpp          all of one file
    mutate.py --self-test

A mutant is one changed line: a comparison flipped or off by its border, a statement dropped, a one added or left out,
an "and" for an "or". It is put into this very tree, built in --build, tested with a time limit, and taken out again; so
the files in question must have no changes that are not committed. Exit code 0: all that were tried are noticed, or are
known to be equivalent (equivalent.json); 1: some live; 2: it could not be done.
"""

import argparse
import json
import pathlib
import random
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCOPE = ["transport/vs/*.cpp", "transport/membership/*.cpp", "transport/multicast/*.cpp", "transport/multicast/*.hpp",
         "lwg/markers.cpp"]
EQUIVALENT = pathlib.Path(__file__).with_name("equivalent.json")

# What to build and to run for each mutant, the cheapest first: whatever fails has noticed it.
SUITES = {
    "all": (["unit_tests", "spec_tests"],
            [["unit_tests", "--gtest_fail_fast"], ["spec_tests", "--gtest_fail_fast"]]),
    "worlds": (["hawser-heavy-world", "hawser-small-world"],
               [["hawser-heavy-world", "--short"], ["hawser-small-world", "--short"]]),
}

# Kind of mutant → what is replaced by what. The sources are formatted, so operators have spaces around them.
REPLACED = {
    "comparison": [(" < ", " >= "), (" >= ", " < "), (" > ", " <= "), (" <= ", " > "), (" == ", " != "),
                   (" != ", " == ")],
    "border": [(" < ", " <= "), (" <= ", " < "), (" > ", " >= "), (" >= ", " > ")],
    "one": [(" + 1", ""), (" - 1", ""), (" + 1", " + 2")],
    "logic": [(" && ", " || "), (" || ", " && ")],
}
STATEMENT = re.compile(r"^(\s+)((?:[\w.\[\]*]|->|::)+(?:\(.*\)| [+|&-]?= .*)|\+\+[\w.>\[\]-]+|--[\w.>\[\]-]+);$")
# A digest's statements tell states of the small worlds apart: without one, worlds are looked at less, and nothing else.
NO_STATEMENT = re.compile(r"^\s*(return|using|static_assert|HAWSER_CHECK|case|throw|delete|goto|digest)\b")


class Mutant:
    """One line of one file, and what it becomes."""

    def __init__(self, path, number, kind, before, after):
        self.path, self.number, self.kind, self.before, self.after = path, number, kind, before, after

    def __str__(self):
        return f"{self.path}:{self.number}: {self.kind}: {self.before.strip()}  =>  {self.after.strip() or '(nothing)'}"

    def key(self):
        """Names it in equivalent.json, where line numbers would soon be wrong."""
        return f"{self.path}: {self.before.strip()} => {self.after.strip()}"


def is_left_alone(line):
    stripped = line.strip()
    return not stripped or stripped.startswith(("//", "#")) or "HAWSER_FAULT" in line or "template" in line


def mutants_of_line(path, number, line):
    """Comments at the end of a line are no code."""
    code = line.split("//")[0]
    for kind, pairs in REPLACED.items():
        for old, new in pairs:
            start = 0
            while (at := code.find(old, start)) >= 0:
                yield Mutant(path, number, kind, line, line[:at] + new + line[at + len(old):])
                start = at + len(old)
    match = STATEMENT.match(code.rstrip())
    if match and not NO_STATEMENT.match(code):
        yield Mutant(path, number, "statement", line, match.group(1) + ";")


def all_mutants(only=None):
    found = []
    for pattern in SCOPE:
        for file in sorted(ROOT.glob(pattern)):
            path = str(file.relative_to(ROOT))
            if only and not path.startswith(only):
                continue
            for number, line in enumerate(file.read_text().splitlines(), 1):
                if not is_left_alone(line):
                    found.extend(mutants_of_line(path, number, line))
    return found


def run(command, limit):
    """None where it did what it should, else how it did not."""
    try:
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=limit)
    except subprocess.TimeoutExpired:
        return f"no end within {limit} s"
    return None if done.returncode == 0 else f"exit code {done.returncode}"


def fate(suite, build, limit):
    """(word, what noticed it)."""
    targets, tests = SUITES[suite]
    why = run(["ninja", "-C", str(build), "-j2", *targets], 1800)
    if why is not None:
        return "no program", "the compiler"
    for test in tests:
        why = run([str(ROOT / build / "bin" / test[0]), *test[1:]], limit)
        if why is not None:
            return "noticed", f"{test[0]}: {why}"
    return "LIVES", ""


def try_one(mutant, suite, build, limit):
    file = ROOT / mutant.path
    original = file.read_text()
    lines = original.splitlines(keepends=True)
    assert lines[mutant.number - 1].rstrip("\n") == mutant.before
    lines[mutant.number - 1] = mutant.after + "\n"
    try:
        file.write_text("".join(lines))
        return fate(suite, build, limit)
    finally:
        file.write_text(original)


def complain(text):
    print(f"mutate.py: {text}", file=sys.stderr)
    return 2


def try_all(mutants, arguments):
    equivalent = json.loads(EQUIVALENT.read_text())
    counts = {"noticed": 0, "no program": 0, "equivalent": 0, "LIVES": 0}
    for done, mutant in enumerate(mutants, 1):
        begin = time.monotonic()
        word, by = try_one(mutant, arguments.tests, arguments.build, arguments.limit)
        if word == "LIVES" and mutant.key() in equivalent:
            word, by = "equivalent", equivalent[mutant.key()]
        counts[word] += 1
        print(f"[{done}/{len(mutants)}] {word}: {mutant}  ({by + ', ' if by else ''}{time.monotonic() - begin:.0f} s)",
              flush=True)
    tried = counts["noticed"] + counts["LIVES"]
    share = 100 * counts["noticed"] / tried if tried else 100
    print(f"{len(mutants)} mutants: {counts['noticed']} noticed, {counts['LIVES']} live ({share:.0f} % noticed); "
          f"{counts['no program']} did not compile, {counts['equivalent']} are equivalent")
    return 0 if counts["LIVES"] == 0 else 1


def self_test():
    def kinds(line):
        return [(m.kind, m.after) for m in mutants_of_line("x.cpp", 1, line)]

    assert ("comparison", "  if (a >= b) return;") in kinds("  if (a < b) return;")
    assert ("border", "  if (a <= b) return;") in kinds("  if (a < b) return;")
    assert ("one", "  x = a;") in kinds("  x = a + 1;")
    assert ("statement", "  ;") in kinds("  windows_[rank].release(seqno);")
    assert ("statement", "  ;") in kinds("  ++counters_.start_changes;")
    assert ("logic", "  return a || b;") in kinds("  return a && b;")
    assert kinds("  return f(x);") == [] and kinds("  const int x = 3;") == []
    assert kinds("  f();  // a < b")[0][0] == "statement" and len(kinds("  f();  // a < b")) == 1
    assert is_left_alone('  if (a < b && !HAWSER_FAULT("x")) return;')
    assert len(all_mutants()) > 200
    print("the script does what it says")
    return 0


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--self-test", action="store_true")
    parser.add_argument("--sample", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="a beginning of paths")
    parser.add_argument("--tests", choices=SUITES, default="all")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--limit", type=int, default=120, help="seconds for each test program")
    arguments = parser.parse_args()
    if arguments.self_test:
        return self_test()
    mutants = all_mutants(arguments.only)
    if arguments.list:
        print("\n".join(map(str, mutants)))
        return 0
    if not mutants:
        return complain(f"nothing to change in {arguments.only}: the scope is {' '.join(SCOPE)}")
    if subprocess.run(["git", "diff", "--quiet", "--", "transport", "lwg"], cwd=ROOT).returncode != 0:
        return complain("transport/ or lwg/ has changes that are not committed: commit them, then come again")
    word, why = fate(arguments.tests, arguments.build, arguments.limit)
    if word != "LIVES":
        return complain(f"without any mutant, this fails already: {why}")
    if arguments.sample:
        mutants = random.Random(arguments.seed).sample(mutants, min(arguments.sample, len(mutants)))
    return try_all(mutants, arguments)


if __name__ == "__main__":
    sys.exit(main())
