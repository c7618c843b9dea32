#!/usr/bin/env python3
"""Checks what neither the compiler nor the formatter sees: sizes, unfinished work, sleeping tests, bare headers.

    style.py [ROOT]      checks the tree at ROOT (default: this one); exit code 1 and one line a finding
    style.py --self-test shows on made-up files that each rule can fail
"""

import pathlib
import re
import sys

TOPS = ["transport", "lwg", "pubsub-api", "broker", "bindings", "examples", "tests"]
FILE_LINES_MAX = 500  # The aim is 300; beyond this a file holds more than one idea.
FUNCTION_LINES_MAX = 80  # The aim is 30; beyond this a function does more than one job.
LINE_COLUMNS_MAX = 120

UNFINISHED = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")
SLEEPS = re.compile(r"\b(sleep_for|sleep_until|u?sleep|nanosleep)\s*\(")
SLEEPLESS_FOLDERS = ("tests/unit/", "tests/spec/", "tests/net/", "tests/sim/", "tests/check/")

# Comments, strings and character constants, so that a brace in them does not count.
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"([^()\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL
)
SCOPE = re.compile(r"^\s*(template\s*<.*>\s*)?(inline\s+)?(namespace|class|struct|union|enum|extern)\b", re.DOTALL)


def blank(match):
    """The same number of lines, and nothing on them."""
    return "\n" * match.group(0).count("\n")


def functions(text):
    """Yields (name, first line, number of lines) for every function with a body outside of other functions."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, NOT_CODE.sub(blank, text), flags=re.MULTILINE)
    blocks = []  # For each open brace: (head, first line) of a function, or None.
    inside = 0  # How many of the open braces are functions.
    head, head_line, line = "", 1, 1
    for char in code:
        if char == "\n":
            line += 1
        if char == "{":
            is_scope_or_value = SCOPE.match(head) or head.rstrip().endswith(("=", ","))
            is_function = not inside and "(" in head and not is_scope_or_value
            blocks.append((head, head_line) if is_function else None)
            inside += is_function
            head = ""
        elif char == "}" and blocks:
            function = blocks.pop()
            if function:
                inside -= 1
                name = re.search(r"([\w:~]+|operator\S+)\s*\(", function[0])
                yield (name.group(1) if name else "?", function[1], line - function[1] + 1)
            head = ""
        elif char == ";":
            head = ""
        else:
            if not head.strip():
                head_line = line
            head += char


def check_text(path, text):
    """Complaints about one file, as (line number, complaint)."""
    lines = text.splitlines()
    found = []
    if len(lines) > FILE_LINES_MAX:
        found.append((FILE_LINES_MAX, f"{len(lines)} lines; at most {FILE_LINES_MAX}"))
    for number, line in enumerate(lines, 1):
        if UNFINISHED.search(line):
            found.append((number, "unfinished: " + line.strip()))
        if len(line) > LINE_COLUMNS_MAX:
            found.append((number, f"{len(line)} columns; at most {LINE_COLUMNS_MAX}"))
        if path.startswith(SLEEPLESS_FOLDERS) and SLEEPS.search(line.split("//")[0]):
            found.append((number, "a test sleeps; wait for an event, with a bound"))
    if path.endswith(".hpp"):
        if "#pragma once" not in lines:
            found.append((1, "no #pragma once"))
        if not text.startswith("//"):
            found.append((1, "a header opens with a comment that says what it is for"))
    if path.endswith((".hpp", ".cpp")):
        for name, first, size in functions(text):
            if size > FUNCTION_LINES_MAX:
                found.append((first, f"{name} has {size} lines; at most {FUNCTION_LINES_MAX}"))
    return found


def check_tree(root):
    """Prints what is wrong under `root`; returns how much it is."""
    count = 0
    for top in TOPS:
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".cpp", ".hpp", ".h", ".py"):
                continue
            path = file.relative_to(root).as_posix()
            for number, complaint in sorted(check_text(path, file.read_text(encoding="utf-8"))):
                print(f"{path}:{number}: {complaint}")
                count += 1
    return count


def self_test():
    """Each rule finds a planted fault, and lets the right thing pass. Returns the number of surprises."""
    opening = "// What it is for.\n#pragma once\n"

    def function_of(lines, head="void f(int a) const"):
        return opening + f"namespace n {{\nstruct S {{\n{head} {{\n" + "g('{', \"}\");\n" * (lines - 2) + "}\n};\n}\n"

    wrong = [
        ("lwg/a.cpp", "\n" * (FILE_LINES_MAX + 1)),
        ("lwg/a.cpp", "// TO" "DO: later\n"),
        ("lwg/a.cpp", "x" * (LINE_COLUMNS_MAX + 1)),
        ("tests/unit/a_test.cpp", "std::this_thread::sleep_for(1ms);"),
        ("lwg/a.hpp", "// What it is for.\n"),
        ("lwg/a.hpp", "#pragma once\n"),
        ("lwg/a.hpp", function_of(FUNCTION_LINES_MAX + 1)),
        ("lwg/a.hpp", function_of(FUNCTION_LINES_MAX + 1, "S() : a_(1), b_(2)")),
        ("lwg/a.hpp", function_of(FUNCTION_LINES_MAX + 1, "TEST(Suite, IsAClaim)")),
    ]
    right = [
        ("lwg/a.hpp", function_of(FUNCTION_LINES_MAX)),
        ("lwg/a.hpp", opening + "namespace n {\n" + "void f() {\n}\n" * FUNCTION_LINES_MAX + "}\n"),
        ("lwg/a.cpp", "const int table[] = {\n" + "f(1),\n" * (FUNCTION_LINES_MAX + 1) + "};\n"),
        ("broker/cli/a.cpp", "std::this_thread::sleep_for(pause);"),
    ]
    surprises = [f"not found: {path}: {text[-80:]!r}" for path, text in wrong if not check_text(path, text)]
    surprises += [f"found wrongly: {path}: {check_text(path, text)}" for path, text in right if check_text(path, text)]
    print("\n".join(surprises) if surprises else f"{len(wrong)} planted faults found, {len(right)} right files passed")
    return len(surprises)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    return 1 if check_tree(root) else 0


if __name__ == "__main__":
    sys.exit(main())
