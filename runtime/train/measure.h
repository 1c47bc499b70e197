/* How good outputs are: loss, accuracy, top-5, confusion. */
#ifndef CNN_TRAIN_MEASURE_H
#define CNN_TRAIN_MEASURE_H

#include "base.h"
#include "cnn_train.h"

enum { MOST_CONFUSED = 2048 }; /* classes of a confusion matrix; with more there is none */

struct result {
    int64_t images;
    double loss_sum;            /* over images */
    int64_t right, top5, asked; /* answers: one an image, a pixel, or (BCE) a number of the output */
    int32_t classes;            /* 0: the loss has no classes */
    int64_t *confusion;         /* [what it is][what it was taken for], or NULL */
};

int cnn_loss_takes_labels(int32_t loss);
int cnn_loss_has_answers(int32_t loss);

int cnn_result_begin(struct result *result, const struct cnn_trainee *trainee, int with_confusion, struct trouble *t);
void cnn_result_end(struct result *result);
/* Outputs in chw order, targets as in struct cnn_batch. */
void cnn_result_add(struct result *result, const struct cnn_trainee *trainee, const float *outputs, const void *targets,
                    int count);
double cnn_result_loss(const struct result *result);
double cnn_result_accuracy(const struct result *result); /* 0 to 1 */
double cnn_result_top5(const struct result *result);

#endif
