// A trivial service: says that it runs by appending "INSTANCE PID NANOSECONDS" to $STAMP, then sleeps.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    const char *instance = getenv("SERVICE_INSTANCE"), *file = getenv("STAMP");
    char line[256];
    int length = snprintf(line, sizeof line, "%s %d %lld\n", instance ? instance : "?", (int)getpid(),
                          (long long)now.tv_sec * 1000000000LL + now.tv_nsec);
    int stamp = open(file ? file : "stamp", O_WRONLY | O_APPEND | O_CREAT, 0600);
    if (write(stamp, line, (size_t)length) < 0) return 1;
    close(stamp);
    for (;;) pause();
}
