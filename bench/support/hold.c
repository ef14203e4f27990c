/* hold PATH: keeps a file, or all files below a folder, in the page cache until it is ended.
 *
 * A kernel may drop pages that no process maps within seconds of their last use (DAMON's scheme `pageout`, which virtual
 * machines use to give memory back). A benchmark of content in the page cache would then read the disk. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { DESCRIPTORS = 16 };

static int hold(const char *path, const struct stat *found, int kind, struct FTW *place) {
  (void)place;
  if (kind != FTW_F || found->st_size == 0) return 0;
  int file = open(path, O_RDONLY);
  if (file < 0) return -1;
  void *held = mmap(0, found->st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0);
  close(file);
  return held == MAP_FAILED ? -1 : 0;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: hold PATH\n");
    return 2;
  }
  if (nftw(argv[1], hold, DESCRIPTORS, 0) != 0) {
    perror("hold");
    return 1;
  }
  printf("HELD\n");
  fflush(stdout);
  pause();
  return 0;
}
