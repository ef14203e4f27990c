/* A tracker of known delays: what a load test measures of it can be compared with what it did.
 *
 *   known-tracker [--host H] [--port P] [--close] [--delay-ms D] [--slow-of N --slow-ms S] [--drop-of N] [--spin]
 *
 * Prints "READY <port>" and answers announces over HTTP and UDP at that port, of 127.0.0.1 by default, each after D ms. Each
 * Nth announce is answered after S ms (slow), or never (dropped). With --spin it waits for no wake-up by the kernel while an
 * answer is due, and busies a core. An HTTP connection is kept, unless --close or the request asks for its end. SIGTERM ends
 * it: it prints a line of JSON with its counts. announces = answered + dropped + waiting + gone; "gone" are answers whose
 * connection had ended before they were due. Announces of clients that leave (event=stopped) are answered at once, and are
 * counted as farewells and nowhere else.
 *
 * One thread with epoll. Every swarm is empty: a reply names nobody. A connection carries one request at a time.
 * Build: cc -O2 -o known-tracker known-tracker.c */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, LAST_ROUNDS = 100, MAX_CONNECTIONS = 65536, MAX_HEAD = 4096, MAX_WAITING = 1 << 20, DATAGRAM = 2048 };
enum { CONNECT = 0, ANNOUNCE = 1, FAILURE = 3, CONNECT_BYTES = 16, ANNOUNCE_BYTES = 98, EVENT_AT = 83, STOPPED = 3, INTERVAL_SECONDS = 1800 };
static const uint8_t connection_id[8] = "troupe.";

