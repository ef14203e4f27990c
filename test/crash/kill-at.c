// Ends a program with SIGKILL at its Nth disk call below some folders: preloaded into it. Counted are the calls that change
// something.
//
//   KILL_ROOT   folders, separated by colons; calls on files elsewhere are not counted
//   KILL_AT     number of the call, from 1, before which the program ends; 0: never
//   KILL_COUNT  file of 16 bytes: in the first 8 the calls are counted; they are not while the last 8 are not 0
//   KILL_REMOVALS  1: only the calls that remove a file or a folder are counted
//   KILL_LINKS  0: a file has one name only, link fails with EPERM
//   KILL_MAKING milliseconds that making a file below the folder takes; 0: no more than it does

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *roots[8];
static uint64_t kill_at;
static useconds_t making;
static int has_links = 1, only_removals;
/** The count, and whether it rests. */
static volatile uint64_t *count;

__attribute__((constructor)) static void start(void) {
  const char *at = getenv("KILL_AT"), *file = getenv("KILL_COUNT");
  const char *slow = getenv("KILL_MAKING");
  char *all = getenv("KILL_ROOT"), *links = getenv("KILL_LINKS"), *rest = NULL;
  char *removals = getenv("KILL_REMOVALS");
  making = slow == NULL ? 0 : 1000 * strtoul(slow, NULL, 10);
  only_removals = removals != NULL && strcmp(removals, "1") == 0;
  has_links = links == NULL || strcmp(links, "0") != 0;
  if (all == NULL || file == NULL) return;
  all = strdup(all);
  for (int at = 0; at < 7; at++) roots[at] = strtok_r(at == 0 ? all : NULL, ":", &rest);
  kill_at = at == NULL ? 0 : strtoull(at, NULL, 10);
  int opened = open(file, O_RDWR | O_CLOEXEC);
  if (opened < 0) return;
  void *memory = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, opened, 0);
  if (memory != MAP_FAILED) count = memory;
}

static void note_call(void) {
  if (count[1] != 0) return;
  if (__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) != kill_at) return;
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

static void note(void) {
  if (!only_removals) note_call();
}

static int is_below(const char *path) {
  for (int at = 0; at < 7 && roots[at] != NULL; at++)
    if (strncmp(path, roots[at], strlen(roots[at])) == 0) return 1;
  return 0;
}

static void note_path(const char *path) {
  if (count != NULL && is_below(path)) note();
}

static void note_removal(const char *path) {
  if (count != NULL && is_below(path)) note_call();
}

static void note_file(int file) {
  char name[64], path[4096];
  if (count == NULL) return;
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  note_path(path);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

int open64(const char *path, int flags, ...) {
  REAL(open64);
  va_list rest;
  va_start(rest, flags);
  mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;
  va_end(rest);
  if (flags & O_CREAT && count != NULL && is_below(path) && access(path, F_OK) != 0) {
    if (making > 0) usleep(making);
    note();
  }
  return real(path, flags, mode);
}
int link(const char *from, const char *to) {
  REAL(link);
  note_path(to);
  if (!has_links && is_below(to)) {
    errno = EPERM;
    return -1;
  }
  return real(from, to);
}
int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  note_path(path);
  return real(path, mode);
}
int rmdir(const char *path) {
  REAL(rmdir);
  note_removal(path);
  return real(path);
}
int fchmod(int file, mode_t mode) {
  REAL(fchmod);
  note_file(file);
  return real(file, mode);
}
ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
  REAL(pwrite64);
  note_file(file);
  return real(file, bytes, length, at);
}
ssize_t pwritev64(int file, const struct iovec *parts, int n, off64_t at) {
  REAL(pwritev64);
  note_file(file);
  return real(file, parts, n, at);
}
ssize_t write(int file, const void *bytes, size_t length) {
  REAL(write);
  note_file(file);
  return real(file, bytes, length);
}
int ftruncate64(int file, off64_t length) {
  REAL(ftruncate64);
  note_file(file);
  return real(file, length);
}
int fsync(int file) {
  REAL(fsync);
  note_file(file);
  return real(file);
}
int fdatasync(int file) {
  REAL(fdatasync);
  note_file(file);
  return real(file);
}
int rename(const char *from, const char *to) {
  REAL(rename);
  note_path(to);
  return real(from, to);
}
int unlink(const char *path) {
  REAL(unlink);
  note_removal(path);
  return real(path);
}
