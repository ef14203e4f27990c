/* measure REPORT COMMAND…: runs a command and writes what it cost to the file REPORT, as one JSON line:
 *
 *   {"status":0,"wallSeconds":1.234,"userSeconds":0.8,"systemSeconds":0.4,"peakRssBytes":123456789}
 *
 * wait4 counts the command's threads and the children that it has waited for, to the last tick; sampling /proc
 * loses the end. The peak is that of the largest single process. Ends with the command's own status. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;

static void pass_on(int signal) { kill(child, signal); }

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure REPORT COMMAND...\n");
    return 2;
  }
  double start = now();
  child = fork();
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  signal(SIGTERM, pass_on);
  signal(SIGINT, pass_on);
  int status;
  struct rusage cost;
  while (wait4(child, &status, 0, &cost) < 0) {
  }
  double end = now();
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  FILE *report = fopen(argv[1], "w");
  if (!report) {
    perror(argv[1]);
    return 1;
  }
  fprintf(report,
          "{\"status\":%d,\"wallSeconds\":%.6f,\"userSeconds\":%.6f,\"systemSeconds\":%.6f,\"peakRssBytes\":%ld}\n",
          code, end - start, seconds(cost.ru_utime), seconds(cost.ru_stime), cost.ru_maxrss * 1024L);
  fclose(report);
  return code;
}
