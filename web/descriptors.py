"""How many files and sockets the server may have open.

A session's media take a dozen sockets (`relay.embedded.udp`), and a process begins with a limit
of 1 024; children inherit what is set here.
"""

import resource

DESCRIPTORS_MAX = 1 << 16


def allow_many() -> int:
    """Raise the limit as far as the system lets us, to `DESCRIPTORS_MAX` at most; what it is."""
    now, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS_MAX if allowed == resource.RLIM_INFINITY else min(allowed, DESCRIPTORS_MAX)
    if now == resource.RLIM_INFINITY or now >= most:
        return now
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, allowed))
    return most
