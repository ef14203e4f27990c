/* A seeder of known delays: what a load test measures of it can be compared with what it did.
 *
 *   known-seeder [--host H] [--port P] [--delay-ms D] [--slow-of N --slow-ms S] [--drop-of N] [--spin]
 *                INFOHASH FILE PIECE_LENGTH_BYTES
 *
 * Prints "READY <port>" and answers each request for a block after D ms. Each Nth request is answered after S ms (slow), or
 * never (dropped). With --spin it waits for no wake-up by the kernel while an answer is due, and busies a core. SIGTERM ends
 * it: it prints a line of JSON with its counts. requests = answered + dropped + waiting + gone; "gone" are blocks whose
 * connection had ended before they were due, or before the kernel took them.
 *
 * One single-file torrent, plain TCP, BEP 3 only, every peer unchoked; one thread with epoll. A peer that does not read is closed
 * when 1 GiB of blocks waits for it: Transmission asks for ten seconds of its rate. A cancelled block is sent all the same.
 * Build: cc -O2 -o known-seeder known-seeder.c */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { EVENTS = 256, LAST_ROUNDS = 100, MAX_PEERS = 65536, HANDSHAKE = 68, HEADER = 13, INPUT = 65536, MAX_BLOCK = 131072, MAX_FRAME = 60000 };
enum { MAX_WAITING = 1 << 20, MAX_QUEUED = 1 << 30 };
enum { UNCHOKE = 1, INTERESTED = 2, BITFIELD = 5, REQUEST = 6, PIECE = 7, CANCEL = 8 };

struct block {
  uint32_t piece, begin, length;
};

/* Bytes that the kernel did not take yet; a block is a header and its payload in the mapped file. */
struct chunk {
  struct chunk *next;
  const uint8_t *payload;
  uint32_t payload_length, head_length, sent;
  uint8_t head[];
};

struct peer {
  uint32_t life;                  /* of this descriptor: a block for an earlier connection is not sent */
  unsigned filled;
  uint64_t queued;
  int greeted, waits_for_room;
  int is_deaf;                    /* it takes no blocks any more; its requests are still read and counted */
  struct chunk *first, *last;
  uint8_t input[INPUT];
};

/* A block that is due later. */
struct answer {
  uint64_t due;
  int socket;
  uint32_t life;
  struct block block;
};

/* Blocks of one delay are due in the order in which they were requested. */
struct line {
  uint64_t delay;
  unsigned head, count;
  struct answer *ring;
};

static struct peer *peers[MAX_PEERS];
static struct line usual, slow;
static unsigned slow_of, drop_of;
static int spins;                 /* while an answer is due */
static int poller;
static uint8_t info_hash[20];
static const uint8_t *payload;
static uint64_t total, piece_length, payload_bytes;
static volatile sig_atomic_t ended;
static struct { uint64_t connections, handshakes, requests, cancels, answered, slow, dropped, gone; } counts;

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

static uint32_t get32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

static void put32(uint8_t *p, uint32_t value) {
  p[0] = value >> 24, p[1] = value >> 16, p[2] = value >> 8, p[3] = value;
}

static void drop_queue(struct peer *p) {
  while (p->first) {
    struct chunk *sent = p->first;
    counts.gone += sent->payload_length > 0;
    p->first = sent->next;
    free(sent);
  }
  p->last = 0, p->queued = 0;
}

static void drop_peer(int socket) {
  drop_queue(peers[socket]);
  peers[socket]->life++;
  close(socket);
}

static void watch(int socket, int for_room) {
  struct epoll_event wanted = {.events = EPOLLIN | (for_room ? EPOLLOUT : 0), .data.fd = socket};
  epoll_ctl(poller, EPOLL_CTL_MOD, socket, &wanted);
  peers[socket]->waits_for_room = for_room;
}

/* The peer has closed its connection. Requests that it had sent before may still be unread. */
static void stop_sending(int socket) {
  drop_queue(peers[socket]);
  peers[socket]->is_deaf = 1;
  watch(socket, 0);
}

/* Hands the kernel what waits. */
static void flush(int socket) {
  struct peer *p = peers[socket];
  while (p->first) {
    struct chunk *c = p->first;
    uint32_t in_head = c->sent < c->head_length ? c->head_length - c->sent : 0;
    uint32_t in_payload = c->head_length + c->payload_length - c->sent - in_head;
    struct iovec parts[2] = {{c->head + c->head_length - in_head, in_head},
                             {(void *)(c->payload + c->payload_length - in_payload), in_payload}};
    ssize_t sent = writev(socket, parts, 2);
    if (sent < 0 && errno == EAGAIN) {
      if (!p->waits_for_room) watch(socket, 1);
      return;
    }
    if (sent < 0) return stop_sending(socket);
    c->sent += sent, p->queued -= sent;
    if (c->sent < c->head_length + c->payload_length) continue;
    if (c->payload_length) counts.answered++, payload_bytes += c->payload_length;
    if (!(p->first = c->next)) p->last = 0;
    free(c);
  }
  if (p->waits_for_room) watch(socket, 0);
}

