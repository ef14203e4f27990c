/* A seeder that costs next to nothing, so that whoever downloads from it is what limits the transfer.
 *
 *   seeder INFOHASH FILE PIECE_LENGTH_BYTES [BYTES_PER_SECOND [SEEDERS]]
 *
 * Prints "READY <port>" and serves FILE until it is killed; with a rate, not faster than that on each connection. It
 * listens on 127.0.0.1; several seeders listen on 127.1.0.1, 127.1.0.2 … 127.1.1.1 …, 250 in a row, all on that port.
 *
 * One single-file torrent, plain TCP, a blocking thread a connection: take every request that has arrived, answer up to
 * BATCH of them with one writev from the mapped file, again. BEP 3 only, no extension bits.
 *
 * SO_SNDBUF is fixed at 256 KiB: with the kernel's own 4 MiB a sender on loopback runs the receiver into a zero
 * window again and again, and everybody downloads three times slower. Build: cc -O2 -pthread -o seeder seeder.c */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { HANDSHAKE = 68, HEADER = 13, BATCH = 32, QUEUE = 8192, MAX_BLOCK = 131072, MAX_FRAME = 60000 };
enum { UNCHOKE = 1, INTERESTED = 2, BITFIELD = 5, REQUEST = 6, PIECE = 7, CANCEL = 8 };

static uint8_t info_hash[20];
static const uint8_t *payload;
static uint64_t total, piece_length, bytes_per_second;

struct request {
  uint32_t piece, begin, length;
};

struct peer {
  int socket;
  unsigned filled;                /* bytes of input not parsed yet */
  unsigned head, count;           /* ring of requests not answered yet */
  struct request queue[QUEUE];
  uint8_t input[65536];
};

static void die(const char *what) {
  perror(what);
  exit(1);
}

static uint32_t get32(const uint8_t *p) { return (uint32_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]; }

static void put32(uint8_t *p, uint32_t value) {
  p[0] = value >> 24, p[1] = value >> 16, p[2] = value >> 8, p[3] = value;
}

static int send_all(int socket, const void *bytes, size_t length) {
  for (const uint8_t *p = bytes; length;) {
    ssize_t sent = send(socket, p, length, 0);
    if (sent <= 0) return -1;
    p += sent, length -= sent;
  }
  return 0;
}

static int receive_all(int socket, void *bytes, size_t length) {
  return recv(socket, bytes, length, MSG_WAITALL) == (ssize_t)length ? 0 : -1;
}

/* Their handshake, then ours and a full bitfield. */
static int greet(int socket) {
  uint8_t theirs[HANDSHAKE], ours[HANDSHAKE] = {19};
  if (receive_all(socket, theirs, HANDSHAKE) || memcmp(theirs + 28, info_hash, 20)) return -1;
  memcpy(ours + 1, "BitTorrent protocol", 19);
  memcpy(ours + 28, info_hash, 20);
  memcpy(ours + 48, "-CS0001-benchseeder0", 20);
  uint32_t pieces = (total + piece_length - 1) / piece_length, length = (pieces + 7) / 8;
  uint8_t *bits = calloc(1, 5 + length);
  put32(bits, 1 + length);
  bits[4] = BITFIELD;
  for (uint32_t i = 0; i < pieces; i++) bits[5 + i / 8] |= 0x80 >> i % 8;
  int failed = send_all(socket, ours, HANDSHAKE) || send_all(socket, bits, 5 + length);
  free(bits);
  return failed ? -1 : 0;
}

static int enqueue(struct peer *p, struct request r) {
  uint64_t begin = r.piece * piece_length + r.begin;
  if (!r.length || r.length > MAX_BLOCK || begin + r.length > total) return -1;
  p->queue[(p->head + p->count++) % QUEUE] = r;
  return 0;
}

static void drop(struct peer *p, struct request r) {
  unsigned kept = 0;
  for (unsigned i = 0; i < p->count; i++) {
    struct request *q = &p->queue[(p->head + i) % QUEUE];
    if (memcmp(q, &r, sizeof r)) p->queue[(p->head + kept++) % QUEUE] = *q;
  }
  p->count = kept;
}

static int handle(struct peer *p, const uint8_t *frame, uint32_t length) {
  static const uint8_t unchoke[5] = {0, 0, 0, 1, UNCHOKE};
  if (!length) return 0;
  struct request r = {0};
  if (length == 13) r = (struct request){get32(frame + 1), get32(frame + 5), get32(frame + 9)};
  switch (frame[0]) {
    case INTERESTED: return send_all(p->socket, unchoke, sizeof unchoke);
    case REQUEST: return length == 13 ? enqueue(p, r) : -1;
    case CANCEL: drop(p, r); return 0;
    default: return 0;
  }
}

