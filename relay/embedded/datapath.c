/* The ordinary way of a media packet, compiled: datagram in, datagrams out, without Python.
 *
 * Ordinary is an SRTP packet of a known source, with its own payload type, whose viewers have all
 * been written to before and which nobody records. Everything else is handed up as it came, still
 * encrypted, to forwarder.py and packets.py, which describe the behaviour: what this file does is
 * what they would have done, and tests hold both to the same bytes.
 *
 * Every length that comes from outside is compared with its buffer before it is used. */

static srtp_call unprotect, protect;

void datapath_bind(srtp_call unprotect_call, srtp_call protect_call)
{
    unprotect = unprotect_call;
    protect = protect_call;
}

static uint32_t read_16(const uint8_t *at)
{
    return (uint32_t)at[0] << 8 | at[1];
}

static uint32_t read_32(const uint8_t *at)
{
    return read_16(at) << 16 | read_16(at + 2);
}

static void write_16(uint8_t *at, uint32_t value)
{
    at[0] = value >> 8;
    at[1] = value;
}

static void write_32(uint8_t *at, uint32_t value)
{
    write_16(at, value >> 16);
    write_16(at + 2, value);
}

static double seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

/* -- what is kept of what was sent ---------------------------------------------------------- */

/* The place grows to the longest packet that it held. 0 when there is no memory. */
int datapath_keep(history_t *history, uint32_t number, const uint8_t *bytes, uint32_t length)
{
    kept_t *place = &history->packets[number % HISTORY];
    if (length > place->room) {
        uint32_t room = (length + 127) / 128 * 128;
        uint8_t *grown = realloc(place->bytes, room);
        if (grown == NULL) {
            place->length = 0;
            return 0;
        }
        place->bytes = grown;
        place->room = room;
    }
    memcpy(place->bytes, bytes, length);
    place->length = length;
    return 1;
}

void datapath_forget(history_t *history)
{
    for (int n = 0; n < HISTORY; n++)
        free(history->packets[n].bytes);
    memset(history, 0, sizeof *history);
}

/* -- sending -------------------------------------------------------------------------------- */

static bool can_leave(const wire_t *wire)
{
    return wire->sending != NULL && wire->to_length && wire->port != NULL && wire->port->fd >= 0;
}

/* The number for the sink's next packet of voice, which the listener confirms. */
static uint32_t confirmed(sink_t *sink)
{
    confirmations_t *of = sink->confirmations;
    of->number = (of->number + 1) & 0xFFFF;
    of->owners[of->number % CONFIRMED] = sink->place;
    return of->number;
}

/* Sequence number and timestamp as the viewer sees them. */
static void renumber(numbering_t *of, uint8_t *header, uint32_t seq, uint32_t timestamp)
{
    uint32_t out = (seq + of->seq_offset) & 0xFFFF, when = timestamp + of->timestamp_offset;
    if (((out - of->last_seq) & 0xFFFF) < 0x8000) {
        of->last_seq = out;
        of->last_timestamp = when;
    }
    write_16(header + 2, out);
    write_32(header + 4, when);
}

/* The viewer's header at `out`; its length. */
static int write_header(sink_t *sink, uint8_t *out, const uint8_t *in, double now)
{
    out[0] = 0x80;
    out[1] = (in[1] & 0x80) | sink->payload_type;
    renumber(sink->numbering, out, read_16(in + 2), read_32(in + 4));
    write_32(out + 8, sink->ssrc);
    if (!sink->extension)
        return 12;
    uint32_t value = sink->is_video
        ? (uint32_t)(uint64_t)(now * 262144) & 0xFFFFFF
        : confirmed(sink) << 8;
    out[0] = 0x90;
    write_32(out + 12, 0xBEDE0001);
    write_32(out + 16, sink->extension | value);
    return 20;
}

/* forwarder.Sink.send */
static void send_to(poller_t *poller, sink_t *sink, const uint8_t *in, const uint8_t *payload,
                    int length, double now)
{
    if (!sink->wire->ready)
        return;
    if (poller->parcels_count == PARCELS)
        flush(poller);
    parcel_t *parcel = &poller->parcels[poller->parcels_count];
    sink->last_at = now;
    int head = write_header(sink, parcel->bytes, in, now);
    memcpy(parcel->bytes + head, payload, length);
    parcel->length = parcel->plain = head + length;
    datapath_keep(sink->history, read_16(parcel->bytes + 2), parcel->bytes, parcel->plain);
    if (parcel->plain > RTP_MAX || !can_leave(sink->wire))
        return;
    if (protect(sink->wire->sending, parcel->bytes, &parcel->length) != 0)
        return;
    parcel->sink = sink;
    parcel->gone = false;
    poller->parcels_count++;
}

/* -- receiving ------------------------------------------------------------------------------ */

static feed_t *feed_of(const wire_t *wire, uint32_t ssrc)
{
    for (int n = 0; n < wire->feeds_count; n++)
        if (wire->feeds[n]->ssrc == ssrc)
            return wire->feeds[n];
    return NULL;
}