static int queue(int socket, const uint8_t *head, uint32_t head_length, const uint8_t *bytes, uint32_t length) {
  struct peer *p = peers[socket];
  if (p->is_deaf) return counts.gone += length > 0, 0;
  struct chunk *c = malloc(sizeof *c + head_length);
  if (!c) die("malloc");
  *c = (struct chunk){.payload = bytes, .payload_length = length, .head_length = head_length};
  memcpy(c->head, head, head_length);
  if (p->last) p->last->next = c;
  else p->first = c;
  p->last = c;
  p->queued += head_length + length;
  if (p->queued > MAX_QUEUED) return drop_peer(socket), -1;
  if (!p->waits_for_room) flush(socket);
  return 0;
}

static void answer_now(const struct answer *a) {
  if (peers[a->socket]->life != a->life) {
    counts.gone++;
    return;
  }
  struct block b = a->block;
  uint8_t head[HEADER];
  put32(head, 9 + b.length);
  head[4] = PIECE;
  put32(head + 5, b.piece);
  put32(head + 9, b.begin);
  queue(a->socket, head, HEADER, payload + b.piece * piece_length + b.begin, b.length);
}

static void wait_in(struct line *line, struct answer a) {
  if (line->delay == 0) return answer_now(&a);
  if (line->count == MAX_WAITING) die("too many blocks wait");
  a.due = now() + line->delay;
  line->ring[(line->head + line->count++) % MAX_WAITING] = a;
}

/* @returns -1 for a block that the torrent lacks. */
static int requested(int socket, struct block b) {
  uint64_t begin = b.piece * piece_length + b.begin;
  if (!b.length || b.length > MAX_BLOCK || b.begin >= piece_length || begin + b.length > total) return -1;
  struct answer a = {.socket = socket, .life = peers[socket]->life, .block = b};
  uint64_t number = ++counts.requests;
  if (drop_of && number % drop_of == 0) counts.dropped++;
  else if (slow_of && number % slow_of == 0) counts.slow++, wait_in(&slow, a);
  else wait_in(&usual, a);
  return 0;
}

static int take_frame(int socket, const uint8_t *frame, uint32_t length) {
  static const uint8_t unchoke[5] = {0, 0, 0, 1, UNCHOKE};
  if (!length) return 0;
  switch (frame[0]) {
    case INTERESTED: return queue(socket, unchoke, sizeof unchoke, 0, 0);
    case REQUEST: return length == 13 ? requested(socket, (struct block){get32(frame + 1), get32(frame + 5), get32(frame + 9)}) : -1;
    case CANCEL: counts.cancels++; return 0;
    default: return 0;
  }
}

/* Our handshake and a full bitfield. */
static int greet(int socket, const uint8_t *theirs) {
  if (theirs[0] != 19 || memcmp(theirs + 28, info_hash, 20)) return -1;
  uint32_t pieces = (total + piece_length - 1) / piece_length, length = (pieces + 7) / 8;
  uint8_t *bytes = calloc(1, HANDSHAKE + 5 + length);
  if (!bytes) die("calloc");
  bytes[0] = 19;
  memcpy(bytes + 1, "BitTorrent protocol", 19);
  memcpy(bytes + 28, info_hash, 20);
  memcpy(bytes + 48, "-CS0002-knownseeder0", 20);
  put32(bytes + HANDSHAKE, 1 + length);
  bytes[HANDSHAKE + 4] = BITFIELD;
  for (uint32_t i = 0; i < pieces; i++) bytes[HANDSHAKE + 5 + i / 8] |= 0x80 >> i % 8;
  counts.handshakes++;
  int failed = queue(socket, bytes, HANDSHAKE + 5 + length, 0, 0);
  free(bytes);
  return failed;
}

/* @returns Bytes that the next message has; 0: more must come; -1: the peer breaks the protocol. */
static int take_message(int socket, const uint8_t *bytes, unsigned length) {
  struct peer *p = peers[socket];
  if (!p->greeted) {
    if (length < HANDSHAKE) return 0;
    p->greeted = 1;
    return greet(socket, bytes) ? -1 : HANDSHAKE;
  }
  if (length < 4) return 0;
  uint32_t frame = get32(bytes);
  if (frame > MAX_FRAME) return -1;
  if (length < 4 + frame) return 0;
  return take_frame(socket, bytes + 4, frame) ? -1 : (int)(4 + frame);
}

