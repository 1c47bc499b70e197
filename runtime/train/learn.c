/* The loop: steps, epochs, checkpoints. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filters.h"
#include "journal.h"
#include "peers.h"
#include "run.h"
#include "safetensors.h"

/* What the loop itself needs, beside the run. */
struct loop {
    struct run *run;
    struct feed *feed;
    struct meter meter;
    double mark;  /* since when time is to be added to the epoch's */
    double drawn; /* when the pictures were */
};

static int is_finite(const float *values, int64_t count)
{
    float sum = 0;
    for (int64_t i = 0; i < count; i++)
        sum += values[i] * 0; /* NaN for anything that is not finite */
    return sum == 0;
}

/* The first tensor, in the order of the network, that is not finite, or the last one; NULL: all are. */
static const char *overflowed(const struct cnn_trainee *trainee, const float *values, int last)
{
    const char *name = NULL;
    for (int32_t i = 0; i < trainee->tensor_count && (last || !name); i++)
        if (trainee->tensors[i].offset + trainee->tensors[i].count <= trainee->trained_count &&
            !is_finite(values + trainee->tensors[i].offset, trainee->tensors[i].count))
            name = trainee->tensors[i].name;
    return name;
}

/* Where it began: in weights, of which the last ones overflowed first, since gradients go backward; or in a layer's
 * result, which the network computes once more to find. */
static void find_overflow(struct run *run, const struct cnn_batch *batch, char *where, size_t size)
{
    const struct cnn_trainee *trainee = run->trainee;
    const char *weights = overflowed(trainee, run->saved.parameters, 1);
    const char *gradients = overflowed(trainee, trainee->gradients(run->self), 0);
    const int32_t number = trainee->beyond ? cnn_peers_smallest(run->peers, trainee->beyond(run->self, batch)) : -1;
    if (weights)
        snprintf(where, size, ": %.200s overflowed in the step before", weights);
    else if (number >= 0)
        snprintf(where, size, ": the numbers of %.200s overflowed first", trainee->layer(number));
    else if (trainee->beyond)
        snprintf(where, size, ": the numbers of every layer are finite, but the loss made of them is not");
    else if (gradients)
        snprintf(where, size, ": the first gradient that is not finite is that of %.200s", gradients);
}

static int diverged(struct loop *loop, const struct cnn_batch *batch, float loss, struct trouble *t)
{
    struct run *run = loop->run;
    const struct position *p = &run->saved.position;
    char where[300] = "";
    find_overflow(run, batch, where, sizeof where);
    cnn_trouble(t, "the loss is %s in step %lld (epoch %lld)%s", isnan(loss) ? "not a number" : "infinite",
                (long long)p->step + 1, (long long)p->epoch_count + 1, where);
    return cnn_trouble_help(t, "a smaller learning rate or clip=1 usually helps; %s has the last good state",
                            run->checkpoint_path);
}

static void add_time(struct loop *loop)
{
    const double now = cnn_seconds_now();
    loop->run->saved.position.seconds += now - loop->mark;
    loop->mark = now;
}

/* A checkpoint; one that is not finite would replace a good one. */
static int save(struct loop *loop, struct trouble *t)
{
    struct run *run = loop->run;
    add_time(loop);
    run->saved_at = cnn_seconds_now();
    if (!cnn_is_first(run->peers) || !is_finite(run->saved.parameters, run->trainee->trained_count))
        return 0;
    return cnn_checkpoint_write(&run->saved, run->checkpoint_path, t);
}

/* During training, a checkpoint that cannot be written is a message: the next one may be. */
static void save_in_passing(struct loop *loop)
{
    struct trouble t = {"", ""};
    if (save(loop, &t) == 0)
        return;
    cnn_meter_clear(&loop->meter);
    cnn_trouble_help(&t, "training goes on; the checkpoint before this one is still there");
    cnn_trouble_print(&t);
}

static void take_average(struct run *run)
{
    const float keep = (float)run->trainee->recipe->average;
    float *average = run->saved.average;
    const float *parameters = run->saved.parameters;
    if (!average)
        return;
    if (run->saved.position.step == 0)
        memcpy(average, parameters, (size_t)run->saved.identity.parameter_count * sizeof(float));
    for (int64_t i = 0; i < run->saved.identity.parameter_count; i++)
        average[i] = keep * average[i] + (1 - keep) * parameters[i];
}

