/* The C API of the native CPU backend, parsed by JavaCPP. It names no operation: these are found by their names, and
 * declared in native/operations. Addresses are integers, which cost a call from Java less than pointers. */
#ifndef ELBO4J_CPU_H
#define ELBO4J_CPU_H
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* The SHA-256 of this file and of elbo4j_arguments.h: the Java side refuses a library that was built with others. */
const char* elbo4j_cpu_header(void);

/* Instruction-set levels: 0 generic, 2, 3, 4: x86-64-v2, -v3, -v4. The best that this processor and this build have. */
int elbo4j_cpu_best_level(void);

/* 1 if a level can run here. */
int elbo4j_cpu_has_level(int level);

/* Zeroed memory aligned to 64 bytes, in large pages where the system has them; null if there is not that much. */
float* elbo4j_cpu_allocate(int64_t floats);
void elbo4j_cpu_free(float* memory, int64_t floats);

/* The fields of an operation's arguments, "TYPE NAME; " for each; null if there is no operation of that name. */
const char* elbo4j_cpu_layout(const char* name);

/* The function of an operation for a level that can run here; all levels give the same bits. 0 if there is none. */
int64_t elbo4j_cpu_find(int level, const char* name);

/* Does the items [begin, end) on the calling thread and writes nothing else. arguments: the address of the operation's
 * structure, read during the call. The call sets the floating-point environment that the numerics contract needs and
 * restores the caller's. */
void elbo4j_cpu_call(int64_t function, int64_t arguments, int64_t begin, int64_t end);

#ifdef __cplusplus
}
#endif
#endif
