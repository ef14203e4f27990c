/* questions PORT ANSWERS: asks 127.0.0.1:PORT for peers, as fast as it answers, until so many answers came, and prints
 * {"seconds", "answers", "withNodes", "bytes"}: datagrams that came back, those with nodes, and their bytes.
 *
 * Sixteen addresses (127.0.3.1 …) with an id each ask for a thousand info-hashes. Each has a few questions under way: all
 * of them fit into the receive buffer of the node that is asked. The program never sleeps: the node would have to wake
 * it, at the node's cost, and the more often the slower the node is. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { ASKERS = 16, UNDER_WAY = 6, HASHES = 1000 };
enum { MOST_TRIES = 200 };
static const double quiet_seconds = 0.05;

static const char head[] = "d1:ad2:id20:", middle[] = "9:info_hash20:";
static const char tail[] = "e1:q9:get_peers1:t4:", end[] = "1:y1:qe";
static uint8_t hashes[HASHES][20];
static uint32_t asked;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static void ask(int asker, int socket) {
  uint8_t question[128], *at = question;
  uint32_t number = ++asked;
  at = mempcpy(at, head, sizeof head - 1);
  memset(at, 'a' + asker, 20);
  at = mempcpy(at + 20, middle, sizeof middle - 1);
  at = mempcpy(at, hashes[number % HASHES], 20);
  at = mempcpy(at, tail, sizeof tail - 1);
  at = mempcpy(at, &number, 4);
  at = mempcpy(at, end, sizeof end - 1);
  send(socket, question, at - question, 0);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: questions PORT ANSWERS\n");
    return 2;
  }
  srandom(1);
  for (int i = 0; i < HASHES * 20; i++) hashes[i / 20][i % 20] = random();
  struct sockaddr_in node = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  node.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct pollfd askers[ASKERS];
  for (int i = 0; i < ASKERS; i++) {
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(0x7f000301 + i)};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (bind(fd, (void *)&own, sizeof own) || connect(fd, (void *)&node, sizeof node)) {
      perror("questions");
      return 1;
    }
    askers[i] = (struct pollfd){.fd = fd, .events = POLLIN};
  }
  uint64_t answers = 0, with_nodes = 0, bytes = 0, wanted = strtoull(argv[2], 0, 10);
  double begun = now(), answered = 0;
  int tries = 0;
  while (answers < wanted) {
    /* At the start, and when answers are lost. */
    if (now() - answered > quiet_seconds) {
      if (++tries > MOST_TRIES) {
        fprintf(stderr, "questions: no answer from port %s for 10 s\n", argv[1]);
        return 1;
      }
      for (int i = 0; i < ASKERS * UNDER_WAY; i++) ask(i % ASKERS, askers[i % ASKERS].fd);
      answered = now();
    }
    if (poll(askers, ASKERS, 0) == 0) continue;
    answered = now();
    for (int i = 0; i < ASKERS; i++) {
      uint8_t answer[2048];
      ssize_t length;
      if (!(askers[i].revents & POLLIN)) continue;
      while ((length = recv(askers[i].fd, answer, sizeof answer, 0)) > 0) {
        /* A query of the node itself: a ping, to see whether the asker is a node. */
        if (memmem(answer, length, "1:y1:q", 6)) continue;
        answers++;
        tries = 0;
        bytes += length;
        with_nodes += memmem(answer, length, "5:nodes", 7) != 0;
        ask(i, askers[i].fd);
      }
    }
  }
  printf("{\"seconds\":%.3f,\"answers\":%lu,\"withNodes\":%lu,\"bytes\":%lu}\n", now() - begun, answers, with_nodes, bytes);
  return 0;
}
