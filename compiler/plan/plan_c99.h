/* What the files of the c99 planner share. */
#ifndef CNNC_PLAN_PLAN_C99_H
#define CNNC_PLAN_PLAN_C99_H

#include "plan/plan.h"

/* The operation that is being planned. */
struct planning {
    struct plan *plan;
    const struct op *op;
};

struct c99_integer {
    const char *name;
    int64_t value;
};

/* The numbers of a window that slides over maps. */
struct c99_window {
    int64_t in_h, in_w, out_h, out_w;
    struct pair window, stride, dilation;
    struct padding pad;
    bool clip_h, clip_w; /* does the window ever reach over the edge? */
};

struct tensor_layout c99_layout(struct shape shape);
struct tensor *c99_input(const struct planning *p, size_t index);
struct tensor *c99_output(const struct planning *p);
void c99_integers(const struct planning *p, struct kernel *kernel, const struct c99_integer *integers, size_t count);
/* Params ACTIVATION and SLOPES; the weights argument of a PRELU. */
void c99_activation(const struct planning *p, struct kernel *kernel);
void c99_slopes(const struct planning *p, struct step *step);
bool c99_has_bias(const struct op *op);
struct c99_window c99_window_of(struct shape in, struct shape out, const struct layer_args *args);
void c99_describe_window(const struct planning *p, struct kernel *kernel, const struct c99_window *w);

/* Ends, pools, normalisation, merges, structure. */
bool plan_c99_more(const struct planning *p);

#endif