static int step(struct loop *loop, struct trouble *t)
{
    struct run *run = loop->run;
    const struct cnn_trainee *trainee = run->trainee;
    const struct cnn_recipe *recipe = trainee->recipe;
    const struct identity *identity = &run->saved.identity;
    struct position *p = &run->saved.position;
    const struct cnn_batch *batch = cnn_feed_next(loop->feed, t);
    float loss = batch ? trainee->gradient(run->self, batch) : 0;
    if (cnn_peers_step(run, &loss, !batch, t))
        return -1;
    if (!isfinite(loss))
        return diverged(loop, batch, loss, t);
    float *gradients = trainee->gradients(run->self);
    if (recipe->clip > 0)
        cnn_clip_gradients(gradients, trainee->trained_count, recipe->clip);
    const int64_t steps = identity->epochs * identity->per_epoch;
    trainee->rate(run->self, (float)cnn_schedule_rate(recipe, &p->plateau, p->step, steps, identity->per_epoch));
    trainee->update(run->self);
    take_average(run);
    p->step++;
    p->loss_steps++;
    p->loss_sum += (double)loss;
    cnn_meter_step(&loop->meter, p, identity, p->loss_sum / (double)p->loss_steps);
    return 0;
}

static struct history history_of(struct run *run)
{
    struct history history = {run->trainee->name, run->saved.epochs, run->saved.position.epoch_count,
                              run->saved.identity.epochs, cnn_loss_has_answers(run->trainee->recipe->loss)};
    return history;
}

/* The weights that will be used are shown: the average, if there is one. */
static int draw_filters(struct run *run, struct trouble *t)
{
    const float *values = run->saved.average ? run->saved.average : run->saved.parameters;
    return run->filters && cnn_filters_write(run->trainee, run->saved.filters, values + run->filters->offset,
                                             run->saved.position.epoch_count, run->filters_path, t);
}

/* Pictures and journal are no reason to stop. Pictures are drawn once a second at most, and after the last epoch. */
static void write_down(struct loop *loop)
{
    struct run *run = loop->run;
    const struct history history = history_of(run);
    struct trouble t = {"", ""};
    const double now = cnn_seconds_now();
    if (!cnn_is_first(run->peers))
        return;
    int failed = cnn_journal_add(&history, run->journal_path, &t);
    if (now - loop->drawn >= 1 || history.count == history.all) {
        failed = failed || cnn_curves_write(&history, run->curves_path, &t) || draw_filters(run, &t);
        loop->drawn = now;
    }
    if (failed && !run->warned++)
        cnn_trouble_print(&t);
}

static void see_best(struct run *run, const struct epoch *e)
{
    struct position *p = &run->saved.position;
    const int answers = e->tested && cnn_loss_has_answers(run->trainee->recipe->loss);
    const double value = answers ? e->accuracy : e->tested ? e->test_loss : e->loss;
    if (p->best_epoch == 0 || (answers ? value > p->best : value < p->best)) {
        p->best = value;
        p->best_epoch = p->epoch_count;
    }
    cnn_plateau_see(&p->plateau, run->trainee->recipe, answers ? 1 - value : value);
}

