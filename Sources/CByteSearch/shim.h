#include <stddef.h>

/* The C library's searches that Swift's import leaves out, being GNU's (memmem(3), memchr(3)). */
void *memmem(const void *haystack, size_t haystack_length, const void *needle, size_t needle_length);
void *memrchr(const void *bytes, int byte, size_t length);
