/* Loaded before libc (LD_PRELOAD): a disk that takes BENCH_SYNC_US microseconds longer to say that data is safe. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int slowly(const char *name, int descriptor)
{
    int (*sync_call)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = sync_call(descriptor);
    const char *pause = getenv("BENCH_SYNC_US");
    if (pause != NULL) {
        usleep((useconds_t)atoi(pause));
    }
    return result;
}

int fsync(int descriptor) { return slowly("fsync", descriptor); }
int fdatasync(int descriptor) { return slowly("fdatasync", descriptor); }
