/* cnnc: the program. It reads the options and runs the passes, one line a pass. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cli/help.h"
#include "compilation.h"
#include "serve/serve.h"
#include "weights/weights.h"

static void run(struct compilation *c)
{
    if (c->options.tune_machine) {
        tune_machine(c);
        return;
    }
    static bool (*const passes[])(struct compilation *) = {
        pass_read,     /* the text */
        pass_parse,    /* to a syntax tree */
        pass_expand,   /* to a graph with shapes */
        pass_import,   /* or from an ONNX or TensorFlow Lite model to the same graph */
        pass_check,    /* lints and budgets */
        pass_compare,  /* side by side with another network */
        pass_types,    /* of numbers, if the network is quantised */
        pass_thin,     /* without channels that cannot vary */
        pass_tune,     /* which kernels are the fastest, measured now or before */
        pass_plan,     /* kernels, layouts, memory */
        pass_targets,  /* flash and RAM, for each target and type of numbers */
        pass_report,   /* summary, explanation, JSON, pictures */
        pass_weights,  /* from a file, or initialised */
        pass_maps,     /* what the layers make of pictures */
        pass_quantise, /* weights of 8 bits, from pictures */
        pass_export,   /* ONNX, or the network as text */
        pass_verify,   /* the C against the evaluator, before it is written or learns */
        pass_train,    /* training code */
        pass_learn,    /* or what it does when it runs: training, and testing on data */
        pass_code,     /* C and packed weights */
    };
    for (size_t i = 0; i < sizeof passes / sizeof *passes; i++)
        if (!passes[i](c))
            return;
}

static void on_signal(int number)
{
    cleanup_all(); /* NOLINT(bugprone-signal-handler,cert-sig30-c): it calls nothing but unlink, rmdir and kill */
    signal(number, SIG_DFL);
    raise(number);
}

/* A mapped file was truncated by another process, or its disk failed. */
static void on_lost_file(int number)
{
    static const char message[] = "cnnc: error: a file was truncated, or its disk failed, while it was being read\n";
    (void)number;
    cleanup_all(); /* NOLINT(bugprone-signal-handler,cert-sig30-c): it calls nothing but unlink, rmdir and kill */
    _exit(write(STDERR_FILENO, message, sizeof message - 1) < 0 ? STATUS_FAULT : STATUS_USAGE);
}

/* Signals are held during a handler: a second interrupt waits until the first has cleaned up. */
static void handle(int number, void (*handler)(int))
{
    struct sigaction action = {.sa_handler = handler};
    sigfillset(&action.sa_mask);
    sigaction(number, &action, NULL);
}

/* No signal that ends cnnc leaves a temporary file behind; nohup is respected. SIGXFSZ is ignored, so that a write
 * beyond ulimit -f fails instead. */
static void catch_signals(void)
{
    static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGXCPU};
    struct sigaction before;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (numbers[i] != SIGHUP || sigaction(SIGHUP, NULL, &before) != 0 || before.sa_handler != SIG_IGN)
            handle(numbers[i], on_signal);
    handle(SIGBUS, on_lost_file);
    signal(SIGXFSZ, SIG_IGN);
}

/* If a standard stream was closed at start, the next file that cnnc opens would get its number, and messages would go
 * into that file. /dev/null takes the number; opened in the wrong direction, it fails as a closed stream would. */
static void occupy_streams(void)
{
    struct stat status;
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fstat(fd, &status) != 0 && errno == EBADF &&
            open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
            return;
}

static int say(const char *text)
{
    if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
        return STATUS_DONE;
    fprintf(stderr, "cnnc: standard output: %s\n", strerror(errno));
    return STATUS_USAGE;
}

static int help(struct compilation *c)
{
    struct text text = text_new(c->arena);
    if (help_text(c->arena, c->options.help_topic, &text))
        return say(text.bytes);
    fputs(text.bytes, stderr);
    return STATUS_USAGE;
}

/* Runs the passes; the messages stay in c->diag. */
static void check(struct compilation *c)
{
    c->diag = diag_new(c->arena);
    options_apply_warnings(&c->options, c->diag);
    run(c);
    weights_close(c->weights);
}

static int compile(struct compilation *c)
{
    check(c);
    if ((fflush(stdout) != 0 || ferror(stdout)) && !diag_reported(c->diag, CHECK_FILE))
        diag_report_file(c->diag, CHECK_FILE, "standard output", "it cannot be written");
    if (c->status == STATUS_DONE && diag_failed(c->diag))
        c->status = diag_reported(c->diag, CHECK_INTERNAL) ? STATUS_FAULT
                    : diag_reported(c->diag, CHECK_FILE)   ? STATUS_USAGE
                                                           : STATUS_NETWORK;
    struct diag_style style = {options_color(&c->options, STDERR_FILENO), c->options.json_diagnostics, true};
    diag_print(c->diag, stderr, style);
    return c->status;
}

int main(int argc, char **argv)
{
    struct compilation c = {.arena = arena_new(), .program = argv[0]};
    const char *error;
    int status;
    occupy_streams();
    catch_signals();
    if (!options_read(c.arena, argc, argv, &c.options, &error)) {
        fputs(error, stderr);
        status = STATUS_USAGE;
    } else if (c.options.help) {
        status = help(&c);
    } else if (c.options.version) {
        status = say("cnnc " CNNC_VERSION "\n");
    } else if (c.options.lsp) {
        status = serve(&(struct serve_host){check, &c.options, c.program}, STDIN_FILENO, STDOUT_FILENO);
    } else {
        status = compile(&c);
    }
    arena_free(c.arena);
    return status;
}
