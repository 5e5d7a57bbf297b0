#include <stddef.h>

/* Functions of the C library that Swift's import leaves out, being GNU's: memmem(3), memchr(3), pipe(2), fcntl(2). */
void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);
void *memrchr(const void *bytes, int byte, size_t length);
int pipe2(int ends[2], int flags);

static const int pgkeep_set_pipe_size = 1031;
