#include <isa-l.h>

/// Working memory of one level 1 compressor; the header's macro is too complex for Swift to import.
static const uint32_t pgkeep_isal_level1_bytes = ISAL_DEF_LVL1_EXTRA_LARGE;
