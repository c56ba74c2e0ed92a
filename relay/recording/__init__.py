"""Recording: packets to disk as they came, and a film of them afterwards; nothing is decoded.

    tape.py     one file a source: a label, then packets with their times of arrival
    writer.py   the thread that writes tapes; a full or failing disk loses the recording, no session
    rtp.py, order.py, timing.py            a packet's fields, packets in order, when they were made
    payloads.py, h264.py, av1.py           payloads of packets to frames
    film.py, press.py                      tapes to one WebM or Matroska file, in a process apart

Units: microseconds since 1970 on tape, milliseconds in a film.
"""

from relay.recording.film import Film
from relay.recording.press import make_film
from relay.recording.tape import Label
from relay.recording.writer import Gap, Reel, Tape, TapeWriter

__all__ = ["Film", "Gap", "Label", "Reel", "Tape", "TapeWriter", "make_film"]