#define HEAD_OF(how) "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 27\r\n" how "\r\n"
#define BODY "d8:intervali1800e5:peers0:e"
static const char kept_reply[] = HEAD_OF("") BODY;
static const char last_reply[] = HEAD_OF("Connection: close\r\n") BODY;
static const char not_found[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

struct connection {
  uint32_t life;                  /* of this descriptor: an answer to an earlier connection is not sent */
  unsigned filled;
  char head[MAX_HEAD];
};

/* An answer that is due later: to a connection, or to a sender of a datagram. */
struct answer {
  uint64_t due;
  int socket;                     /* -1: UDP */
  uint32_t life;
  int is_last, is_farewell;
  struct sockaddr_in to;
  uint8_t transaction[4];
};

/* Answers of one delay are due in the order in which they came. */
struct line {
  uint64_t delay;
  unsigned head, count;
  struct answer *ring;
};

static struct connection *connections[MAX_CONNECTIONS];
static struct line usual, slow;
static unsigned slow_of, drop_of;
static int spins;                 /* while an answer is due */
static int closes, poller, datagrams;
static volatile sig_atomic_t ended;
static struct { uint64_t connections, http, udp, farewells, connects, other, answered, slow, dropped, gone; } counts;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void end(int signal) { (void)signal, ended = 1; }

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void drop_connection(int socket) {
  connections[socket]->life++;
  close(socket);
}

static void answer_udp(const struct answer *a) {
  uint8_t reply[20] = {0, 0, 0, ANNOUNCE};
  memcpy(reply + 4, a->transaction, 4);
  reply[10] = INTERVAL_SECONDS >> 8, reply[11] = INTERVAL_SECONDS & 255;
  sendto(datagrams, reply, sizeof reply, 0, (void *)&a->to, sizeof a->to);
}

static void answer_now(const struct answer *a) {
  if (a->socket >= 0 && connections[a->socket]->life != a->life) {
    counts.gone += !a->is_farewell;
    return;
  }
  counts.answered += !a->is_farewell;
  if (a->socket < 0) return answer_udp(a);
  const char *reply = a->is_last ? last_reply : kept_reply;
  ssize_t length = a->is_last ? sizeof last_reply - 1 : sizeof kept_reply - 1;
  if (send(a->socket, reply, length, 0) != length || a->is_last) drop_connection(a->socket);
}

static void wait_in(struct line *line, struct answer a) {
  if (line->delay == 0) return answer_now(&a);
  if (line->count == MAX_WAITING) die("too many answers wait");
  a.due = now() + line->delay;
  line->ring[(line->head + line->count++) % MAX_WAITING] = a;
}

static void announced(struct answer a) {
  if (a.is_farewell) {
    counts.farewells++;
    return answer_now(&a);
  }
  if (a.socket < 0) counts.udp++;
  else counts.http++;
  uint64_t number = counts.http + counts.udp;
  if (drop_of && number % drop_of == 0) counts.dropped++;
  else if (slow_of && number % slow_of == 0) counts.slow++, wait_in(&slow, a);
  else wait_in(&usual, a);
}

static void answer_due(struct line *line, uint64_t at) {
  while (line->count && line->ring[line->head].due <= at) {
    struct answer a = line->ring[line->head];
    line->head = (line->head + 1) % MAX_WAITING, line->count--;
    answer_now(&a);
  }
}

/* Until the next answer is due. @returns 0: none waits. */
static struct timespec *until_due(struct timespec *wait) {
  uint64_t due = UINT64_MAX, at;
  if (usual.count) due = usual.ring[usual.head].due;
  if (slow.count && slow.ring[slow.head].due < due) due = slow.ring[slow.head].due;
  if (due == UINT64_MAX) return 0;
  at = now();
  uint64_t left = due > at && !spins ? due - at : 0;
  *wait = (struct timespec){left / 1000000000ull, left % 1000000000ull};
  return wait;
}

/* Takes the head of one request, which has ended at `length`. */
static void requested(int socket, struct connection *c, unsigned length) {
  char kept = c->head[length];
  c->head[length] = 0;
  int is_last = closes || strcasestr(c->head, "\r\nconnection: close") != 0;
  int is_announce = strncmp(c->head, "GET /announce?", 14) == 0 && strstr(c->head, "info_hash=");
  int is_farewell = strstr(c->head, "event=stopped") != 0;
  uint32_t life = c->life;
  c->head[length] = kept;
  c->filled -= length;
  memmove(c->head, c->head + length, c->filled);
  if (is_announce) {
    announced((struct answer){.socket = socket, .life = life, .is_last = is_last, .is_farewell = is_farewell});
    return;
  }
  counts.other++;
  send(socket, not_found, sizeof not_found - 1, 0);
  drop_connection(socket);
}

static void readable(int socket) {
  struct connection *c = connections[socket];
  ssize_t got = recv(socket, c->head + c->filled, MAX_HEAD - 1 - c->filled, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return drop_connection(socket);
  c->filled += got;
  uint32_t life = c->life;
  while (c->life == life) {
    char *tail = memmem(c->head, c->filled, "\r\n\r\n", 4);
    if (tail) requested(socket, c, tail + 4 - c->head);
    else if (c->filled == MAX_HEAD - 1) drop_connection(socket);
    else return;
  }
}

static void accept_all(int listener) {
  int socket, one = 1;
  while ((socket = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
    if (socket >= MAX_CONNECTIONS) {
      close(socket);
      continue;
    }
    counts.connections++;
    if (!connections[socket]) connections[socket] = calloc(1, sizeof **connections);
    if (!connections[socket]) die("calloc");
    connections[socket]->filled = 0;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(poller, EPOLL_CTL_ADD, socket, &wanted);
  }
}

static void connect_udp(const uint8_t *asked, const struct sockaddr_in *from) {
  uint8_t reply[CONNECT_BYTES] = {0};
  memcpy(reply + 4, asked + 12, 4);
  memcpy(reply + 8, connection_id, 8);
  counts.connects++;
  sendto(datagrams, reply, sizeof reply, 0, (void *)from, sizeof *from);
}

static void take_datagrams(void) {
  uint8_t asked[DATAGRAM];
  struct sockaddr_in from;
  for (;;) {
    socklen_t size = sizeof from;
    ssize_t length = recvfrom(datagrams, asked, sizeof asked, MSG_DONTWAIT, (void *)&from, &size);
    if (length < 0) return;
    int action = length < CONNECT_BYTES ? FAILURE : asked[11];
    if (action == CONNECT) {
      connect_udp(asked, &from);
    } else if (action == ANNOUNCE && length >= ANNOUNCE_BYTES && !memcmp(asked, connection_id, 8)) {
      struct answer a = {.socket = -1, .to = from, .is_farewell = asked[EVENT_AT] == STOPPED};
      memcpy(a.transaction, asked + 12, 4);
      announced(a);
    } else {
      counts.other++;
    }
  }
}

static int listen_at(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  socklen_t length = sizeof address;
  int one = 1, buffer = 4 << 20, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) die("host");
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) die("listen");
  getsockname(listener, (void *)&address, &length);
  datagrams = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  setsockopt(datagrams, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  if (bind(datagrams, (void *)&address, sizeof address)) die("bind");
  for (int i = 0; i < 2; i++) {
    int socket = i ? datagrams : listener;
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(poller, EPOLL_CTL_ADD, socket, &wanted);
  }
  printf("READY %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static struct line line_of(double delay_ms) {
  struct line line = {.delay = delay_ms * 1e6};
  if (line.delay && !(line.ring = calloc(MAX_WAITING, sizeof *line.ring))) die("calloc");
  return line;
}

/* @param limit Of the wait; 0: none. @returns Sockets that were ready. */
static int serve_once(int listener, const struct timespec *limit) {
  struct epoll_event events[EVENTS];
  sigset_t none;
  sigemptyset(&none);
  int ready = epoll_pwait2(poller, events, EVENTS, limit, &none);
  for (int i = 0; i < ready; i++) {
    int socket = events[i].data.fd;
    if (socket == listener) accept_all(listener);
    else if (socket == datagrams) take_datagrams();
    else readable(socket);
  }
  uint64_t at = now();
  answer_due(&usual, at);
  answer_due(&slow, at);
  return ready;
}

/* What came before the end is counted, also when this process was stopped until then. */
static void serve(int listener) {
  static const struct timespec at_once;
  struct timespec wait;
  while (!ended) serve_once(listener, until_due(&wait));
  for (int round = 0; round < LAST_ROUNDS && serve_once(listener, &at_once) > 0; round++);
}

static void print_counts(void) {
  printf("{\"connections\":%lu,\"announces\":%lu,\"httpAnnounces\":%lu,\"udpAnnounces\":%lu,\"udpConnects\":%lu,"
         "\"farewells\":%lu,\"other\":%lu,\"answered\":%lu,\"slow\":%lu,\"dropped\":%lu,\"gone\":%lu,\"waiting\":%u}\n",
         counts.connections, counts.http + counts.udp, counts.http, counts.udp, counts.connects, counts.farewells, counts.other,
         counts.answered, counts.slow, counts.dropped, counts.gone, usual.count + slow.count);
}

int main(int argc, char **argv) {
  static const struct option known[] = {
      {"host", 1, 0, 'h'},    {"port", 1, 0, 'p'},    {"close", 0, 0, 'c'},   {"delay-ms", 1, 0, 'd'},
      {"slow-of", 1, 0, 'n'}, {"slow-ms", 1, 0, 's'}, {"drop-of", 1, 0, 'x'}, {"spin", 0, 0, 'w'}, {0, 0, 0, 0},
  };
  const char *host = "127.0.0.1";
  int port = 0, option;
  double delay_ms = 0, slow_ms = 0;
  while ((option = getopt_long(argc, argv, "", known, 0)) != -1) {
    switch (option) {
      case 'h': host = optarg; break;
      case 'p': port = atoi(optarg); break;
      case 'c': closes = 1; break;
      case 'd': delay_ms = atof(optarg); break;
      case 'n': slow_of = atoi(optarg); break;
      case 's': slow_ms = atof(optarg); break;
      case 'x': drop_of = atoi(optarg); break;
      case 'w': spins = 1; break;
      default:
        fprintf(stderr, "usage: known-tracker [--host H] [--port P] [--close] [--delay-ms D] [--slow-of N --slow-ms S] [--drop-of N] [--spin]\n");
        return 2;
    }
  }
  struct rlimit files = {MAX_CONNECTIONS, MAX_CONNECTIONS};
  setrlimit(RLIMIT_NOFILE, &files);
  prctl(PR_SET_TIMERSLACK, 1);
  usual = line_of(delay_ms);
  slow = line_of(slow_ms);
  /* Blocked but while it waits: a signal between the check and the wait is not lost. */
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigprocmask(SIG_BLOCK, &ending, 0);
  signal(SIGTERM, end);
  signal(SIGPIPE, SIG_IGN);
  poller = epoll_create1(0);
  serve(listen_at(host, port));
  print_counts();
  return 0;
}
