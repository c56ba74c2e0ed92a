/* What Python and C share: read by the compiler and by cffi, so it has no directives but numbers.
 *
 * Numbers live here and nowhere else: Python reads and writes them through properties of the same
 * name. Flags and pointers are mirrored: Python is their owner, C only reads them. */

#define BATCH 8
#define EVENTS 32
#define LOOKS_MAX 16
#define PARCELS 32
#define FEEDS_MAX 16
#define SINKS_MAX 16
#define HISTORY 512
#define CONFIRMED 256
#define RTP_MAX 1900
#define BUFFER 2048

typedef int (*srtp_call)(void *session, void *packet, int *length);

/* wires.Tally */
typedef struct {
    uint64_t rtp, rtcp, stun, faults;
    double last_at;
} tally_t;

/* udp.UdpTransport and udp.Straight; fd is -1 once it is closed, so that a number used again hurts nobody. `turn`:
 * the poller's when it was read last. */
typedef struct {
    int fd;
    uint32_t number;
    uint64_t turn;
    struct wire *wire;
} port_t;

/* numbering.Reception */
typedef struct {
    int64_t base, highest, received;
} reception_t;

/* numbering.Numbering */
typedef struct {
    bool started;
    uint32_t seq_offset, timestamp_offset, last_seq, last_timestamp;
} numbering_t;

/* numbering.History: the packet numbered n is in place n % HISTORY. */
typedef struct {
    uint8_t *bytes;
    uint32_t length, room;
} kept_t;

typedef struct {
    kept_t packets[HISTORY];
} history_t;

/* confirmations.Confirmations: whose packet a number was; 0 is nobody's. */
typedef struct {
    uint32_t number;
    uint16_t owners[CONFIRMED];
} confirmations_t;

/* forwarder.Sink */
typedef struct {
    struct wire *wire;
    numbering_t *numbering;
    history_t *history;
    confirmations_t *confirmations;
    bool fresh, is_video;
    uint32_t payload_type, ssrc, extension, place;
    uint64_t packets, bytes;
    double last_at;
} sink_t;

/* forwarder.Track; sinks_count is -1 when there are more than fit. */
typedef struct {
    struct feed *feed;
    bool moved, tape;
    uint64_t packets, bytes;
    int sinks_count;
    sink_t *sinks[SINKS_MAX];
} track_t;

/* forwarder.Feed */
typedef struct feed {
    track_t *track;
    reception_t *reception;
    uint32_t ssrc, payload_type;
} feed_t;

/* packets.Packets, the half of a wire that packets pass: `to` is where the nominated pair leads,
 * `straight` a socket that is connected to there. */
typedef struct wire {
    void *receiving, *sending;
    tally_t *tally;
    port_t *port, *straight;
    bool ready, drop;
    uint8_t to[32];
    uint32_t to_length;
    int feeds_count;
    feed_t *feeds[FEEDS_MAX];
} wire_t;

/* A packet that is written and encrypted, and waits for the others of its burst. */
typedef struct {
    sink_t *sink;
    int length, plain;
    bool gone;
    uint8_t bytes[BUFFER];
} parcel_t;

/* All sockets of one loop. `up_*`: the datagram that Python is to look at, and its sender. */
typedef struct {
    int epoll;
    bool serving;
    int looks, events, event;
    port_t *of_event[EVENTS];
    int datagrams, datagram;
    int length[BATCH];
    uint32_t sender_length[BATCH];
    uint8_t sender[BATCH][32];
    uint8_t bytes[BATCH][BUFFER];
    int parcels_count;
    parcel_t parcels[PARCELS];
    uint64_t received, handed_up, turn;
    double now, monotonic;
    uint8_t *up;
    int up_length;
    uint32_t up_number, up_port, up_flow, up_scope;
    char up_host[48];
} poller_t;

void datapath_serve(poller_t *poller);
int datapath_watch(poller_t *poller, port_t *port, bool add);
int datapath_address(wire_t *wire, const char *host, uint32_t port, uint32_t scope);
int datapath_keep(history_t *history, uint32_t number, const uint8_t *bytes, uint32_t length);
void datapath_forget(history_t *history);
void datapath_bind(srtp_call unprotect_call, srtp_call protect_call);
