// inotify, for following files: its functions take masks whose constants Swift does not see, and its events are a packed
// stream of variable length.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/inotify.h>

// What one event says, without the name: a reader looks at the directory itself and trusts no name.
struct clinux_inotify_change {
    int watch;      // the directory's watch, -1 after an overflow
    int overflow;   // the kernel dropped events: look at everything
    int gone;       // the watch ended: its directory was removed
};

// A nonblocking, close-on-exec instance, or -1 and errno.
static inline int clinux_inotify_open(void) {
    return inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
}

// Watches a directory for entries that appear or grow. The watch, or -1 and errno.
static inline int clinux_inotify_watch(int fd, const char *directory) {
    return inotify_add_watch(
        fd, directory, IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_ONLYDIR);
}

// Watches a directory for everything that can happen to its entries: a file that is written and closed, or made, moved,
// removed, or has its attributes set. The watch, or -1 and errno.
static inline int clinux_inotify_watch_entries(int fd, const char *directory) {
    return inotify_add_watch(
        fd, directory, IN_CLOSE_WRITE | IN_CREATE | IN_MOVE | IN_DELETE | IN_ATTRIB | IN_MOVE_SELF | IN_ONLYDIR);
}

static inline int clinux_inotify_unwatch(int fd, int watch) {
    return inotify_rm_watch(fd, watch);
}

// Reads the event at `*at` of what read(2) returned and moves `*at` on; 0 when there is no more.
static inline int clinux_inotify_next(
    const void *bytes, size_t length, size_t *at, struct clinux_inotify_change *change) {
    struct inotify_event event;
    if (*at + sizeof event > length) return 0;
    memcpy(&event, (const char *)bytes + *at, sizeof event);
    *at += sizeof event + event.len;
    change->watch = event.wd;
    change->overflow = (event.mask & IN_Q_OVERFLOW) != 0;
    change->gone = (event.mask & IN_IGNORED) != 0;
    return 1;
}