/* Validation, and all that is said and remembered about an epoch. 1: stopped, and the epoch is yet to end. */
static int end_epoch(struct loop *loop, struct trouble *t)
{
    struct run *run = loop->run;
    const struct identity *identity = &run->saved.identity;
    struct position *p = &run->saved.position;
    struct epoch e;
    struct result result;
    memset(&e, 0, sizeof e);
    add_time(loop);
    e.loss = p->loss_sum / (double)p->loss_steps;
    e.rate = cnn_schedule_rate(run->trainee->recipe, &p->plateau, p->step - 1, identity->epochs * identity->per_epoch,
                               identity->per_epoch);
    e.images_per_second = (double)(identity->batch * identity->per_epoch) / (p->seconds > 1e-9 ? p->seconds : 1e-9);
    if (run->validate.count) {
        cnn_result_begin(&result, run->trainee, 0, t);
        const int status = cnn_evaluate(run, &run->validate, &result, t);
        if (status)
            return status;
        e.tested = 1;
        e.test_loss = cnn_result_loss(&result);
        e.accuracy = cnn_result_accuracy(&result);
        e.top5 = cnn_result_top5(&result);
    }
    add_time(loop);
    e.seconds = p->seconds;
    run->saved.epochs[p->epoch_count++] = e;
    p->loss_sum = p->seconds = 0;
    p->loss_steps = 0;
    see_best(run, &e);
    cnn_meter_clear(&loop->meter);
    cnn_say_epoch(run->out, &e, p->epoch_count, identity->epochs, cnn_loss_has_answers(run->trainee->recipe->loss));
    write_down(loop);
    return 0;
}

static int write_weights(struct run *run, struct trouble *t)
{
    const char *overflow = overflowed(run->trainee, run->saved.parameters, 1);
    if (overflow) {
        cnn_trouble(t, "%s overflowed in the last step: the weights are not written", overflow);
        return cnn_trouble_help(t, "a smaller learning rate or clip=1 usually helps; %s has the last good state",
                                run->checkpoint_path);
    }
    if (!cnn_is_first(run->peers))
        return 0;
    cnn_average_in(run);
    const int failed = cnn_safetensors_write(run->trainee, run->saved.parameters, run->weights_path, t);
    cnn_average_out(run);
    return failed;
}

/* A last checkpoint, and the weights. On a disk that is full there may be room for one of the two. */
static int save_all(struct loop *loop, struct trouble *t)
{
    struct run *run = loop->run;
    struct trouble second = {"", ""};
    cnn_meter_clear(&loop->meter);
    const int failed = save(loop, t), lost = write_weights(run, failed ? &second : t);
    if (failed && lost)
        cnn_trouble_help(t,
                         "the checkpoint before this one is still there: --resume goes on from it, once there is room");
    else if (failed)
        cnn_trouble_help(t, "%s is written; the checkpoint before this one is still there", run->weights_path);
    else if (lost)
        cnn_trouble_help(t, "the checkpoint is: --resume writes the weights, once there is room");
    return failed || lost;
}

static int interrupted(struct loop *loop, struct trouble *t)
{
    struct run *run = loop->run;
    const struct position *p = &run->saved.position;
    if (save_all(loop, t))
        return STATUS_FAILED;
    fprintf(run->out, "stopped after step %lld of %lld: everything is saved; the same command with --resume goes on\n",
            (long long)p->step, (long long)(run->saved.identity.epochs * run->saved.identity.per_epoch));
    return STATUS_INTERRUPTED;
}

static int all_steps(struct loop *loop, struct trouble *t)
{
    struct run *run = loop->run;
    const struct identity *identity = &run->saved.identity;
    const struct position *p = &run->saved.position;
    while (p->epoch_count < identity->epochs) {
        if (cnn_peers_stop(run))
            return interrupted(loop, t);
        if (p->loss_steps < identity->per_epoch) {
            if (step(loop, t))
                return STATUS_FAILED;
        } else {
            const int status = end_epoch(loop, t);
            if (status)
                return status < 0 ? STATUS_FAILED : interrupted(loop, t);
        }
        if (cnn_seconds_now() - run->saved_at >= run->options->checkpoint_seconds)
            save_in_passing(loop);
    }
    return save_all(loop, t) ? STATUS_FAILED : STATUS_GOOD;
}

/* The test set, if training has not just said how it was. */
static int last_test(struct run *run, struct trouble *t)
{
    struct result result;
    const struct view *view = run->test.count ? &run->test : &run->validate;
    const int known = view->set == run->validate.set && view->members == run->validate.members;
    if (view->count == 0 || (known && !run->options->json))
        return STATUS_GOOD;
    if (cnn_agree(run->peers, cnn_result_begin(&result, run->trainee, run->options->json, t), t))
        return STATUS_FAILED;
    const int status = cnn_evaluate(run, view, &result, t), says = status == 0 && cnn_is_first(run->peers);
    if (says && run->options->json)
        cnn_say_result_json(&result, run->trainee);
    else if (says)
        cnn_say_result(&result, run->trainee, view->set->class_names, 1);
    cnn_result_end(&result);
    return status == 0 ? STATUS_GOOD : status < 0 ? STATUS_FAILED : STATUS_INTERRUPTED;
}

