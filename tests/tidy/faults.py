#!/usr/bin/env python3
"""Checks that each planted fault in the code is planted by a test, and that tests plant none that is not there.

    faults.py [ROOT]      checks the tree at ROOT (default: this one); exit code 1 and one line a finding
    faults.py --self-test shows on made-up files that each rule can fail
"""

import pathlib
import re
import sys

TOPS = ["transport", "lwg", "pubsub-api", "broker", "tests"]

IN_CODE = re.compile(r'\bHAWSER_FAULT\("([^"]+)"\)')
PLANTED = re.compile(r'(?:\bPlantedFault\s*\{|\bfault::active\(\)\s*=|^\s*\{)\s*"([\w.]+)"', re.MULTILINE)
# Suites list theirs as {"name", {…}}; this is what all names look like.
NAME = re.compile(r"^(lwg_|session_|\w+\.)\w+$")


def check_files(files):
    """`files`: text by path. Complaints as (path, line number, complaint)."""
    code = {path: text for path, text in files.items() if not path.startswith("tests/")}
    tests = {path: text for path, text in files.items() if path.startswith("tests/")}
    known = {name for text in code.values() for name in IN_CODE.findall(text)}
    quoted = {name for text in tests.values() for name in re.findall(r'"([\w.]+)"', text)}
    found = []
    for path, text in code.items():
        for match in IN_CODE.finditer(text):
            if match.group(1) not in quoted:
                found.append((path, line_of(text, match), f"no test plants {match.group(1)}"))
    for path, text in tests.items():
        for match in PLANTED.finditer(text):
            if NAME.match(match.group(1)) and match.group(1) not in known:
                found.append((path, line_of(text, match), f"nothing in the code is called {match.group(1)}"))
    return found


def line_of(text, match):
    return text.count("\n", 0, match.start(1)) + 1


def read_tree(root):
    files = {}
    for top in TOPS:
        for file in sorted((root / top).rglob("*")):
            if file.suffix in (".cpp", ".hpp"):
                files[file.relative_to(root).as_posix()] = file.read_text(encoding="utf-8")
    return files


def self_test():
    """Each rule finds a fault, and lets the right thing pass. Returns the number of surprises."""
    code = {"lwg/a.cpp": 'if (HAWSER_FAULT("lwg_one")) return;', "transport/a.cpp": 'x = !HAWSER_FAULT("vs.two");'}
    tests = [
        'PlantedFault{"lwg_one", "x"}, PlantedFault{"vs.two", "y"}',
        'fault::active() = "lwg_one"; breaks("vs.two");',
        'std::vector<PlantedFault> kFaults{\n    {"lwg_one", {"join"}},\n    {"vs.two", {"cut"}},\n};',
    ]
    wrong = [
        'PlantedFault{"vs.two", "y"}',
        '// lwg_one\nPlantedFault{"vs.two", "y"}',
        tests[0] + 'PlantedFault{"lwg_three", "z"}',
        tests[1] + 'fault::active() = "vs.three";',
        tests[2].replace("};", '    {"vs.three", {"cut"}},\n};'),
    ]
    surprises = [f"not found: {text!r}" for text in wrong if not check_files({**code, "tests/a.cpp": text})]
    surprises += [f"found wrongly: {text!r}" for text in tests if check_files({**code, "tests/a.cpp": text})]
    print("\n".join(surprises) if surprises else f"{len(wrong)} wrong trees found, {len(tests)} right ones passed")
    return len(surprises)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    found = check_files(read_tree(root))
    for path, line, complaint in found:
        print(f"{path}:{line}: {complaint}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
