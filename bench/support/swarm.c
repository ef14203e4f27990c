/* Leechers that cost next to nothing: they show what a seeder can do, and what light peers of load tests can cost.
 *
 *   swarm PORT INFOHASH PIECE_LENGTH_BYTES TOTAL_BYTES PEERS DEPTH SECONDS
 *
 * PEERS connections to 127.0.0.1, each from an address of its own, each with DEPTH random requests of 16 KiB outstanding;
 * with a DEPTH of 0 they shake hands and stay silent. Bytes are dropped uncompared. BEP 3 only. Waits until all are
 * unchoked (silent ones: have shaken hands), or none more was for 12 s. Then prints "MEASURING", and after SECONDS one line of
 * JSON: the bytes and processor seconds of that time. Build: cc -O2 -o swarm swarm.c */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HANDSHAKE = 68, BLOCK = 16384, REQUEST_BYTES = 17, OUT_BYTES = 65536, READ_BYTES = 262144 };
enum { PATIENCE_SECONDS = 12 };
enum { CHOKE = 0, UNCHOKE = 1, REQUEST = 6, PIECE = 7 };

struct peer {
  int fd, has_shaken, is_choked;
  uint32_t outstanding, head_bytes, skip_bytes, out_bytes;
  uint8_t id, head[HANDSHAKE], out[OUT_BYTES];
};

static uint8_t info_hash[20];
static uint64_t piece_length, total, received;
static uint32_t depth;
static int unchoked, shaken, closed, epoll;
static uint64_t random_state = 88172645463325252ull;

static uint64_t next_random(void) {
  random_state ^= random_state << 13;
  random_state ^= random_state >> 7;
  return random_state ^= random_state << 17;
}

static void put32(uint8_t *at, uint32_t value) {
  for (int i = 0; i < 4; i++) at[i] = value >> (24 - 8 * i);
}

