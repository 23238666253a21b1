// What Linux offers and Swift cannot spell: variadic calls, macros, and system calls without a libc function.
// Inline wrappers of fixed arity with the prefix clinux_; no logic. A result of -1 leaves its cause in errno.
#pragma once

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <grp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#if __has_include("clinux_inotify.h")
#include "clinux_inotify.h"
#endif

// _GNU_SOURCE would give other C modules a second definition of fd_set, so what hides behind it is spelled here.
#ifndef F_OFD_GETLK
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#endif

// malloc_trim(3): free heap pages go back to the kernel.
static inline void clinux_trim_heap(void) { malloc_trim(0); }

// sched_getaffinity(2): how many processors this process may use; 0 when that cannot be known.
static inline int clinux_processors(void) {
    unsigned long set[128];
    long size = syscall(SYS_sched_getaffinity, 0, sizeof set, set);
    int count = 0;
    for (long word = 0; word < size / (long)sizeof *set; word++) count += __builtin_popcountl(set[word]);
    return count;
}

static inline int clinux_errno(void) { return errno; }

// open(2) with a mode; the descriptor is always close-on-exec.
static inline int clinux_open(const char *path, int flags, mode_t mode) { return open(path, flags | O_CLOEXEC, mode); }

// An open file description lock (fcntl(2), F_OFD_SETLK) on the whole file: it dies with the last descriptor of the
// description, so with its holder, and can be asked for without being taken. 0, or -1 with EAGAIN when it is held.
static inline int clinux_lock(int fd) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return fcntl(fd, F_OFD_SETLK, &lock);
}

// F_OFD_GETLK: 1 when another description holds a lock on the file, 0 when nobody does, -1 on an error.
static inline int clinux_is_locked(int fd) {
    struct flock lock;
    memset(&lock, 0, sizeof lock);
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    if (fcntl(fd, F_OFD_GETLK, &lock) != 0) return -1;
    return lock.l_type != F_UNLCK;
}

// prctl(2) PR_SET_CHILD_SUBREAPER: orphans of the whole tree become children of the caller.
static inline int clinux_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

// pidfd_open(2), Linux 5.3: readable when the process has ended; works for processes that are not children.
static inline int clinux_pidfd_open(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

// pidfd_send_signal(2), Linux 5.1: cannot hit a process that took the number of a dead one.
static inline int clinux_pidfd_signal(int pidfd, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0);
}

// pidfd_send_signal(2) with a value that the receiver finds in si_value, like sigqueue(3).
static inline int clinux_pidfd_queue(int pidfd, int signal, int value) {
    siginfo_t info;
    memset(&info, 0, sizeof info);
    info.si_signo = signal;
    info.si_code = SI_QUEUE;
    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value.sival_int = value;
    return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, &info, 0);
}

// An epoll(7) instance and an eventfd(2) counter, both close-on-exec.
static inline int clinux_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }
// Lowers the calling thread's own priority; setpriority(2) with a thread id does so on Linux.
static inline int clinux_be_nice(int value) { return setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), value); }
static inline int clinux_eventfd(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

// epoll_ctl(2): reports fd whenever it is readable, with the number of the descriptor as data; 0 or -1.
static inline int clinux_epoll_wait_always(int epoll, int fd) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = EPOLLIN;
    event.data.u64 = (uint32_t)fd;
    return epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

// epoll_ctl(2): reports fd once, when it becomes readable or writable or is hung up; stays in place until it is removed, and
// takes the place of what was there for it. The data is the tag in the upper half and fd in the lower. 0 or -1.
static inline int clinux_epoll_wait_once(int epoll, int fd, int writable, uint32_t tag) {
    struct epoll_event event;
    memset(&event, 0, sizeof event);
    event.events = (writable ? EPOLLOUT : EPOLLIN) | EPOLLONESHOT;
    event.data.u64 = ((uint64_t)tag << 32) | (uint32_t)fd;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0) return 0;
    return errno == EEXIST ? epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) : -1;
}

static inline int clinux_epoll_remove(int epoll, int fd) { return epoll_ctl(epoll, EPOLL_CTL_DEL, fd, NULL); }

// A TCP socket for IPv4, close-on-exec and optionally non-blocking.
static inline int clinux_tcp_socket(int nonblocking) {
    return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | (nonblocking ? SOCK_NONBLOCK : 0), 0);
}

