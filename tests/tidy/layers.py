#!/usr/bin/env python3
"""Checks that every source file includes only what stands below it, and that the machines stay sans-I/O.

    layers.py [ROOT]      checks the tree at ROOT (default: this one); exit code 1 and one line a finding
    layers.py --self-test shows on made-up files that each rule can fail

The rules are the two tables below; DESIGN: "A folder may include only what stands below it".
"""

import pathlib
import re
import sys

# Folder → what it may include, by prefix. The longest folder that matches a file counts.
LAYERS = {
    "transport/core": ["transport/core/", "tsl/"],
    "transport/wire": ["transport/core/", "transport/wire/"],
    "transport/membership": ["transport/core/", "transport/wire/", "transport/membership/"],
    "transport/multicast": ["transport/core/", "transport/wire/", "transport/multicast/"],
    "transport/ordering": ["transport/core/", "transport/wire/", "transport/ordering/"],
    "transport/vs": ["transport/core/", "transport/wire/", "transport/vs/"],
    "transport/primary": ["transport/core/", "transport/primary/"],
    "transport/link": ["transport/core/", "transport/wire/", "transport/link/"],
    "transport": ["transport/"],
    "transport/io": ["transport/", "spdlog/", "xxhash.h"],
    "lwg": ["lwg/", "transport/core/", "transport/wire/", "transport/heavy_group.hpp"],
    "pubsub-api/include": ["hawser/", "lwg/subject.hpp", "transport/core/"],
    "pubsub-api/src/trace": ["pubsub-api/src/trace/", "lwg/", "transport/", "xxhash.h"],
    "pubsub-api/src/session": ["hawser/", "pubsub-api/src/session/", "pubsub-api/src/trace/", "lwg/", "transport/"],
    "pubsub-api/src/store": [
        "hawser/", "pubsub-api/src/store/", "pubsub-api/src/session/", "lwg/", "transport/", "rocksdb/"
    ],
    "pubsub-api/src/text": ["hawser/"],
    "pubsub-api/src/inspection": [
        "hawser/", "pubsub-api/src/inspection/", "pubsub-api/src/session/", "lwg/", "transport/", "nlohmann/"
    ],
    "pubsub-api/src/doctor": ["hawser/", "pubsub-api/src/doctor/", "transport/"],
    "pubsub-api/src/bus": ["hawser/", "pubsub-api/src/", "lwg/", "transport/", "spdlog/"],
    "broker": ["hawser/", "broker/", "CLI/", "nlohmann/", "spdlog/"],
    "bindings": ["hawser/", "bindings/"],
    "examples": ["hawser/", "examples/", "CLI/", "zlib.h"],
}

# Exceptions to the table above: folder → what it may not include although a prefix allows it.
CLOSED = {
    "transport": ["transport/io/"],  # The machines are driven by io/, and do not know it.
    "pubsub-api/src/session": ["transport/io/", "pubsub-api/src/trace/trace_file"],
}

# Protocol code has no socket, clock, thread or randomness of its own: time and numbers come in as arguments.
SANS_IO_FOLDERS = ["transport", "lwg", "pubsub-api/src/session"]
SANS_IO_EXCEPT = ["transport/io"]
SANS_IO_HEADERS = re.compile(
    r"^(barrier|condition_variable|ctime|filesystem|fstream|future|iostream|latch|mutex|random|semaphore|"
    r"shared_mutex|stop_token|syncstream|thread|"
    r"fcntl\.h|poll\.h|pthread\.h|time\.h|unistd\.h|(arpa|linux|net|netinet|sys)/.*)$"
)
SANS_IO_WORDS = re.compile(r"clock::now\s*\(|this_thread\b|\brand\s*\(\)|\bstd::(rand|srand|time|getenv)\b")

# Headers of libraries that look like the system's.
LIBRARY_HEADERS = {"xxhash.h", "zlib.h", "zmq.h", "zmq.hpp"}

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path, table):
    """The longest folder of `table` that holds `path`, or None."""
    holders = [folder for folder in table if path.startswith(folder + "/")]
    return max(holders, key=len, default=None)


def is_sans_io(path):
    return folder_of(path, SANS_IO_FOLDERS) is not None and folder_of(path, SANS_IO_EXCEPT) is None


def is_standard(header):
    """A header of the standard library or of the system: `<vector>`, `<sys/socket.h>`."""
    return ("/" not in header and header not in LIBRARY_HEADERS) or bool(SANS_IO_HEADERS.match(header))


def check_include(path, quote, header):
    """A complaint, or None."""
    layer = folder_of(path, LAYERS)
    if layer is None:
        return None
    if quote == "<" and is_standard(header):
        if is_sans_io(path) and SANS_IO_HEADERS.match(header):
            return f"<{header}> in protocol code, which has no I/O, clock, thread or randomness of its own"
        return None
    if quote == '"' and "/" not in header:
        return f'"{header}": write the path from the root of the project'
    allowed = any(header.startswith(prefix) for prefix in LAYERS[layer])
    closed = any(header.startswith(prefix) for prefix in CLOSED.get(layer, []))
    if allowed and not closed:
        return None
    return f"{layer} may not include {header}"


