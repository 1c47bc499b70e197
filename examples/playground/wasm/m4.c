/* What GNU m4 and its portability library take from POSIX and wasi-libc lacks. The templates run no programs, catch no
 * signals and use one thread: whatever would do so fails. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#define FAILS(name, parameters)                                                                                        \
    int name parameters;                                                                                               \
    int name parameters                                                                                                \
    {                                                                                                                  \
        errno = ENOSYS;                                                                                                \
        return -1;                                                                                                     \
    }
#define SUCCEEDS(name, parameters)                                                                                     \
    int name parameters;                                                                                               \
    int name parameters                                                                                                \
    {                                                                                                                  \
        return 0;                                                                                                      \
    }

FAILS(dup2, (int from, int to))
FAILS(execve, (const char *path, char *const *argv, char *const *envp))
FAILS(fork, (void))
FAILS(kill, (int process, int number))
FAILS(pipe, (int *fds))
FAILS(rpl_fcntl, (int fd, int action, ...))
FAILS(setpgid, (int process, int group))
FAILS(waitpid, (int process, int *status, int options))
SUCCEEDS(flockfile, (FILE * file))
SUCCEEDS(funlockfile, (FILE * file))
SUCCEEDS(getgid, (void))
SUCCEEDS(getuid, (void))
SUCCEEDS(mtx_init, (void *mutex, int kind))
SUCCEEDS(mtx_lock, (void *mutex))
SUCCEEDS(mtx_unlock, (void *mutex))
SUCCEEDS(setresgid, (int real, int effective, int saved))
SUCCEEDS(setresuid, (int real, int effective, int saved))
SUCCEEDS(sigaction, (int number, const void *action, void *old))

int getdtablesize(void);
int getdtablesize(void)
{
    return 16;
}

void call_once(int *flag, void (*function)(void));
void call_once(int *flag, void (*function)(void))
{
    if (!*flag)
        function();
    *flag = 1;
}

/* The library's own names for what writes. */
int rpl_vfprintf(FILE *file, const char *format, va_list arguments) __attribute__((format(printf, 2, 0)));
int rpl_vfprintf(FILE *file, const char *format, va_list arguments)
{
    return vfprintf(file, format, arguments);
}

int rpl_vprintf(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
int rpl_vprintf(const char *format, va_list arguments)
{
    return vfprintf(stdout, format, arguments);
}

int rpl_fprintf(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
int rpl_fprintf(FILE *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int written = vfprintf(file, format, arguments);
    va_end(arguments);
    return written;
}

int rpl_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));
int rpl_printf(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int written = vfprintf(stdout, format, arguments);
    va_end(arguments);
    return written;
}

int rpl_fputc(int byte, FILE *file);
int rpl_fputc(int byte, FILE *file)
{
    return fputc(byte, file);
}

int rpl_fputs(const char *text, FILE *file);
int rpl_fputs(const char *text, FILE *file)
{
    return fputs(text, file);
}

int rpl_puts(const char *text);
int rpl_puts(const char *text)
{
    return puts(text);
}

size_t rpl_fwrite(const void *from, size_t size, size_t count, FILE *file);
size_t rpl_fwrite(const void *from, size_t size, size_t count, FILE *file)
{
    return fwrite(from, size, count, file);
}
