#!/usr/bin/env python3
"""Checks that the documentation stays true.

- The C++ block of README.md is examples/hello/main.cpp, to the letter.
- Every `./dev COMMAND` in a document is a command of ./dev.
- Every relative link in a document leads to a file or folder.
- Every top folder has a README.md.

    docs.py [ROOT]      checks the tree at ROOT (default: this one); exit code 1 and one line a finding
    docs.py --update    copies the example into README.md
    docs.py --self-test shows on a made-up tree that each rule can fail
"""

import pathlib
import re
import sys
import tempfile

TOPS = ["transport", "lwg", "pubsub-api", "broker", "bindings", "examples", "tests"]
EXAMPLE = "examples/hello/main.cpp"


BLOCK = re.compile(r"^```cpp\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def update_readme_example(root):
    readme = root / "README.md"
    block = "```cpp\n" + (root / EXAMPLE).read_text(encoding="utf-8") + "```"
    readme.write_text(BLOCK.sub(lambda _: block, readme.read_text(encoding="utf-8"), count=1), encoding="utf-8")


def check_readme_example(root):
    blocks = BLOCK.findall((root / "README.md").read_text(encoding="utf-8"))
    example = root / EXAMPLE
    if not example.exists():
        return [f"README.md: {EXAMPLE} is missing"]
    if example.read_text(encoding="utf-8") not in blocks:
        return [f"README.md: no C++ block is the text of {EXAMPLE}; mend it with tests/tidy/docs.py --update"]
    return []


def check_document(root, document, commands):
    found = []
    name = document.relative_to(root).as_posix()
    in_code = False
    for number, line in enumerate(document.read_text(encoding="utf-8").splitlines(), 1):
        for command in re.findall(r"\./dev ([a-z]+)", line):
            if command not in commands:
                found.append(f"{name}:{number}: ./dev has no command '{command}'")
        in_code ^= line.startswith("```")
        if in_code:  # a lambda looks like a link
            continue
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", line) + re.findall(r'src="([^"]+)"', line):
            if "://" not in target and not (document.parent / target).exists():
                found.append(f"{name}:{number}: nothing is at {target}")
    return found


def check_tree(root):
    """Everything that is wrong under `root`, a line each."""
    commands = re.findall(r"^\s*([a-z]+)\) cmd_", (root / "dev").read_text(encoding="utf-8"), re.MULTILINE)
    found = check_readme_example(root)
    found += [f"{top}/README.md is missing" for top in TOPS if not (root / top / "README.md").exists()]
    documents = list(root.glob("*.md")) + [file for top in TOPS for file in (root / top).rglob("*.md")]
    for document in sorted(documents):
        found += check_document(root, document, commands)
    return found


def self_test():
    """Each rule finds a planted fault in a right tree. Returns the number of surprises."""
    surprises = 0
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        right = {f"{top}/README.md": "" for top in TOPS}
        right |= {
            "README.md": "[tests](tests/README.md#how) `./dev demo`\n```cpp\nint main() {}\n```\n",
            "dev": 'case "$command" in\n  demo) cmd_demo "$@" ;;\nesac\n',
            EXAMPLE: "int main() {}\n",
        }
        wrong = [
            (EXAMPLE, "int main() { return 1; }\n"),
            ("README.md", right["README.md"] + "`./dev fly`\n"),
            ("lwg/README.md", "[gone](gone.md)\n"),
            ("tests/README.md", None),
        ]
        for changed, text in [(None, None)] + wrong:
            for path, content in right.items():
                (root / path).parent.mkdir(parents=True, exist_ok=True)
                (root / path).write_text(content, encoding="utf-8")
            if changed and text is None:
                (root / changed).unlink()
            elif changed:
                (root / changed).write_text(text, encoding="utf-8")
            found = check_tree(root)
            if bool(found) != bool(changed):
                print(f"change to {changed}: found {found}")
                surprises += 1
    print(f"{len(wrong)} planted faults, {surprises} surprises")
    return surprises


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    here = pathlib.Path(__file__).resolve().parents[2]
    if sys.argv[1:] == ["--update"]:
        update_readme_example(here)
        return 0
    root = pathlib.Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else here
    found = check_tree(root)
    if found:
        print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
