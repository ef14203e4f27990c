/* measure REPORT COMMAND…: runs a command and writes what it cost to the file REPORT, as one JSON line:
 *
 *   {"status":0,"startedSeconds":123.456789,"wallSeconds":1.234,"userSeconds":0.8,"systemSeconds":0.4,
 *    "peakRssBytes":123456789,"peakAnonymousBytes":23456789,"voluntarySwitches":1234}
 *
 * wait4 counts the command's threads and the children that it has waited for, to the last tick; sampling /proc
 * loses the end. The peak is that of the largest single process. Anonymous memory has no such peak in the kernel: it is
 * sampled, of the command itself. A start is a time of the monotonic clock. SIGTERM and SIGINT are passed on. Ends with
 * the command's own status. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SAMPLE_MS = 20 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec / 1e9;
}

static double seconds(struct timeval t) { return t.tv_sec + t.tv_usec / 1e6; }

static long anonymous_bytes(pid_t pid) {
  char path[64], line[256];
  snprintf(path, sizeof path, "/proc/%d/status", pid);
  FILE *status = fopen(path, "r");
  long kibibytes = 0;
  while (status && fgets(line, sizeof line, status))
    if (sscanf(line, "RssAnon: %ld", &kibibytes) == 1) break;
  if (status) fclose(status);
  return kibibytes * 1024;
}

/* As many descriptors as the system allows: shells give 1,024, which are too few for a thousand peers. */
static void raise_descriptors(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit)) return;
  limit.rlim_cur = limit.rlim_max < 65536 ? limit.rlim_max : 65536;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static void run(char **command, const sigset_t *before) {
  sigprocmask(SIG_SETMASK, before, 0);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  raise_descriptors();
  execvp(command[0], command);
  perror(command[0]);
  _exit(127);
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: measure REPORT COMMAND...\n");
    return 2;
  }
  sigset_t awaited, before;
  sigemptyset(&awaited);
  sigaddset(&awaited, SIGCHLD), sigaddset(&awaited, SIGTERM), sigaddset(&awaited, SIGINT);
  sigprocmask(SIG_BLOCK, &awaited, &before);
  double start = now();
  pid_t child = fork();
  if (child == 0) run(argv + 2, &before);
  int status;
  struct rusage cost;
  long most = 0;
  while (wait4(child, &status, WNOHANG, &cost) == 0) {
    int signal = sigtimedwait(&awaited, 0, &(struct timespec){0, SAMPLE_MS * 1000000});
    if (signal == SIGTERM || signal == SIGINT) kill(child, signal);
    long bytes = signal == SIGCHLD ? 0 : anonymous_bytes(child);
    if (bytes > most) most = bytes;
  }
  double end = now();
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  FILE *report = fopen(argv[1], "w");
  if (!report) {
    perror(argv[1]);
    return 1;
  }
  fprintf(report,
          "{\"status\":%d,\"startedSeconds\":%.6f,\"wallSeconds\":%.6f,\"userSeconds\":%.6f,\"systemSeconds\":%.6f,"
          "\"peakRssBytes\":%ld,\"peakAnonymousBytes\":%ld,\"voluntarySwitches\":%ld}\n",
          code, start, end - start, seconds(cost.ru_utime), seconds(cost.ru_stime), cost.ru_maxrss * 1024L, most,
          cost.ru_nvcsw);
  fclose(report);
  return code;
}