static void readable(int socket) {
  struct peer *p = peers[socket];
  uint32_t life = p->life;
  ssize_t got = recv(socket, p->input + p->filled, INPUT - p->filled, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return drop_peer(socket);
  p->filled += got;
  unsigned at = 0;
  for (;;) {
    int taken = take_message(socket, p->input + at, p->filled - at);
    if (p->life != life) return;
    if (taken < 0) return drop_peer(socket);
    if (taken == 0) break;
    at += taken;
  }
  memmove(p->input, p->input + at, p->filled - at);
  p->filled -= at;
}

static void accept_all(int listener) {
  int socket, one = 1;
  while ((socket = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
    if (socket >= MAX_PEERS) {
      close(socket);
      continue;
    }
    if (!peers[socket]) peers[socket] = calloc(1, sizeof **peers);
    struct peer *p = peers[socket];
    if (!p) die("calloc");
    p->filled = 0, p->queued = 0, p->greeted = 0, p->waits_for_room = 0, p->is_deaf = 0;
    counts.connections++;
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event wanted = {.events = EPOLLIN, .data.fd = socket};
    epoll_ctl(poller, EPOLL_CTL_ADD, socket, &wanted);
  }
}

static void answer_due(struct line *line, uint64_t at) {
  while (line->count && line->ring[line->head].due <= at) {
    struct answer a = line->ring[line->head];
    line->head = (line->head + 1) % MAX_WAITING, line->count--;
    answer_now(&a);
  }
}

/* Until the next block is due. @returns 0: none waits. */
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

/* @param limit Of the wait; 0: none. @returns Sockets that were ready. */
static int serve_once(int listener, const struct timespec *limit) {
  struct epoll_event events[EVENTS];
  sigset_t none;
  sigemptyset(&none);
  int ready = epoll_pwait2(poller, events, EVENTS, limit, &none);
  for (int i = 0; i < ready; i++) {
    int socket = events[i].data.fd;
    if (socket == listener) {
      accept_all(listener);
      continue;
    }
    uint32_t life = peers[socket]->life;
    if (events[i].events & EPOLLOUT) flush(socket);
    if (peers[socket]->life == life && events[i].events & ~EPOLLOUT) readable(socket);
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

static int listen_at(const char *host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  socklen_t length = sizeof address;
  int one = 1, buffer = 256 << 10, listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) die("host");
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(listener, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer); /* accepted sockets inherit it */
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 4096)) die("listen");
  getsockname(listener, (void *)&address, &length);
  struct epoll_event wanted = {.events = EPOLLIN, .data.fd = listener};
  epoll_ctl(poller, EPOLL_CTL_ADD, listener, &wanted);
  printf("READY %d\n", ntohs(address.sin_port));
  fflush(stdout);
  return listener;
}

static void map_payload(const char *path) {
  struct stat s;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &s)) die(path);
  total = s.st_size;
  payload = mmap(0, total, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  if (payload == MAP_FAILED) die("mmap");
}

static struct line line_of(double delay_ms) {
  struct line line = {.delay = delay_ms * 1e6};
  if (line.delay && !(line.ring = calloc(MAX_WAITING, sizeof *line.ring))) die("calloc");
  return line;
}

/* Blocks that the kernel did not take count as waiting. */
static uint64_t waiting(void) {
  uint64_t count = usual.count + slow.count;
  for (int i = 0; i < MAX_PEERS; i++)
    for (struct chunk *c = peers[i] ? peers[i]->first : 0; c; c = c->next) count += c->payload_length > 0;
  return count;
}

static void print_counts(void) {
  printf("{\"connections\":%lu,\"handshakes\":%lu,\"requests\":%lu,\"cancels\":%lu,\"answered\":%lu,\"slow\":%lu,"
         "\"dropped\":%lu,\"gone\":%lu,\"waiting\":%lu,\"payloadBytes\":%lu}\n",
         counts.connections, counts.handshakes, counts.requests, counts.cancels, counts.answered, counts.slow,
         counts.dropped, counts.gone, waiting(), payload_bytes);
}

int main(int argc, char **argv) {
  static const struct option known[] = {
      {"host", 1, 0, 'h'},    {"port", 1, 0, 'p'},    {"delay-ms", 1, 0, 'd'}, {"slow-of", 1, 0, 'n'},
      {"slow-ms", 1, 0, 's'}, {"drop-of", 1, 0, 'x'}, {"spin", 0, 0, 'w'}, {0, 0, 0, 0},
  };
  const char *host = "127.0.0.1";
  int port = 0, option, wrong = 0;
  double delay_ms = 0, slow_ms = 0;
  while ((option = getopt_long(argc, argv, "", known, 0)) != -1) {
    switch (option) {
      case 'h': host = optarg; break;
      case 'p': port = atoi(optarg); break;
      case 'd': delay_ms = atof(optarg); break;
      case 'n': slow_of = atoi(optarg); break;
      case 's': slow_ms = atof(optarg); break;
      case 'x': drop_of = atoi(optarg); break;
      case 'w': spins = 1; break;
      default: wrong = 1;
    }
  }
  if (wrong || argc - optind != 3 || strlen(argv[optind]) != 40) {
    fprintf(stderr, "usage: known-seeder [--host H] [--port P] [--delay-ms D] [--slow-of N --slow-ms S] [--drop-of N] [--spin] "
                    "INFOHASH FILE PIECE_LENGTH_BYTES\n");
    return 2;
  }
  for (int i = 0; i < 20; i++) sscanf(argv[optind] + 2 * i, "%2hhx", &info_hash[i]);
  map_payload(argv[optind + 1]);
  piece_length = strtoull(argv[optind + 2], 0, 10);
  struct rlimit files = {MAX_PEERS, MAX_PEERS};
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