static void say_end(struct run *run)
{
    const struct position *p = &run->saved.position;
    const struct epoch *last = &run->saved.epochs[p->epoch_count - 1];
    fprintf(run->out, "wrote %s, %s, %s%s%s\n", run->weights_path, run->journal_path, run->curves_path,
            run->filters ? ", " : "", run->filters ? run->filters_path : "");
    if (last->tested && cnn_loss_has_answers(run->trainee->recipe->loss) && p->best > last->accuracy)
        fprintf(run->out, "the best accuracy was %.2f %%, in epoch %lld\n", 100 * p->best, (long long)p->best_epoch);
}

static void say_begin(struct run *run)
{
    const struct identity *identity = &run->saved.identity;
    int64_t trained = 0, frozen = 0;
    char a[32], b[32];
    for (int32_t i = 0; i < run->trainee->tensor_count; i++) {
        const struct cnn_trainee_tensor *tensor = &run->trainee->tensors[i];
        if (tensor->offset < run->trainee->trained_count)
            *(tensor->frozen ? &frozen : &trained) += tensor->count - tensor->idle;
    }
    fprintf(run->out, "%s: %s parameters to train", run->trainee->name, cnn_with_commas(trained, a));
    if (frozen)
        fprintf(run->out, ", %s frozen", cnn_with_commas(frozen, a));
    fprintf(run->out, "; %lld epoch%s of %s step%s, batches of %lld, ", (long long)identity->epochs,
            identity->epochs == 1 ? "" : "s", cnn_with_commas(identity->per_epoch, b),
            identity->per_epoch == 1 ? "" : "s", (long long)identity->batch);
    if (run->peers)
        fprintf(run->out, "%d processes of ", run->peers->count);
    fprintf(run->out, "%d %s\n", run->options->threads, run->options->threads == 1 ? "thread" : "threads");
    if (frozen && !run->options->resume && !run->options->weights && !run->trainee->recipe->whitening)
        fprintf(run->out,
                "note: what is frozen stays as it was initialised; --weights=FILE begins with weights that have "
                "learned\n");
    if (run->options->resume)
        fprintf(run->out, "resumed after step %lld\n", (long long)run->saved.position.step);
    fflush(run->out);
}

int cnn_learn(struct run *run, struct trouble *t)
{
    const struct identity *identity = &run->saved.identity;
    const struct history history = history_of(run);
    struct loop loop = {run, NULL, {0, 0, 0, 0, 0}, cnn_seconds_now(), 0};
    const struct slice slice = {(int32_t)identity->batch, run->first, run->end};
    say_begin(run);
    const int writes = cnn_is_first(run->peers);
    const int failed = writes && ((!run->options->resume && save(&loop, t)) ||
                                  cnn_journal_rewrite(&history, run->journal_path, t));
    if (failed)
        cnn_trouble_help(t,
                         "what is learned needs a place with room: -o FOLDER/NAME (--out=FOLDER/NAME where the program "
                         "is called by hand)");
    else
        loop.feed = cnn_feed_new(run->trainee, &run->learn, run->options->fitting, slice, run->saved.position.step,
                                 identity->epochs * identity->per_epoch, t);
    if (cnn_agree(run->peers, !loop.feed, t)) {
        cnn_feed_free(loop.feed);
        return STATUS_FAILED;
    }
    cnn_listen_for_stop();
    run->saved_at = loop.mark = cnn_seconds_now();
    cnn_meter_begin(&loop.meter, run->saved.position.step);
    int status = all_steps(&loop, t);
    if (cnn_agree(run->peers, status == STATUS_FAILED, t))
        status = STATUS_FAILED;
    cnn_meter_clear(&loop.meter);
    cnn_feed_free(loop.feed);
    if (status == STATUS_GOOD) {
        say_end(run);
        status = last_test(run, t);
    }
    return status;
}
