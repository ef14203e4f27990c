// Disk calls that fail or hang, below one folder: preloaded into a program.
//
//   FAULT_ROOT  folder; calls on files elsewhere are left alone
//   FAULT_WHEN  file; the faults begin as soon as it exists
//   FAULT_KIND  short: reads and writes move 1,000 bytes at most
//               read-error, write-error, sync-error: EIO, as often as FAULT_TIMES says
//               slow: writes take 100 ns a byte; slow-read: reads take 5 ms
//               hang-write, hang-read, hang-sync, hang-stat, hang-realpath: the call returns when FAULT_WHEN is removed
//   FAULT_TIMES how often at most; without it always

#define _GNU_SOURCE
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const size_t short_bytes = 1000;
static const long nanoseconds_per_byte = 100;
static const long seek_nanoseconds = 5000000;
static const char *root, *kind, *when;
static long times_left;

__attribute__((constructor)) static void start(void) {
  const char *times = getenv("FAULT_TIMES");
  root = getenv("FAULT_ROOT");
  when = getenv("FAULT_WHEN");
  kind = getenv("FAULT_KIND");
  times_left = times == NULL ? -1 : atol(times);
}

static int is_kind(const char *wanted) {
  return root != NULL && kind != NULL && strcmp(kind, wanted) == 0;
}

/** Sits in the call, as on a disk that does not answer. */
static void hang(void) {
  int error = errno;
  struct timespec time = {0, 10000000};
  while (when != NULL && access(when, F_OK) == 0) nanosleep(&time, NULL);
  errno = error;
}

static void hang_path(const char *wanted, const char *path) {
  if (is_kind(wanted) && path != NULL && strncmp(path, root, strlen(root)) == 0) hang();
}

static int is_hit(const char *wanted, int file) {
  char name[64], path[4096];
  if (!is_kind(wanted)) return 0;
  int error = errno;
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length > 0) path[length] = 0;
  int isOurs = length > 0 && strncmp(path, root, strlen(root)) == 0;
  int hasBegun = when == NULL || access(when, F_OK) == 0;
  errno = error;
  return isOurs && hasBegun;
}

static int fails(const char *wanted, int file) {
  if (!is_hit(wanted, file)) return 0;
  if (times_left >= 0 && __atomic_fetch_sub(&times_left, 1, __ATOMIC_SEQ_CST) <= 0) {
    times_left = 0;
    return 0;
  }
  errno = EIO;
  return 1;
}

static size_t part_of(size_t length, int file) {
  return length > short_bytes && is_hit("short", file) ? short_bytes : length;
}

/** The first of the parts that has bytes, cut: a call may move fewer bytes than it was asked for. */
static struct iovec first_part(const struct iovec *parts, int n) {
  int at = 0;
  while (at < n - 1 && parts[at].iov_len == 0) at++;
  struct iovec part = parts[at];
  if (part.iov_len > short_bytes) part.iov_len = short_bytes;
  return part;
}

static void take_time(ssize_t length, int file) {
  if (length <= 0 || !is_hit("slow", file)) return;
  long long nanoseconds = length * (long long)nanoseconds_per_byte;
  struct timespec time = {nanoseconds / 1000000000, nanoseconds % 1000000000};
  nanosleep(&time, NULL);
}

/** Looks for the bytes as a disk with an arm does. */
static void seek(int file) {
  if (!is_hit("slow-read", file)) return;
  struct timespec time = {0, seek_nanoseconds};
  nanosleep(&time, NULL);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
  REAL(pwrite64);
  if (is_hit("hang-write", file)) hang();
  if (fails("write-error", file)) return -1;
  ssize_t done = real(file, bytes, part_of(length, file), at);
  take_time(done, file);
  return done;
}
ssize_t pwritev64(int file, const struct iovec *parts, int n, off64_t at) {
  REAL(pwritev64);
  if (is_hit("hang-write", file)) hang();
  if (fails("write-error", file)) return -1;
  if (n > 0 && is_hit("short", file)) {
    struct iovec part = first_part(parts, n);
    return real(file, &part, 1, at);
  }
  ssize_t done = real(file, parts, n, at);
  take_time(done, file);
  return done;
}
ssize_t pread64(int file, void *bytes, size_t length, off64_t at) {
  REAL(pread64);
  if (is_hit("hang-read", file)) hang();
  seek(file);
  if (fails("read-error", file)) return -1;
  return real(file, bytes, part_of(length, file), at);
}
ssize_t preadv64(int file, const struct iovec *parts, int n, off64_t at) {
  REAL(preadv64);
  if (is_hit("hang-read", file)) hang();
  seek(file);
  if (fails("read-error", file)) return -1;
  if (n > 0 && is_hit("short", file)) {
    struct iovec part = first_part(parts, n);
    return real(file, &part, 1, at);
  }
  return real(file, parts, n, at);
}
/** Of Node, where `off_t` has 64 bits. */
ssize_t preadv(int file, const struct iovec *parts, int n, off_t at) {
  return preadv64(file, parts, n, at);
}
int fdatasync(int file) {
  REAL(fdatasync);
  if (is_hit("hang-sync", file)) hang();
  return fails("sync-error", file) ? -1 : real(file);
}
char *realpath(const char *path, char *resolved) {
  REAL(realpath);
  hang_path("hang-realpath", path);
  return real(path, resolved);
}
/** Node's stat and lstat. */
long syscall(long number, ...) {
  REAL(syscall);
  va_list list;
  va_start(list, number);
  long word[6];
  for (int at = 0; at < 6; at++) word[at] = va_arg(list, long);
  va_end(list);
  if (number == SYS_statx) hang_path("hang-stat", (const char *)word[1]);
  return real(number, word[0], word[1], word[2], word[3], word[4], word[5]);
}
int statx(int folder, const char *path, int flags, unsigned mask, struct statx *found) {
  REAL(statx);
  hang_path("hang-stat", path);
  return real(folder, path, flags, mask, found);
}
