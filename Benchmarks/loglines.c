// Writes N JSON lines of about 200 bytes to stdout, in the shape of the harness's own writer but with what a search needs:
// times a millisecond apart, a trace id for every eight lines, and each hundredth line at error. argv: N [seed]
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static void put(const char *bytes, size_t count) {
    while (count > 0) {
        ssize_t written = write(1, bytes, count);
        if (written <= 0) exit(1);
        bytes += written;
        count -= (size_t)written;
    }
}

int main(int count, char **arguments) {
    long lines = atol(arguments[1]);
    unsigned long long trace = count > 2 ? strtoull(arguments[2], NULL, 10) : 1;
    char buffer[65536];
    size_t used = 0;
    for (long line = 0; line < lines; line++) {
        if (line % 8 == 0) trace = trace * 6364136223846793005ULL + 1442695040888963407ULL;
        time_t seconds = 1767225600 + line / 1000;
        struct tm date;
        gmtime_r(&seconds, &date);
        char time[32];
        strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &date);
        used += (size_t)snprintf(
            buffer + used, 512,
            "{\"ts\":\"%s.%03ldZ\",\"level\":\"%s\",\"service\":\"orders\",\"traceId\":\"%016llx%016llx\","
            "\"requestId\":\"%08ld\",\"msg\":\"handled request\",\"path\":\"/orders/%08ld\",\"status\":%d,\"ms\":12}\n",
            time, line % 1000, line % 100 == 50 ? "error" : "info", trace, ~trace, line, line,
            line % 100 == 50 ? 500 : 200);
        if (used > 60000) {
            put(buffer, used);
            used = 0;
        }
    }
    if (used > 0) put(buffer, used);
    return 0;
}
