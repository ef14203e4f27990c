// A folder on a disk that does not answer: preloaded into a program.
//
//   HUNG_ROOT   folder; looking up its real path does not return
//   HUNG_UNTIL  file; as soon as it exists the calls return

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

char *realpath(const char *restrict path, char *restrict resolved) {
  __typeof__(&realpath) real = (__typeof__(&realpath))dlsym(RTLD_NEXT, "realpath");
  const char *root = getenv("HUNG_ROOT"), *until = getenv("HUNG_UNTIL");
  struct timespec pause = {0, 10000000};
  if (root != NULL && until != NULL && strncmp(path, root, strlen(root)) == 0) {
    while (access(until, F_OK) != 0) nanosleep(&pause, NULL);
  }
  return real(path, resolved);
}
