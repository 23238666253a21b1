// Holds a project in the foreground for harnesses that measure a process tree: foreground MSCTL DIRECTORY runs `msctl up`
// there, adopts the daemon as the reaper of orphans, and runs `msctl down` when it is asked to end.
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void run(const char *msctl, const char *command) {
    pid_t child = fork();
    if (child == 0) {
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, NULL);
        execl(msctl, "msctl", command, (char *)NULL);
        _exit(127);
    }
    waitpid(child, NULL, 0);
}

int main(int count, char **arguments) {
    if (count != 3 || chdir(arguments[2]) != 0) return 64;
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    sigset_t ends;
    int signal;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    sigprocmask(SIG_BLOCK, &ends, NULL);
    run(arguments[1], "up");
    sigwait(&ends, &signal);
    run(arguments[1], "down");
    return 0;
}
