// Disk calls that do not return, below one folder: preloaded into a program.
//
//   HANG_ROOT  folder; calls on files and paths elsewhere are left alone
//   HANG_CALL  write: pwrite, pwritev    sync: fdatasync, fsync    stat: stat, lstat, statx    read: pread, preadv, read
//   HANG_WHEN  file; calls hang from the moment that it exists, until it is gone again
//   HANG_SAID  file that is made when the first call hangs

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static const char *root, *call, *when, *said;

__attribute__((constructor)) static void start(void) {
  root = getenv("HANG_ROOT");
  call = getenv("HANG_CALL");
  when = getenv("HANG_WHEN");
  said = getenv("HANG_SAID");
}

static int is_there(const char *path) {
  return path != NULL && faccessat(AT_FDCWD, path, F_OK, 0) == 0;
}

static void hang_at(const char *wanted, const char *path) {
  int error = errno;
  if (root == NULL || call == NULL || strcmp(call, wanted) != 0 || path == NULL) return;
  if (strncmp(path, root, strlen(root)) == 0 && is_there(when)) {
    int file = said == NULL ? -1 : open(said, O_CREAT | O_WRONLY, 0600);
    if (file >= 0) close(file);
    struct timespec pause = {0, 5000000};
    while (is_there(when)) nanosleep(&pause, NULL);
  }
  errno = error;
}

static void hang_on(const char *wanted, int file) {
  char name[64], path[4096];
  int error = errno;
  if (root == NULL || call == NULL || strcmp(call, wanted) != 0) return;
  snprintf(name, sizeof name, "/proc/self/fd/%d", file);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length > 0) path[length] = 0;
  errno = error;
  if (length > 0) hang_at(wanted, path);
}

#define REAL(name) __typeof__(&name) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

ssize_t pwrite64(int file, const void *bytes, size_t length, off64_t at) {
  REAL(pwrite64);
  hang_on("write", file);
  return real(file, bytes, length, at);
}
ssize_t pwritev64(int file, const struct iovec *parts, int n, off64_t at) {
  REAL(pwritev64);
  hang_on("write", file);
  return real(file, parts, n, at);
}
ssize_t pread64(int file, void *bytes, size_t length, off64_t at) {
  REAL(pread64);
  hang_on("read", file);
  return real(file, bytes, length, at);
}
ssize_t preadv64(int file, const struct iovec *parts, int n, off64_t at) {
  REAL(preadv64);
  hang_on("read", file);
  return real(file, parts, n, at);
}
ssize_t read(int file, void *bytes, size_t length) {
  REAL(read);
  hang_on("read", file);
  return real(file, bytes, length);
}
int fdatasync(int file) {
  REAL(fdatasync);
  hang_on("sync", file);
  return real(file);
}
int fsync(int file) {
  REAL(fsync);
  hang_on("sync", file);
  return real(file);
}
#define STAT(name)                                                \
  int name(int version, const char *path, struct stat64 *found) { \
    REAL(name);                                                   \
    hang_at("stat", path);                                        \
    return real(version, path, found);                            \
  }
STAT(__lxstat64)
STAT(__xstat64)
// How libuv asks for a file's facts.
long syscall(long number, ...) {
  long (*real)(long, ...) = dlsym(RTLD_NEXT, "syscall");
  long words[6];
  va_list list;
  va_start(list, number);
  for (int word = 0; word < 6; word++) words[word] = va_arg(list, long);
  va_end(list);
  if (number == SYS_statx) hang_at("stat", (const char *)words[1]);
  return real(number, words[0], words[1], words[2], words[3], words[4], words[5]);
}
