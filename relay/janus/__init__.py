"""The engine on nodes of Janus (meetecho/janus-gateway 1.x), spoken to over its WebSocket API.

    link.py       one socket to one node: requests, answers, notifications, its heartbeat
    node.py       one node as a member of the fleet; the engine made of them
    seats.py      who has which handles there
    evidence.py   what its event handler counts each second -> samples of the witness; pure
    judge.py      samples -> witnessed seconds
    pulse.py      who is silent: asked, there, or lost; pure
    room.py       one room: offers, handles, who sees whom
    news.py       the socket that event handlers report to
    studio.py     the socket that nodes send to what is to be recorded
    recorder.py   what a room records
    process.py    a Janus of our own, when no nodes are named: configured, started, watched

What is coarser than with our own relay is written down in docs/decisions/0024 and 0032.
"""
