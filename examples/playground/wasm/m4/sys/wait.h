/* For GNU m4: there are no processes to wait for. */
#ifndef PLAYGROUND_WAIT_H
#define PLAYGROUND_WAIT_H

#include <sys/types.h>

#define WNOHANG 1
#define WUNTRACED 2
#define WIFEXITED(status) 1
#define WEXITSTATUS(status) 127
#define WIFSIGNALED(status) 0
#define WTERMSIG(status) 0
#define WIFSTOPPED(status) 0
#define WSTOPSIG(status) 0

pid_t waitpid(pid_t process, int *status, int options);

#endif
