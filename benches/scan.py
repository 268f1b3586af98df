"""Times `paycli keys scan` and ripgrep on the same tree, and the scan of a history; prints tables in Markdown, and fails
where a bar is missed."""

import os
import random
import statistics
import subprocess
import sys
import time

PATTERN = (
    r"(?-u)(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{10,}|sk_org_[A-Za-z0-9_]{10,}|rkcs_[A-Za-z0-9_]{10,}"
    r"|oak_[A-Za-z0-9_]{20,}|whsec_[A-Za-z0-9+/]{24,}={0,2}"
)
FILES, MEGABYTES, BLOBS, ROUNDS = 30_000, 500, 20_000, 7
MOST_RATIO, MOST_HISTORY_SECONDS, MOST_MEGABYTES = 1.0, 10, 100
WORDS = "let return value customer amount price the of if else for import struct class task_ sk_ test_ key index".split()


def text(size, rng):
    """Something like source code of about so many bytes."""
    lines, length = [], 0
    while length < size:
        line = " " * rng.choice([0, 4, 8]) + " ".join(rng.choices(WORDS, k=rng.randint(3, 12))) + ";\n"
        lines.append(line)
        length += len(line)
    return "".join(lines)


def plant(rng):
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    return "_".join(["sk", "live", "".join(rng.choices(letters, k=99))])


def run(command, **kwargs):
    """Seconds, the most memory that the process or one that it started had, in MB, and the exit code."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **kwargs)
    _, status, usage = os.wait4(process.pid, 0)
    return time.monotonic() - began, usage.ru_maxrss / 1024, os.waitstatus_to_exitcode(status)


def median(command, **kwargs):
    runs = [run(command, **kwargs) for _ in range(ROUNDS)]
    return statistics.median(seconds for seconds, _, _ in runs), max(memory for _, memory, _ in runs), runs[0][2]


def tree(work, rng):
    blocks = [text(MEGABYTES * 1_000_000 // FILES, rng) for _ in range(60)]
    for number in range(FILES):
        folder = f"{work}/tree/{number // 300:03}"
        os.makedirs(folder, exist_ok=True)
        with open(f"{folder}/{number}.rs", "w") as file:
            file.write(blocks[number % 60] + f"// {number}\n" + (plant(rng) if number % 1000 == 0 else ""))


def repository(work, rng):
    """A repository with so many contents, ten to a commit, written by git fast-import."""
    path = f"{work}/repo"
    subprocess.run(["git", "init", "-q", "-b", "main", path], check=True)
    importer = subprocess.Popen(["git", "fast-import", "--quiet"], cwd=path, stdin=subprocess.PIPE)
    blocks = [text(8_000, rng) for _ in range(40)]
    out = importer.stdin
    for commit in range(BLOBS // 10):
        out.write(f"commit refs/heads/main\ncommitter A <a@example.com> {1_700_000_000 + commit} +0000\ndata 1\nx\n".encode())
        for number in range(10):
            body = f"// {commit} {number}\n{blocks[(commit + number) % 40]}{plant(rng) if commit % 200 == 0 else ''}".encode()
            out.write(f"M 100644 inline {number % 7}/{(commit * 10 + number) % 500}.rs\ndata {len(body)}\n".encode() + body + b"\n")
    out.close()
    assert importer.wait() == 0
    return path


def main():
    paycli, work = sys.argv[1:3]
    rng = random.Random(7)
    tree(work, rng)
    version = subprocess.run(["rg", "--version"], capture_output=True, text=True).stdout.splitlines()[0]
    ours = [paycli, "keys", "scan", "tree"]
    theirs = ["rg", "--hidden", "--no-messages", "-c", PATTERN, "tree"]
    run(ours, cwd=work), run(theirs, cwd=work)
    print(f"{os.cpu_count()} cores, load average {' '.join(f'{load:.2f}' for load in os.getloadavg())}; median of {ROUNDS}.\n")
    print(f"| {MEGABYTES} MB in {FILES} files, warm | seconds | most MB |\n| --- | ---: | ---: |")
    seen = []
    for name, command in [("`paycli keys scan`", ours), (f"{version}, the same pattern, counting", theirs)]:
        seconds, memory, code = median(command, cwd=work)
        assert code in (0, 40), (name, code)
        print(f"| {name} | {seconds:.2f} | {memory:.0f} |")
        seen.append((seconds, memory))
    (seconds, tree_memory), (of_rg, _) = seen
    ratio = seconds / of_rg
    print(f"\n`paycli` takes {ratio:.2f} of the time of ripgrep.")
    path = repository(work, rng)
    seconds, memory, code = run([paycli, "keys", "scan", "--history", path])
    assert code == 40, code
    print(f"\n| a history of {BLOBS} contents | seconds | most MB |\n| --- | ---: | ---: |")
    print(f"| `paycli keys scan --history` | {seconds:.2f} | {memory:.0f} |")
    assert ratio <= MOST_RATIO, ratio
    assert seconds <= MOST_HISTORY_SECONDS, seconds
    assert max(tree_memory, memory) <= MOST_MEGABYTES, (tree_memory, memory)


main()
