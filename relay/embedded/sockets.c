/* The sockets of the inner loop: what the kernel is asked for, and how often.
 *
 * A wire has the socket that ICE opened, which hears everybody, and once ICE has chosen a pair a
 * second one of the same port that is connected to the peer: the kernel then looks up no route
 * for a packet, which is an eighth of what forwarding costs. */

/* -- sending -------------------------------------------------------------------------------- */

static bool is_straight(const wire_t *wire)
{
    return wire->straight != NULL && wire->straight->fd >= 0;
}

/* How many of the messages the kernel took. A connected socket first tells of an ICMP error that
 * an earlier packet met, in place of sending; the other one would not have told. */
static int send_all(const wire_t *wire, struct mmsghdr *messages, int count)
{
    bool straight = is_straight(wire);
    int fd = straight ? wire->straight->fd : wire->port->fd;
    for (int n = 0; n < count; n++) {
        messages[n].msg_hdr.msg_name = straight ? NULL : (void *)wire->to;
        messages[n].msg_hdr.msg_namelen = straight ? 0 : wire->to_length;
    }
    for (int tries = 0; tries < 2; tries++) {
        const struct msghdr *one = &messages[0].msg_hdr;
        int sent = count > 1
            ? sendmmsg(fd, messages, count, MSG_DONTWAIT)
            : sendto(fd, one->msg_iov->iov_base, one->msg_iov->iov_len, MSG_DONTWAIT,
                     one->msg_name, one->msg_namelen) < 0 ? -1 : 1;
        if (sent >= 0 || !straight || errno == EAGAIN)
            return sent;
    }
    return 0;
}

/* All parcels of one wire that are waiting, in order, in one call of the kernel. */
static void send_run(poller_t *poller, int first)
{
    struct mmsghdr messages[PARCELS];
    struct iovec parts[PARCELS];
    parcel_t *chosen[PARCELS];
    wire_t *wire = poller->parcels[first].sink->wire;
    int count = 0;
    memset(messages, 0, sizeof messages[0] * poller->parcels_count);
    for (int n = first; n < poller->parcels_count; n++) {
        parcel_t *parcel = &poller->parcels[n];
        if (parcel->gone || parcel->sink->wire != wire)
            continue;
        parcel->gone = true;
        parts[count] = (struct iovec){parcel->bytes, parcel->length};
        messages[count].msg_hdr.msg_iov = &parts[count];
        messages[count].msg_hdr.msg_iovlen = 1;
        chosen[count++] = parcel;
    }
    int sent = send_all(wire, messages, count);
    for (int n = 0; n < sent; n++) { /* What the kernel could not take is lost, as on any hop. */
        chosen[n]->sink->packets++;
        chosen[n]->sink->bytes += chosen[n]->plain;
    }
}

static void flush(poller_t *poller)
{
    for (int n = 0; n < poller->parcels_count; n++)
        if (!poller->parcels[n].gone)
            send_run(poller, n);
    poller->parcels_count = 0;
}

/* -- receiving ------------------------------------------------------------------------------ */

static int receive_one(poller_t *poller, const port_t *port)
{
    socklen_t length = sizeof poller->sender[0];
    int got = recvfrom(port->fd, poller->bytes[0], BUFFER, MSG_DONTWAIT,
                       (struct sockaddr *)poller->sender[0], &length);
    poller->length[0] = got;
    return got < 0 ? 0 : 1;
}

static int receive_many(poller_t *poller, const port_t *port)
{
    struct mmsghdr messages[BATCH];
    struct iovec parts[BATCH];
    memset(messages, 0, sizeof messages);
    for (int n = 0; n < BATCH; n++) {
        parts[n] = (struct iovec){poller->bytes[n], BUFFER};
        messages[n].msg_hdr.msg_iov = &parts[n];
        messages[n].msg_hdr.msg_iovlen = 1;
        messages[n].msg_hdr.msg_name = poller->sender[n];
        messages[n].msg_hdr.msg_namelen = sizeof poller->sender[n];
    }
    int got = recvmmsg(port->fd, messages, BATCH, MSG_DONTWAIT, NULL);
    for (int n = 0; n < got; n++)
        poller->length[n] = messages[n].msg_len;
    return got < 0 ? 0 : got;
}

/* What lies at one socket: one datagram, which mostly is all and costs less to ask for than a
 * batch of one, or a batch if it has had one in this turn already. The loop asks again when there
 * is more. */
static void receive(poller_t *poller, port_t *port)
{
    bool again = port->turn == poller->turn;
    port->turn = poller->turn;
    poller->datagram = poller->datagrams = 0;
    if (port->fd >= 0)
        poller->datagrams = again ? receive_many(poller, port) : receive_one(poller, port);
    poller->received += poller->datagrams;
}

static void write_sender(poller_t *poller, const uint8_t *sender)
{
    const struct sockaddr *any = (const struct sockaddr *)sender;
    poller->up_flow = poller->up_scope = 0;
    if (any->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const struct sockaddr_in6 *)sender;
        inet_ntop(AF_INET6, &six->sin6_addr, poller->up_host, sizeof poller->up_host);
        poller->up_port = ntohs(six->sin6_port);
        poller->up_flow = ntohl(six->sin6_flowinfo);
        poller->up_scope = six->sin6_scope_id;
    } else {
        const struct sockaddr_in *four = (const struct sockaddr_in *)sender;
        inet_ntop(AF_INET, &four->sin_addr, poller->up_host, sizeof poller->up_host);
        poller->up_port = ntohs(four->sin_port);
    }
}

int datapath_watch(poller_t *poller, port_t *port, bool add)
{
    struct epoll_event wanted = {.events = EPOLLIN, .data.ptr = port};
    return epoll_ctl(poller->epoll, add ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, port->fd, &wanted);
}

/* Where the wire's packets go from now on. 0 when the text is no address. */
int datapath_address(wire_t *wire, const char *host, uint32_t port, uint32_t scope)
{
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 six = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_scope_id = scope};
    wire->to_length = 0;
    if (inet_pton(AF_INET, host, &four.sin_addr) == 1) {
        memcpy(wire->to, &four, sizeof four);
        wire->to_length = sizeof four;
    } else if (inet_pton(AF_INET6, host, &six.sin6_addr) == 1) {
        memcpy(wire->to, &six, sizeof six);
        wire->to_length = sizeof six;
    }
    return wire->to_length != 0;
}
