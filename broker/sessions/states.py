"""The table of states as a page: `python -m broker.sessions.states > docs/states.md`."""

import metering
from broker.sessions.session import TRANSITIONS, State

_HEAD = """# States of a session

Generated from `broker/sessions/session.py` by `python -m broker.sessions.states`; a test compares.
What is not in the table is refused with `WrongState` (code `wrong_state`) and moves nothing.

| from | what happens | to |
| --- | --- | --- |
"""

_TAIL = """
Presses, presence of sockets, claims and chat do not change the state except as named above.
`ended` is followed by `settled` at once when the host pays or nothing was charged; otherwise by
the client's word, or by silence for the length of the tariff's dispute window.
"""

_METER = """# States of a meter

From `metering/meter.py`. Only `running`, `paused` by missing media and `final` count seconds; a
pause that somebody asked for counts none.

| from | to |
| --- | --- |
"""


def page() -> str:
    """The whole of docs/states.md."""
    lines = [
        f"| {before.value} | {trigger.value} (`{trigger.name.lower()}`) | {after.value} |"
        for (before, trigger), after in TRANSITIONS.items()
    ]
    finals = [state.value for state in State if not any(one is state for one, _ in TRANSITIONS)]
    session = _HEAD + "\n".join(lines) + "\n\nFinal: " + ", ".join(finals) + ".\n" + _TAIL
    return session + "\n" + _meter()


def _meter() -> str:
    rows = [
        f"| {before} | {', '.join(sorted(after)) or 'final'} |"
        for before, after in metering.TRANSITIONS.items()
    ]
    return _METER + "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(page(), end="")
