/* A probe of a UDP tracker, to stand beside a load test: announces at a fixed rate, one at a time.
 *
 *   probe PORT PER_SECOND COUNT
 *
 * Prints a line of JSON: announces, those without an answer within a second, and percentiles in microseconds from the intended
 * times and from the sendings. It spins from 150 us before a sending until the answer, so that it waits for no timer and no wake-up.
 * Build: cc -O2 -o probe probe.c */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

enum { CONNECT_BYTES = 16, ANNOUNCE_BYTES = 98, DATAGRAM = 2048, SPIN_NS = 150000 };
static const uint64_t second = 1000000000ull;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * second + t.tv_nsec;
}

static void wait_until(uint64_t at) {
  if (at > now() + SPIN_NS) {
    uint64_t wake = at - SPIN_NS;
    struct timespec t = {wake / second, wake % second};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, 0);
  }
  while (now() < at);
}

/* @returns The time of the answer to a transaction, or 0. */
static uint64_t answered(int socket, const uint8_t *transaction) {
  uint8_t reply[DATAGRAM];
  uint64_t limit = now() + second;
  while (now() < limit) {
    ssize_t length = recv(socket, reply, sizeof reply, MSG_DONTWAIT);
    if (length >= 8 && !memcmp(reply + 4, transaction, 4)) return now();
  }
  return 0;
}

static int compare(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static void print_percentiles(const char *name, uint64_t *values, unsigned count) {
  qsort(values, count, sizeof *values, compare);
  printf(",\"%s\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f}", name, values[count / 2] / 1e3, values[count * 9ull / 10] / 1e3,
         values[count * 99ull / 100] / 1e3);
}

int main(int argc, char **argv) {
  if (argc != 4 || atof(argv[2]) <= 0 || atoi(argv[3]) <= 0) {
    fprintf(stderr, "usage: probe PORT PER_SECOND COUNT\n");
    return 2;
  }
  struct sockaddr_in tracker = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  double interval = 1e9 / atof(argv[2]);
  unsigned count = atoi(argv[3]), had = 0;
  uint64_t *intended = calloc(count, sizeof *intended), *sent = calloc(count, sizeof *sent);
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  if (!intended || !sent || udp < 0 || connect(udp, (void *)&tracker, sizeof tracker)) die("connect");
  prctl(PR_SET_TIMERSLACK, 1);

  uint8_t ask[ANNOUNCE_BYTES] = {0, 0, 4, 0x17, 0x27, 0x10, 0x19, 0x80}, reply[CONNECT_BYTES];
  struct timeval limit = {1, 0};
  setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  send(udp, ask, CONNECT_BYTES, 0);
  if (recv(udp, reply, sizeof reply, 0) != CONNECT_BYTES) die("the tracker answers no connect");
  memcpy(ask, reply + 8, 8);
  ask[11] = 1;
  memset(ask + 16, 0xaa, 20);
  memcpy(ask + 36, "-PR0001-probe0000000", 20);

  uint64_t begin = now() + second / 100;
  for (unsigned i = 0; i < count; i++) {
    uint64_t at = begin + (uint64_t)(i * interval);
    memcpy(ask + 12, &i, 4);
    wait_until(at);
    uint64_t sending = now();
    send(udp, ask, sizeof ask, 0);
    uint64_t end = answered(udp, ask + 12);
    if (end) intended[had] = end - at, sent[had++] = end - sending;
  }
  printf("{\"count\":%u,\"unanswered\":%u", count, count - had);
  if (had) print_percentiles("fromIntended", intended, had), print_percentiles("fromSending", sent, had);
  printf("}\n");
  return had ? 0 : 1;
}
