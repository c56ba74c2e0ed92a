"""Compile the inner loop: `python -m relay.embedded.compiling`, which `make setup` calls.

Without a C compiler or Python's headers nothing is compiled, one line says so and the exit code
is 0: the relay then forwards in Python. It is compiled again only when its source has changed.
`--sanitize` compiles in the address and undefined-behaviour sanitizers, for tests.
"""

import sys
import sysconfig
import tempfile
from pathlib import Path

from cffi import FFI, VerificationError

from relay.embedded import datapath

HERE = Path(__file__).parent
MODULE = "_datapath"
INCLUDES = """
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
"""
UP = "void datapath_up(poller_t *poller);\n"  # Python's, which C calls
FLAGS = ["-O2", "-Wall"]
SANITIZERS = ["-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"]


def compile_here(*, sanitize: bool = False) -> None:
    """Write the module beside its source. Raises: VerificationError, OSError."""
    header, *code = ((HERE / name).read_text() for name in datapath.SOURCES[:-1])
    mark = f"#define FINGERPRINT {datapath.fingerprint()}\n"
    builder = FFI()
    builder.cdef(header + mark + f'extern "Python" {UP}')
    more = SANITIZERS if sanitize else []
    builder.set_source(
        MODULE, INCLUDES + header + mark + f"static {UP}" + "".join(code),
        extra_compile_args=FLAGS + more, extra_link_args=more,
    )  # fmt: skip
    # In the same file system, so that the module is replaced at once: whoever starts meanwhile
    # finds a whole one, and a running server keeps the file that it has open.
    with tempfile.TemporaryDirectory(dir=HERE) as folder:
        built = Path(builder.compile(tmpdir=folder))
        built.replace(HERE / f"{MODULE}{sysconfig.get_config_var('EXT_SUFFIX')}")


def main(arguments: list[str]) -> None:
    sanitize = "--sanitize" in arguments
    if datapath.module is not None and not sanitize:
        return
    try:
        compile_here(sanitize=sanitize)
    except (VerificationError, OSError) as why:
        print(
            "the relay's inner loop was not compiled, packets are forwarded in Python "
            f"(it needs a C compiler and Python's headers: gcc libc6-dev python3-dev): {why}",
            file=sys.stderr,
        )


if __name__ == "__main__":
    main(sys.argv[1:])
