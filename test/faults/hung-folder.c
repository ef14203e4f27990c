// A folder on a disk that does not answer: preloaded into a program.
//
//   HUNG_ROOT   folder; looking up its real path, and opening it to list it, do not return
//   HUNG_UNTIL  file; as soon as it exists the calls return

#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void hang(const char *path) {
  const char *root = getenv("HUNG_ROOT"), *until = getenv("HUNG_UNTIL");
  struct timespec pause = {0, 10000000};
  if (root == NULL || until == NULL || strncmp(path, root, strlen(root)) != 0) return;
  while (access(until, F_OK) != 0) nanosleep(&pause, NULL);
}

char *realpath(const char *restrict path, char *restrict resolved) {
  __typeof__(&realpath) real = (__typeof__(&realpath))dlsym(RTLD_NEXT, "realpath");
  hang(path);
  return real(path, resolved);
}

DIR *opendir(const char *path) {
  __typeof__(&opendir) real = (__typeof__(&opendir))dlsym(RTLD_NEXT, "opendir");
  hang(path);
  return real(path);
}