static inline int clinux_is_directory(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

// The size of a file in bytes; 0 when there is none.
static inline int64_t clinux_file_size(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? (int64_t)status.st_size : 0;
}

// Bytes that an ordinary user may still write at a path (statvfs(3)); -1 when it cannot be told.
static inline int64_t clinux_free_space(const char *path) {
    struct statvfs status;
    return statvfs(path, &status) == 0 ? (int64_t)(status.f_bavail * status.f_frsize) : -1;
}

static inline int64_t clinux_total_space(const char *path) {
    struct statvfs status;
    return statvfs(path, &status) == 0 ? (int64_t)(status.f_blocks * status.f_frsize) : -1;
}

// What a file takes on its disk; -1 when it cannot be asked.
static inline int64_t clinux_allocated_bytes(const char *path) {
    struct stat status;
    return stat(path, &status) == 0 ? (int64_t)status.st_blocks * 512 : -1;
}

// Gives back the space of a file's first bytes, which read as NUL from then on; 0 or the errno of open(2) or fallocate(2).
static inline int clinux_punch_head(const char *path, int64_t end) {
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return errno;
    int error = syscall(SYS_fallocate, fd, 3 /* KEEP_SIZE | PUNCH_HOLE */, (int64_t)0, end) == 0 ? 0 : errno;
    close(fd);
    return error;
}

// Whether the kernel, and whoever filters its calls, has PR_SET_CHILD_SUBREAPER and close_range(2).
static inline int clinux_has_subreaper(void) {
    int answer;
    return prctl(PR_GET_CHILD_SUBREAPER, &answer, 0, 0, 0) == 0;
}
static inline int clinux_has_close_range(void) { return syscall(SYS_close_range, ~0u, ~0u, 0) == 0; }

// close_range(2), Linux 5.9: closes every descriptor from first on; where it is missing, one by one up to 1024.
static inline void clinux_close_from(unsigned first) {
    if (syscall(SYS_close_range, first, ~0u, 0) == 0) return;
    for (unsigned fd = first; fd < 1024; fd++) close((int)fd);
}

// wait(2) status macros.
static inline int clinux_exited(int status) { return WIFEXITED(status); }
static inline int clinux_exit_code(int status) { return WEXITSTATUS(status); }
static inline int clinux_term_signal(int status) { return WTERMSIG(status); }

// pipe2(2), both ends close-on-exec: ends[0] to read, ends[1] to write.
static inline int clinux_pipe(int ends[2]) { return (int)syscall(SYS_pipe2, ends, O_CLOEXEC); }

// The value that came with a queued signal (si_value is a macro over a union); -1 when it was not queued.
static inline int clinux_queued_value(const siginfo_t *info) {
    return info->si_code == SI_QUEUE ? info->si_value.sival_int : -1;
}

// SIG_IGN is a cast function pointer, which Swift does not import.
static inline void clinux_ignore(int number) { signal(number, SIG_IGN); }

// Whether a signal is ignored, as nohup(1) leaves SIGHUP.
static inline int clinux_is_ignored(int number) {
    struct sigaction action;
    return sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

// sigaction(2) with a handler that is told where the signal came from; system calls that it interrupts go on, and no
// other signal interrupts it.
static inline int clinux_catch(int number, void (*handler)(int, siginfo_t *, void *)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigfillset(&action.sa_mask);
    return sigaction(number, &action, NULL);
}

// Whether the kernel itself sent it: a key pressed at the terminal, or the terminal closed. The whole foreground process
// group has got it then.
static inline int clinux_is_from_kernel(const siginfo_t *info) { return info->si_code == SI_KERNEL; }

// prctl(2) PR_SET_PDEATHSIG: the caller gets the signal when the thread that forked it ends; execve(2) leaves it so.
static inline int clinux_die_with_parent(int signal) { return prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0); }

// ioctl(2) TIOCGWINSZ: 0, or -1 when the descriptor is no terminal.
static inline int clinux_terminal_size(int fd, int *columns, int *rows) {
    struct winsize size;
    if (ioctl(fd, TIOCGWINSZ, &size) != 0) return -1;
    *columns = size.ws_col;
    *rows = size.ws_row;
    return 0;
}

// Ignored signals survive execve(2): put every disposition back before a program is started.
static inline void clinux_default_signals(void) {
    for (int signal = 1; signal < 32; signal++) {
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = SIG_DFL;
        sigaction(signal, &action, NULL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static inline char **clinux_environ(void) {
    extern char **environ;
    return environ;
}

// memmem(3): where needle begins in haystack, or NULL.
static inline const void *clinux_memmem(const void *haystack, size_t size, const void *needle, size_t length) {
    extern void *memmem(const void *, size_t, const void *, size_t);
    return memmem(haystack, size, needle, length);
}

// memrchr(3): the last byte of this value, or NULL.
static inline const void *clinux_memrchr(const void *bytes, int value, size_t size) {
    extern void *memrchr(const void *, int, size_t);
    return memrchr(bytes, value, size);
}

static inline int clinux_rename(const char *from, const char *to) {
    extern int rename(const char *, const char *);
    return rename(from, to);
}

// posix_spawn_file_actions_addchdir_np(3), glibc 2.29: the child's working directory.
static inline int clinux_spawn_chdir(posix_spawn_file_actions_t *actions, const char *path) {
    extern int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *, const char *);
    return posix_spawn_file_actions_addchdir_np(actions, path);
}

// posix_spawn_file_actions_addclosefrom_np(3), glibc 2.34: descriptors from `first` on are closed in the child.
static inline int clinux_spawn_closefrom(posix_spawn_file_actions_t *actions, int first) {
    extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *, int);
    return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

// clone3(2) with CLONE_INTO_CGROUP, Linux 5.7: fork(2) of a process with one thread, whose child is in the cgroup (a
// descriptor of its directory) from its first instruction. Moving a process there afterwards would wait for a grace
// period of RCU, many milliseconds.
static inline pid_t clinux_fork_into(int cgroup) {
    struct {
        uint64_t flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup;
    } arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = 0x200000000;
    arguments.exit_signal = SIGCHLD;
    arguments.cgroup = (uint64_t)cgroup;
    return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

// setrlimit(2) and getrlimit(2): resources by their kernel numbers, UINT64_MAX is RLIM_INFINITY.
static inline int clinux_set_limit(int resource, uint64_t soft, uint64_t hard) {
    struct rlimit limit;
    limit.rlim_cur = (rlim_t)soft;
    limit.rlim_max = (rlim_t)hard;
    return setrlimit((__rlimit_resource_t)resource, &limit);
}

static inline int clinux_get_limit(int resource, uint64_t *soft, uint64_t *hard) {
    struct rlimit limit;
    int result = getrlimit((__rlimit_resource_t)resource, &limit);
    *soft = limit.rlim_cur;
    *hard = limit.rlim_max;
    return result;
}

// openat(2), close-on-exec.
static inline int clinux_open_at(int directory, const char *name, int flags) {
    return openat(directory, name, flags | O_CLOEXEC);
}

// A pair of connected Unix sockets that keep the bounds of messages (SOCK_SEQPACKET), both close-on-exec.
static inline int clinux_packet_pair(int ends[2]) { return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends); }

// A Unix stream socket, close-on-exec.
static inline int clinux_unix_socket(void) { return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0); }

// sendmsg(2): one message, with a descriptor unless it is negative (SCM_RIGHTS, unix(7)). No SIGPIPE.
static inline ssize_t clinux_send(int socket, const void *bytes, size_t length, int descriptor) {
    struct iovec vector = {(void *)bytes, length};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    memset(&control, 0, sizeof control);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    if (descriptor >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof control;
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL);
}

// recvmsg(2): one message; `*descriptor` is the one that came with it, close-on-exec, or -1. Without `wait` it fails with
// EAGAIN when there is none. 0 when the other end is closed.
static inline ssize_t clinux_receive(int socket, void *bytes, size_t room, int *descriptor, int wait) {
    struct iovec vector = {bytes, room};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr align;
    } control;
    struct msghdr message;
    memset(&message, 0, sizeof message);
    message.msg_iov = &vector;
    message.msg_iovlen = 1;
    message.msg_control = &control;
    message.msg_controllen = sizeof control;
    *descriptor = -1;
    ssize_t length = recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    if (length < 0) return length;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS)
        memcpy(descriptor, CMSG_DATA(header), sizeof *descriptor);
    return length;
}

// Has the kernel send SIGIO to this process when fd becomes readable (fcntl(2), F_SETOWN and O_ASYNC).
static inline int clinux_signal_when_readable(int fd) {
    if (fcntl(fd, F_SETOWN, getpid()) != 0) return -1;
    return fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_ASYNC);
}

// fcntl(2) F_SETFD.
static inline int clinux_close_on_exec(int fd) { return fcntl(fd, F_SETFD, FD_CLOEXEC); }

// fcntl(2) F_DUPFD_CLOEXEC: the lowest free descriptor from `least` on.
static inline int clinux_duplicate(int fd, int least) { return fcntl(fd, F_DUPFD_CLOEXEC, least); }

// setsockopt(2) SO_RCVTIMEO and SO_SNDTIMEO.
static inline void clinux_socket_timeouts(int socket, int seconds) {
    struct { long seconds, microseconds; } time = {seconds, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &time, sizeof time);
    setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof time);
}
