/* Measures a network on a view of a data set. */
#include <string.h>

#include "peers.h"
#include "run.h"

void cnn_average_in(struct run *run)
{
    const size_t bytes = (size_t)run->saved.identity.parameter_count * sizeof(float);
    if (!run->saved.average || run->saved.position.step == 0)
        return;
    memcpy(run->aside, run->saved.parameters, bytes);
    memcpy(run->saved.parameters, run->saved.average, bytes);
}

void cnn_average_out(struct run *run)
{
    const size_t bytes = (size_t)run->saved.identity.parameter_count * sizeof(float);
    if (run->saved.average && run->saved.position.step > 0)
        memcpy(run->saved.parameters, run->aside, bytes);
}

/* Pictures `first` and following, before `end`; returns how many, or -1. */
static int fill(struct run *run, const struct view *view, int64_t first, int64_t end, struct fit *fit,
                unsigned char *images, unsigned char *targets, struct trouble *t)
{
    const int64_t left = end - first, batch = run->trainee->recipe->batch;
    const int count = (int)(left < batch ? left : batch);
    for (int i = 0; i < count; i++) {
        const int64_t member = cnn_view_member(view, first + i);
        if (cnn_fit_picture(fit, view->set, member, images + (size_t)i * cnn_fit_bytes(run->trainee->input), t))
            return -1;
        cnn_target_store(run->trainee, view->set, member, targets + (size_t)i * cnn_target_bytes(run->trainee));
    }
    return count;
}

int cnn_evaluate(struct run *run, const struct view *view, struct result *result, struct trouble *t)
{
    const struct cnn_trainee *trainee = run->trainee;
    const struct cnn_tensor *output = trainee->output;
    const uint64_t batch = (uint64_t)trainee->recipe->batch;
    const uint64_t size = (uint64_t)output->height * (uint64_t)output->width * (uint64_t)output->channels;
    struct space images = {NULL, 0}, targets = {NULL, 0}, outputs = {NULL, 0};
    int64_t first, end;
    struct fit fit;
    memset(&fit, 0, sizeof fit);
    int status = cnn_space_new(&images, batch * cnn_fit_bytes(trainee->input), "a batch", t) ||
                         cnn_space_new(&targets, batch * cnn_target_bytes(trainee), "a batch's targets", t) ||
                         cnn_space_new(&outputs, batch * size * sizeof(float), "a batch's outputs", t) ||
                         cnn_fit_begin(&fit, trainee->input, run->options->fitting, t)
                     ? -1
                     : 0;
    if (status == 0)
        cnn_average_in(run);
    for (cnn_peers_part(run->peers, view->count, &first, &end); status == 0 && first < end; first += (int64_t)batch) {
        const int count = fill(run, view, first, end, &fit, images.data, targets.data, t);
        if (count < 0)
            status = -1;
        else if (cnn_stop_asked())
            status = 1;
        else {
            trainee->evaluate(run->self, images.data, count, (float *)(void *)outputs.data);
            cnn_result_add(result, trainee, (const float *)(const void *)outputs.data, targets.data, count);
        }
    }
    if (t->message[0] == 0)
        cnn_average_out(run);
    cnn_fit_end(&fit);
    cnn_space_free(&images);
    cnn_space_free(&targets);
    cnn_space_free(&outputs);
    return cnn_peers_result(run, result, status, t);
}