/* The feed of a packet that may be forwarded here; NULL: let Python look at it. */
static feed_t *ordinary(const wire_t *wire, const uint8_t *packet, int length)
{
    if (wire == NULL || wire->receiving == NULL || wire->drop || length < 12 || length > RTP_MAX)
        return NULL;
    if (packet[0] >> 6 != 2 || (packet[1] >= 192 && packet[1] < 224))
        return NULL;
    feed_t *feed = feed_of(wire, read_32(packet + 8));
    if (feed == NULL || (packet[1] & 0x7Fu) != feed->payload_type)
        return NULL;
    track_t *track = feed->track;
    if (track->feed != feed || track->moved || track->tape || track->sinks_count < 0)
        return NULL;
    for (int n = 0; n < track->sinks_count; n++) {
        const sink_t *sink = track->sinks[n];
        if (sink->wire == NULL || (sink->fresh && sink->wire->ready))
            return NULL;
    }
    return feed;
}

/* numbering.Reception.count */
static void count(reception_t *reception, uint32_t seq)
{
    if (reception->highest < 0) {
        reception->base = reception->highest = seq;
        reception->received = 1;
        return;
    }
    uint32_t step = (seq - (uint32_t)reception->highest) & 0xFFFF;
    if (0 < step && step < 0x8000) {
        reception->highest += step;
        reception->received++;
    }
}

/* Where the payload begins and ends; false when the header is longer than the packet. */
static bool payload_of(const uint8_t *packet, int length, int *start, int *end)
{
    *start = 12 + 4 * (packet[0] & 15);
    if (packet[0] & 0x10) {
        if (*start + 4 > length)
            return false;
        *start += 4 + 4 * (int)read_16(packet + *start + 2);
    }
    *end = packet[0] & 0x20 ? length - packet[length - 1] : length;
    if (*start >= *end)
        *start = *end = 0;
    return true;
}

/* packets.Packets.received, leg.Publisher.rtp and forwarder.Track.take of an ordinary packet. */
static void forward(poller_t *poller, wire_t *wire, feed_t *feed, uint8_t *packet, int length)
{
    track_t *track = feed->track;
    int start, end;
    if (unprotect(wire->receiving, packet, &length) != 0 || length < 12)
        return;
    wire->tally->rtp++;
    wire->tally->last_at = poller->monotonic;
    count(feed->reception, read_16(packet + 2));
    if (!payload_of(packet, length, &start, &end)) {
        wire->tally->faults++;
        return;
    }
    track->packets++;
    track->bytes += length;
    for (int n = 0; n < track->sinks_count; n++)
        send_to(poller, track->sinks[n], packet, packet + start, end - start, poller->now);
}

/* -- handing up ----------------------------------------------------------------------------- */

static void hand_up(poller_t *poller, const port_t *port, int n)
{
    memcpy(poller->up, poller->bytes[n], poller->length[n]);
    poller->up_length = poller->length[n];
    poller->up_number = port->number;
    write_sender(poller, poller->sender[n]);
    poller->handed_up++;
}

/* -- one wake-up ---------------------------------------------------------------------------- */

/* 1 when a datagram of the batch in hand is for Python; 0 when all are done. */
static int handle(poller_t *poller, const port_t *port)
{
    while (poller->datagram < poller->datagrams) {
        int n = poller->datagram++;
        if (port->fd < 0)
            continue;
        feed_t *feed = ordinary(port->wire, poller->bytes[n], poller->length[n]);
        if (feed != NULL) {
            forward(poller, port->wire, feed, poller->bytes[n], poller->length[n]);
        } else {
            flush(poller); /* Python may take away what the parcels point to. */
            hand_up(poller, port, n);
            return 1;
        }
    }
    return 0;
}

/* Which sockets have something now; false when none has, or when others must have their turn. */
static bool look(poller_t *poller)
{
    struct epoll_event events[EVENTS];
    if (poller->looks++ >= LOOKS_MAX)
        return false;
    int got = epoll_wait(poller->epoll, events, EVENTS, 0);
    for (int n = 0; n < got; n++)
        poller->of_event[n] = events[n].data.ptr;
    poller->events = got < 0 ? 0 : got;
    poller->event = -1;
    return poller->events > 0;
}

/* The batch in hand, then every socket of the last look. 1: a datagram is handed up. */
static int serve(poller_t *poller)
{
    poller->now = seconds(CLOCK_REALTIME);
    poller->monotonic = seconds(CLOCK_MONOTONIC);
    for (;;) {
        if (poller->event >= 0 && handle(poller, poller->of_event[poller->event]))
            return 1;
        if (++poller->event >= poller->events)
            return 0;
        receive(poller, poller->of_event[poller->event]);
    }
}

/* Serve the sockets until none has anything: what comes meanwhile needs no wake-up of its own.
 * 1: a datagram is handed up, call again; 0: done. */
static int turn(poller_t *poller)
{
    do {
        if (poller->event < poller->events && serve(poller))
            return 1;
        flush(poller);
    } while (look(poller));
    poller->event = poller->events = poller->looks = 0;
    poller->turn++;
    return 0;
}

/* The event loop says that something has come. */
void datapath_serve(poller_t *poller)
{
    poller->serving = true;
    while (turn(poller))
        datapath_up(poller);
    poller->serving = false;
}
