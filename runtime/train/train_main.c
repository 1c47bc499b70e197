/* The program: reads its command line, prepares, and trains or tests. */
#include <signal.h>
#include <string.h>

#include "peers.h"
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

/* The word of several processes: mpirun passes it on to all, perhaps more than once. */
static void listen_together(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = ask;
    action.sa_flags = SA_RESTART;
    sigaction(SIGUSR1, &action, NULL);
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
    if (cnn_agree(run->peers, cnn_result_begin(&result, run->trainee, 1, t), t))
        return 1;
    const int failed = cnn_evaluate(run, &run->test, &result, t), says = !failed && cnn_is_first(run->peers);
    if (says && run->options->json)
        cnn_say_result_json(&result, run->trainee);
    else if (says)
        cnn_say_result(&result, run->trainee, run->test.set->class_names, 0);
    cnn_result_end(&result);
    return failed < 0 ? 1 : failed ? STATUS_INTERRUPTED : 0;
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

/* The first process speaks; the others have nothing to say but what went wrong. */
static int open_output(struct run *run, struct trouble *t)
{
    run->out = run->options->json ? stderr : stdout;
    if (!cnn_is_first(run->peers))
        run->out = fopen("/dev/null", "w");
    return run->out ? 0 : cnn_trouble(t, "/dev/null cannot be opened");
}

static int run_program(struct run *run, struct trouble *t)
{
    const struct cnn_peers *peers = run->peers;
    if (cnn_agree(peers, open_output(run, t), t) || cnn_agree(peers, cnn_prepare_data(run, t), t) ||
        cnn_agree(peers, cnn_prepare_trainer(run, t), t) || cnn_prepare_weights(run, t))
        return 1;
    return run->options->train ? cnn_learn(run, t) : test(run, t);
}

/* mpirun would end all processes and report at length if one of them had a status. */
static int hand_over(const struct run *run, int status)
{
    const char *path = run->options->status;
    FILE *file = path && cnn_is_first(run->peers) ? fopen(path, "w") : NULL;
    if (!path)
        return status;
    if (!file)
        return cnn_is_first(run->peers) ? status : 0;
    fprintf(file, "%d\n", status);
    return fclose(file) == 0 ? 0 : status;
}

int cnn_train_main(const struct cnn_trainee *trainee, int argc, char **argv)
{
    return cnn_train_together(trainee, NULL, argc, argv);
}

int cnn_train_together(const struct cnn_trainee *trainee, const struct cnn_peers *peers, int argc, char **argv)
{
    struct trouble t = {"", ""};
    struct options options;
    struct run run;
    memset(&run, 0, sizeof run);
    run.peers = peers;
    run.trainee = trainee;
    run.options = &options;
    asked = 0;
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* a file that reaches its limit is an error of `write` */
#endif
    if (peers)
        listen_together();
    int status = cnn_agree(peers, check_trainee(trainee, &t), &t) ? 1 : 0;
    if (!status && cnn_agree(peers, cnn_options_read(&options, trainee, peers, argc, argv, &t), &t))
        status = 2;
    else if (!status && !options.help)
        status = run_program(&run, &t);
    else if (!status && cnn_is_first(peers))
        cnn_options_help(argv[0]);
    status = flush_output(status, &t);
    if (t.message[0])
        cnn_trouble_print(&t);
    if (run.out && !cnn_is_first(peers))
        fclose(run.out);
    cnn_run_free(&run);
    if (trainee->abi == CNN_TRAIN_ABI) {
        status = hand_over(&run, status);
        cnn_options_free(&options);
    }
    return status;
}