def check_text(path, text):
    """Complaints about one file, as (line number, complaint)."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        include = INCLUDE.match(line)
        complaint = check_include(path, *include.groups()) if include else None
        if complaint is None and is_sans_io(path) and SANS_IO_WORDS.search(line.split("//")[0]):
            complaint = "a clock, thread or randomness of its own in protocol code"
        if complaint:
            found.append((number, complaint))
    return found


def check_tree(root):
    """Prints what is wrong under `root`; returns how much it is."""
    count = 0
    for top in sorted({folder.split("/")[0] for folder in LAYERS}):
        for file in sorted((root / top).rglob("*")):
            if file.suffix not in (".cpp", ".hpp", ".h"):
                continue
            path = file.relative_to(root).as_posix()
            for number, complaint in check_text(path, file.read_text(encoding="utf-8")):
                print(f"{path}:{number}: {complaint}")
                count += 1
    return count


def self_test():
    """Each rule finds a planted fault, and lets the right thing pass. Returns the number of surprises."""
    wrong = [
        ("transport/core/a.hpp", '#include "transport/wire/codec.hpp"'),
        ("transport/wire/a.hpp", '#include "transport/vs/hold.hpp"'),
        ("transport/membership/a.hpp", '#include "transport/multicast/send_window.hpp"'),
        ("transport/primary/a.hpp", '#include "transport/vs/virtual_synchrony.hpp"'),
        ("transport/link/a.hpp", '#include "transport/node.hpp"'),
        ("transport/node.cpp", '#include "transport/io/event_loop.hpp"'),
        ("transport/node.cpp", '#include "lwg/directory.hpp"'),
        ("transport/vs/a.cpp", "#include <thread>"),
        ("transport/vs/a.cpp", "#include <sys/socket.h>"),
        ("transport/vs/a.cpp", "  auto now = std::chrono::steady_clock::now();"),
        ("lwg/a.cpp", '#include "transport/io/event_loop.hpp"'),
        ("lwg/a.cpp", '#include "transport/vs/virtual_synchrony.hpp"'),
        ("lwg/a.cpp", "#include <random>"),
        ("lwg/a.cpp", "#include <spdlog/spdlog.h>"),
        ("lwg/a.cpp", "#include <zlib.h>"),
        ("lwg/a.cpp", '#include "hawser/bus.hpp"'),
        ("lwg/a.cpp", '#include "directory.hpp"'),
        ("pubsub-api/include/hawser/bus.hpp", '#include "lwg/directory.hpp"'),
        ("pubsub-api/src/bus/a.cpp", '#include "broker/cli/pub.hpp"'),
        ("pubsub-api/src/session/a.cpp", '#include "pubsub-api/src/bus/reactor.hpp"'),
        ("pubsub-api/src/session/a.cpp", '#include "transport/io/event_loop.hpp"'),
        ("pubsub-api/src/session/a.cpp", '#include "pubsub-api/src/trace/trace_file.hpp"'),
        ("pubsub-api/src/session/a.cpp", "#include <thread>"),
        ("pubsub-api/src/trace/a.cpp", '#include "pubsub-api/src/session/session.hpp"'),
        ("pubsub-api/src/session/a.cpp", "#include <xxhash.h>"),
        ("pubsub-api/src/text/a.cpp", '#include "transport/core/ids.hpp"'),
        ("pubsub-api/src/inspection/a.cpp", '#include "pubsub-api/src/bus/reactor.hpp"'),
        ("pubsub-api/src/doctor/a.cpp", '#include "pubsub-api/src/session/session.hpp"'),
        ("pubsub-api/src/session/a.cpp", '#include "pubsub-api/src/inspection/facts.hpp"'),
        ("broker/cli/main.cpp", '#include "lwg/directory.hpp"'),
        ("broker/cli/main.cpp", '#include "pubsub-api/src/inspection/question.hpp"'),
        ("examples/hello/main.cpp", '#include "pubsub-api/src/session/session.hpp"'),
        ("bindings/c/hawser.cpp", '#include "transport/core/ids.hpp"'),
    ]
    right = [
        ("transport/core/a.hpp", "#include <chrono>"),
        ("transport/vs/a.cpp", '#include "transport/wire/codec.hpp"'),
        ("transport/vs/a.cpp", "  // steady_clock::now() is read in io/ only."),
        ("transport/primary/a.cpp", '#include "transport/core/voting_state.hpp"'),
        ("transport/node.cpp", '#include "transport/vs/hold.hpp"'),
        ("transport/io/a.cpp", "#include <sys/socket.h>"),
        ("transport/io/a.cpp", '#include "transport/node.hpp"'),
        ("lwg/a.cpp", '#include "transport/heavy_group.hpp"'),
        ("pubsub-api/src/bus/a.cpp", "#include <thread>"),
        ("pubsub-api/src/bus/a.cpp", "#include <spdlog/spdlog.h>"),
        ("pubsub-api/src/session/a.cpp", '#include "pubsub-api/src/trace/trace.hpp"'),
        ("pubsub-api/src/trace/a.cpp", "#include <xxhash.h>"),
        ("pubsub-api/src/inspection/a.cpp", "#include <nlohmann/json.hpp>"),
        ("pubsub-api/src/inspection/a.cpp", '#include "pubsub-api/src/session/bus_node.hpp"'),
        ("examples/stock_ticker/feed.cpp", "#include <zlib.h>"),
        ("broker/cli/main.cpp", "#include <signal.h>"),
        ("broker/cli/main.cpp", '#include "hawser/bus.hpp"'),
        ("tests/unit/a_test.cpp", '#include "transport/io/event_loop.hpp"'),
    ]
    surprises = [f"not found: {path}: {line}" for path, line in wrong if not check_text(path, line)]
    surprises += [f"found wrongly: {path}: {line}" for path, line in right if check_text(path, line)]
    print("\n".join(surprises) if surprises else f"{len(wrong)} planted faults found, {len(right)} right lines passed")
    return len(surprises)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return 1 if self_test() else 0
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
    return 1 if check_tree(root) else 0


if __name__ == "__main__":
    sys.exit(main())
