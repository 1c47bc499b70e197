/* Writes the plan of training as C: NAME_train.c and NAME_train.h as texts. */
#ifndef CNNC_EMIT_TRAIN_H
#define CNNC_EMIT_TRAIN_H

#include "emit/emit.h"
#include "plan/train/train_plan.h"

struct train_emission {
    struct emission base; /* base.plan: of the kernels */
    const struct train_plan *plan;
};

/* trainee.c: the words of templates/train/trainee.m4. False: the driver trains networks with one input and one output,
 * and this is none. */
bool data_trainee(const struct train_plan *plan, struct text *data);
/* train_notes.c: comments. */
void note_train_title(const struct train_emission *emission, bool header, struct text *out);
void note_train_parameters(const struct train_emission *emission, struct text *out);
void note_train_step(const struct train_emission *emission, const struct train_step *step, struct text *out);
void note_train_kernel(const struct train_emission *emission, const struct kernel *kernel, struct text *out);

enum emit_result emit_train(const struct train_emission *emission, struct text *source, struct text *header);

#endif