/* Takes what has arrived, as far as the queue has room; waits for something when there is nothing to answer. */
static int listen_to(struct peer *p) {
  size_t room = sizeof p->input - p->filled;
  if (room) {
    ssize_t got = recv(p->socket, p->input + p->filled, room, p->count ? MSG_DONTWAIT : 0);
    if (got == 0 || (got < 0 && !p->count)) return -1;
    if (got > 0) p->filled += got;
  }
  unsigned at = 0;
  while (p->count < QUEUE && p->filled - at >= 4) {
    uint32_t length = get32(p->input + at);
    if (length > MAX_FRAME) return -1;
    if (p->filled - at < 4 + length) break;
    if (handle(p, p->input + at + 4, length)) return -1;
    at += 4 + length;
  }
  memmove(p->input, p->input + at, p->filled - at);
  p->filled -= at;
  return 0;
}

static int write_all(int socket, struct iovec *parts, int count) {
  while (count) {
    ssize_t sent = writev(socket, parts, count);
    if (sent <= 0) return -1;
    while (count && (size_t)sent >= parts->iov_len) sent -= parts->iov_len, parts++, count--;
    if (count) parts->iov_base = (char *)parts->iov_base + sent, parts->iov_len -= sent;
  }
  return 0;
}

static void pause_for(uint64_t bytes) {
  uint64_t ns = bytes * 1000000000ull / bytes_per_second;
  nanosleep(&(struct timespec){ns / 1000000000ull, ns % 1000000000ull}, 0);
}

static int answer(struct peer *p) {
  struct iovec parts[2 * BATCH];
  uint8_t headers[BATCH][HEADER];
  uint64_t bytes = 0;
  int n = 0;
  for (; n < BATCH && p->count; n++) {
    struct request r = p->queue[p->head];
    p->head = (p->head + 1) % QUEUE, p->count--;
    put32(headers[n], 9 + r.length);
    headers[n][4] = PIECE;
    put32(headers[n] + 5, r.piece);
    put32(headers[n] + 9, r.begin);
    parts[2 * n] = (struct iovec){headers[n], HEADER};
    parts[2 * n + 1] = (struct iovec){(void *)(payload + r.piece * piece_length + r.begin), r.length};
    bytes += r.length;
  }
  if (bytes_per_second) pause_for(bytes);
  return n ? write_all(p->socket, parts, 2 * n) : 0;
}

static void *serve(void *argument) {
  struct peer *p = argument;
  if (greet(p->socket) == 0)
    while (listen_to(p) == 0 && answer(p) == 0) {
    }
  close(p->socket);
  free(p);
  return 0;
}

static void map_payload(const char *path) {
  struct stat s;
  int file = open(path, O_RDONLY);
  if (file < 0 || fstat(file, &s)) die(path);
  total = s.st_size;
  payload = mmap(0, total, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  if (payload == MAP_FAILED) die("mmap");
}

static int listen_at(uint32_t host, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(host)};
  int listener = socket(AF_INET, SOCK_STREAM, 0), buffer = 256 << 10;
  setsockopt(listener, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer); /* accepted sockets inherit it */
  if (bind(listener, (void *)&address, sizeof address) || listen(listener, 64)) die("listen");
  return listener;
}

static int port_of(int listener) {
  struct sockaddr_in address;
  socklen_t length = sizeof address;
  getsockname(listener, (void *)&address, &length);
  return ntohs(address.sin_port);
}

static void take_peer(int listener) {
  struct peer *p = calloc(1, sizeof *p);
  pthread_t thread;
  int one = 1;
  if (!p || (p->socket = accept(listener, 0, 0)) < 0) die("accept");
  setsockopt(p->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (pthread_create(&thread, 0, serve, p)) die("pthread_create");
  pthread_detach(thread);
}

int main(int argc, char **argv) {
  if (argc < 4 || argc > 6 || strlen(argv[1]) != 40) {
    fprintf(stderr, "usage: seeder INFOHASH FILE PIECE_LENGTH_BYTES [BYTES_PER_SECOND [SEEDERS]]\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  for (int i = 0; i < 20; i++) sscanf(argv[1] + 2 * i, "%2hhx", &info_hash[i]);
  map_payload(argv[2]);
  piece_length = strtoull(argv[3], 0, 10);
  if (argc > 4) bytes_per_second = strtoull(argv[4], 0, 10);
  int count = argc > 5 ? atoi(argv[5]) : 1;
  struct pollfd *listeners = calloc(count, sizeof *listeners);
  for (int i = 0, port = 0; i < count; i++) {
    uint32_t host = count == 1 ? INADDR_LOOPBACK : 0x7f010000u | i / 250 << 8 | (1 + i % 250);
    listeners[i] = (struct pollfd){listen_at(host, port), POLLIN, 0};
    port = port_of(listeners[0].fd);
  }
  printf("READY %d\n", port_of(listeners[0].fd));
  fflush(stdout);
  while (poll(listeners, count, -1) > 0)
    for (int i = 0; i < count; i++)
      if (listeners[i].revents) take_peer(listeners[i].fd);
  die("poll");
}
