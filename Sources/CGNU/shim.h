#include <stddef.h>

/* Functions of the C library that Swift's import leaves out, being GNU's: memmem(3), memchr(3), pipe(2), fcntl(2),
   mallopt(3), malloc_trim(3). */
void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);
void *memrchr(const void *bytes, int byte, size_t length);
int pipe2(int ends[2], int flags);

static const int pgkeep_set_pipe_size = 1031;

int mallopt(int option, int value);
int malloc_trim(size_t pad);

static const int pgkeep_most_arenas = -8;