static uint32_t get32(const uint8_t *at) {
  return (uint32_t)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static double cpu(void) {
  struct rusage use;
  getrusage(RUSAGE_SELF, &use);
  return use.ru_utime.tv_sec + use.ru_stime.tv_sec +
         (use.ru_utime.tv_usec + use.ru_stime.tv_usec) / 1e6;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void drop(struct peer *peer) {
  if (peer->fd < 0) return;
  close(peer->fd);
  peer->fd = -1;
  closed++;
  shaken -= peer->has_shaken;
  unchoked -= !peer->is_choked;
  peer->is_choked = 1;
}

/* Sends what the kernel takes. */
static void flush(struct peer *peer) {
  while (peer->fd >= 0 && peer->out_bytes > 0) {
    ssize_t written = write(peer->fd, peer->out, peer->out_bytes);
    if (written < 0 && errno == EAGAIN) return;
    if (written < 0) return drop(peer);
    memmove(peer->out, peer->out + written, peer->out_bytes - written);
    peer->out_bytes -= written;
  }
}

static void request(struct peer *peer) {
  while (!peer->is_choked && peer->outstanding < depth &&
         peer->out_bytes + REQUEST_BYTES <= OUT_BYTES) {
    uint64_t at = next_random() % (total / BLOCK) * BLOCK;
    uint8_t *out = peer->out + peer->out_bytes;
    put32(out, 13);
    out[4] = REQUEST;
    put32(out + 5, at / piece_length);
    put32(out + 9, at % piece_length);
    put32(out + 13, BLOCK);
    peer->out_bytes += REQUEST_BYTES;
    peer->outstanding++;
  }
}

static void note(struct peer *peer, uint32_t frame_bytes) {
  if (peer->id == UNCHOKE && peer->is_choked) peer->is_choked = 0, unchoked++;
  if (peer->id == CHOKE && !peer->is_choked)
    peer->is_choked = 1, peer->outstanding = 0, unchoked--;
  peer->skip_bytes = frame_bytes - 1;
}

/* The target has shaken hands. aria2 closes a connection on which more than a handshake comes first. */
static void shake(struct peer *peer) {
  peer->has_shaken = 1, peer->head_bytes = 0;
  shaken++;
  if (!depth) return;
  memcpy(peer->out + peer->out_bytes, "\0\0\0\1\2", 5);
  peer->out_bytes += 5;
}

static void understand(struct peer *peer, const uint8_t *bytes, const uint8_t *end) {
  while (bytes < end) {
    if (peer->skip_bytes > 0) {
      size_t there = end - bytes, passed = there < peer->skip_bytes ? there : peer->skip_bytes;
      peer->skip_bytes -= passed;
      bytes += passed;
      if (peer->id == PIECE) received += passed;
      if (peer->skip_bytes == 0 && peer->id == PIECE) peer->outstanding--;
      continue;
    }
    peer->head[peer->head_bytes++] = *bytes++;
    if (!peer->has_shaken) {
      if (peer->head_bytes == HANDSHAKE) shake(peer);
    } else if (peer->head_bytes == 4 && get32(peer->head) == 0) {
      peer->head_bytes = 0;
    } else if (peer->head_bytes == 5) {
      peer->id = peer->head[4];
      peer->head_bytes = 0;
      note(peer, get32(peer->head));
    }
  }
}

static void take(struct peer *peer) {
  static uint8_t bytes[READ_BYTES];
  while (peer->fd >= 0) {
    ssize_t there = read(peer->fd, bytes, sizeof bytes);
    if (there < 0 && errno == EAGAIN) return;
    if (there <= 0) return drop(peer);
    understand(peer, bytes, bytes + there);
    request(peer);
    flush(peer);
    if ((size_t)there < sizeof bytes) return;
  }
}

static void dial(struct peer *peer, int number, int port) {
  int one = 1;
  peer->fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in from = {.sin_family = AF_INET};
  from.sin_addr.s_addr = htonl(0x7f000000u | (1 + number / 250) << 8 | (1 + number % 250));
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(peer->fd, (void *)&from, sizeof from)) fail("bind");
  if (connect(peer->fd, (void *)&to, sizeof to)) fail("connect");
  setsockopt(peer->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  fcntl(peer->fd, F_SETFL, fcntl(peer->fd, F_GETFL) | O_NONBLOCK);
  peer->is_choked = 1;
  memcpy(peer->out, "\x13" "BitTorrent protocol\0\0\0\0\0\0\0\0", 28);
  memcpy(peer->out + 28, info_hash, 20);
  snprintf((char *)peer->out + 48, 21, "-SW0100-%012d", number);
  peer->out_bytes = HANDSHAKE;
  struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = peer};
  epoll_ctl(epoll, EPOLL_CTL_ADD, peer->fd, &event);
}

static void serve(int wait_ms) {
  struct epoll_event events[512];
  int count = epoll_wait(epoll, events, 512, wait_ms);
  for (int i = 0; i < count; i++) {
    struct peer *peer = events[i].data.ptr;
    if (events[i].events & EPOLLOUT) flush(peer);
    if (events[i].events & (EPOLLIN | EPOLLHUP)) take(peer);
  }
}

static void wait_for_peers(int count) {
  int most = 0;
  for (double limit = now() + PATIENCE_SECONDS; most < count && now() < limit;) {
    serve(10);
    int ready = depth ? unchoked : shaken;
    if (ready > most) most = ready, limit = now() + PATIENCE_SECONDS;
  }
}

static void raise_descriptors(void) {
  struct rlimit limit;
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int main(int argc, char **argv) {
  if (argc != 8) {
    fprintf(stderr, "usage: swarm PORT INFOHASH PIECE_LENGTH_BYTES TOTAL_BYTES PEERS DEPTH SECONDS\n");
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  raise_descriptors();
  for (int i = 0; i < 20; i++) {
    unsigned byte;
    sscanf(argv[2] + 2 * i, "%2x", &byte);
    info_hash[i] = byte;
  }
  piece_length = strtoull(argv[3], 0, 10);
  total = strtoull(argv[4], 0, 10);
  depth = atoi(argv[6]);
  int count = atoi(argv[5]);
  double seconds = atof(argv[7]);
  struct peer *peers = calloc(count, sizeof *peers);
  epoll = epoll_create1(0);
  for (int number = 0; number < count; number++) {
    dial(&peers[number], number, atoi(argv[1]));
    serve(0);
  }
  wait_for_peers(count);
  puts("MEASURING");
  fflush(stdout);
  uint64_t from_bytes = received;
  double from = now(), from_cpu = cpu();
  while (now() - from < seconds) serve(50);
  printf("{\"shaken\":%d,\"unchoked\":%d,\"closed\":%d,\"bytes\":%llu,\"cpuSeconds\":%.3f,\"seconds\":%.3f}\n", shaken,
         unchoked, closed, (unsigned long long)(received - from_bytes), cpu() - from_cpu, now() - from);
  return 0;
}
