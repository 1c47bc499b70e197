/* The program: reads its command line, prepares, and trains or tests. */
#include <signal.h>
#include <string.h>

#include "run.h"

static volatile sig_atomic_t asked;

static void ask(int signal_number)
{
    (void)signal_number;
    asked = 1;
}

int cnn_stop_asked(void)
{
    return asked != 0;
}

/* A second signal ends the program at once. */
void cnn_listen_for_stop(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ask;
    action.sa_flags = (int)SA_RESETHAND;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static int test(struct run *run, struct trouble *t)
{
    struct result result;
    if (cnn_result_begin(&result, run->trainee, 1, t))
        return 1;
    const int failed = cnn_evaluate(run, &run->test, &result, t);
    if (!failed && run->options->json)
        cnn_say_result_json(&result, run->trainee);
    else if (!failed)
        cnn_say_result(&result, run->trainee, run->test.set->class_names, 0);
    cnn_result_end(&result);
    return failed ? 1 : 0;
}

static int check_trainee(const struct cnn_trainee *trainee, struct trouble *t)
{
    if (trainee->abi != CNN_TRAIN_ABI) {
        cnn_trouble(t, "the network was generated for version %lu of libcnntrain, but this is version %d",
                    (unsigned long)trainee->abi, CNN_TRAIN_ABI);
        return cnn_trouble_help(t, "generate it again with the cnnc of this library");
    }
    return 0;
}

/* Standard output is a file or a pipe that may be full, too. */
static int flush_output(int status, struct trouble *t)
{
    if ((fflush(stdout) != 0 || ferror(stdout)) && status == 0) {
        cnn_trouble(t, "standard output cannot be written");
        return 1;
    }
    return status;
}

int cnn_train_main(const struct cnn_trainee *trainee, int argc, char **argv)
{
    struct trouble t = {"", ""};
    struct options options;
    struct run run;
    memset(&run, 0, sizeof run);
    asked = 0;
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* a file that reaches its limit is an error of `write` */
#endif
    int status = check_trainee(trainee, &t) ? 1 : 0;
    if (!status && cnn_options_read(&options, trainee, argc, argv, &t))
        status = 2;
    else if (!status && options.help)
        cnn_options_help(argv[0]);
    else if (!status) {
        run.trainee = trainee;
        run.options = &options;
        run.out = options.json ? stderr : stdout;
        status = cnn_prepare_data(&run, &t) || cnn_prepare_trainer(&run, &t) ? 1
                 : options.train                                             ? cnn_learn(&run, &t)
                                                                             : test(&run, &t);
    }
    status = flush_output(status, &t);
    if (t.message[0])
        cnn_trouble_print(&t);
    cnn_run_free(&run);
    if (trainee->abi == CNN_TRAIN_ABI)
        cnn_options_free(&options);
    return status;
}
