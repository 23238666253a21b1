// Writes a JSON line every INTERVAL_MS that says when it was written; first after a part of the interval that differs
// from service to service. argv: NUMBER INTERVAL_MS
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

int main(int count, char **arguments) {
    if (count < 3) return 1;
    long long service = atoll(arguments[1]), interval = atoll(arguments[2]) * 1000000;
    struct timespec due;
    clock_gettime(CLOCK_MONOTONIC, &due);
    long long next = due.tv_sec * 1000000000LL + due.tv_nsec + service * 7919 * 1000 % interval;
    for (long long line = 0;; line++) {
        due.tv_sec = next / 1000000000LL;
        due.tv_nsec = next % 1000000000LL;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) != 0) {}
        next += interval;
        struct timespec now;
        clock_gettime(CLOCK_REALTIME, &now);
        struct tm date;
        gmtime_r(&now.tv_sec, &date);
        char time[32], buffer[256];
        strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &date);
        int used = snprintf(
            buffer, sizeof buffer,
            "{\"ts\":\"%s.%06ldZ\",\"level\":\"info\",\"msg\":\"tick\",\"service\":%lld,\"line\":%lld,\"sent\":%lld}\n",
            time, now.tv_nsec / 1000, service, line, now.tv_sec * 1000000000LL + now.tv_nsec);
        if (write(1, buffer, (size_t)used) != used) return 1;
    }
}
