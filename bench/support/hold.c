/* hold FILE: keeps a file in the page cache until it is ended.
 *
 * A kernel may drop pages that no process maps within seconds of their last use (DAMON's scheme `pageout`, which virtual
 * machines use to give memory back). A benchmark of content in the page cache would then read the disk. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct stat found;
  int file = argc == 2 ? open(argv[1], O_RDONLY) : -1;
  if (file < 0 || fstat(file, &found) != 0) {
    fprintf(stderr, "usage: hold FILE\n");
    return 2;
  }
  if (found.st_size > 0 &&
      mmap(0, found.st_size, PROT_READ, MAP_SHARED | MAP_POPULATE, file, 0) == MAP_FAILED) {
    perror("hold");
    return 1;
  }
  printf("HELD\n");
  fflush(stdout);
  pause();
  return 0;
}
