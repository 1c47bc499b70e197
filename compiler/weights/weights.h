/* The numbers of a network: from a file (.safetensors, .npz, .npy, or the initializers of an ONNX
 * model), or made by an initialisation. Tensors are read one at a time from a mapping, so that a
 * network too large for memory can still be packed. */
#ifndef CNNC_WEIGHTS_WEIGHTS_H
#define CNNC_WEIGHTS_WEIGHTS_H

#include "graph.h"

struct diag;
struct output;
struct weights;

enum weight_match { MATCH_NAME, MATCH_ORDER };
enum weight_init { INIT_ZERO, INIT_HE };

/* Opens the file and binds a tensor to every weight of the graph that is not a literal. Reports every
 * missing, surplus, misshapen or non-finite tensor, with both shapes and the nearest candidates, and
 * then returns NULL. */
struct weights *weights_open(struct arena *arena, struct diag *diag, const struct graph *graph, const char *path,
                             enum weight_match match);
/* The same for a file that may lack weights and have others; what is missing is only counted. */
struct weight_gaps {
    int64_t missing, surplus;
    const char *a_missing, *a_surplus; /* the first of each */
};
struct weights *weights_open_some(struct arena *arena, struct diag *diag, const struct graph *graph, const char *path,
                                  enum weight_match match, struct weight_gaps *gaps);
bool weights_have(const struct weights *weights, const struct weight *weight);
/* He's uniform initialisation from an integer generator: the same numbers on every machine. Biases
 * also get small values and BN statistics plausible ones, so that a forgotten term shows in a test. */
struct weights *weights_initial(struct arena *arena, const struct graph *graph, enum weight_init init, uint64_t seed);
/* Numbers that the ONNX importer holds: values[i] belongs to tensors[i]. */
struct weights *weights_held(struct arena *arena, const struct weight *const tensors[], const float *const values[],
                             size_t count);
/* Others with `change` applied to each tensor that is read, literals too. `before` may be NULL. */
typedef bool weights_change(void *context, const struct weight *weight, float *values);
struct weights *weights_changed(struct arena *arena, const struct weights *before, weights_change *change,
                                void *context);
/* Numbers in memory, values[i] those of tensors[i], and `before' for all other tensors. */
struct weights *weights_overlaid(struct arena *arena, const struct weights *before,
                                 const struct weight *const tensors[], const float *const values[], size_t count);
/* weight->count numbers in PyTorch's order, for literals too; false if they cannot be read. */
bool weights_read(const struct weights *weights, const struct weight *weight, float *values);
/* Reports every BN that would divide by zero or by the root of a negative number. `path`: the file that the numbers
 * come from, or NULL. */
void weights_check_variances(const struct weights *weights, struct diag *diag, const struct graph *graph,
                             const char *path);
void weights_close(struct weights *weights);

/* ---- tensors by name, whether or not a layer of the graph has them: what makes a network a quantised one ---- */

enum { NAMED_MOST_AXES = 4 };
struct named_tensor {
    const char *name;
    enum element_type type; /* F32, S8 or S32; ELEMENT_COUNT: another */
    int rank;
    int64_t dims[NAMED_MOST_AXES];
    int64_t count;
};
/* The weights of a quantised network, or NULL, without a message, if the file cannot be opened or has none of its
 * tensors. Floats are bound to the graph as weights_open does it, but for those that are missing; integers and scales
 * are read by their names. False after reporting what does not fit. */
bool weights_open_quantised(struct arena *arena, struct diag *diag, const struct graph *graph, const char *path,
                            struct weights **weights);
/* Has the file such tensors? */
bool weights_file_is_quantised(struct arena *arena, const char *path);
/* What an importer holds: numbers of the tensor's type, in PyTorch's order. Those of F32 are the graph's, too. */
struct held_tensor {
    struct named_tensor is;
    const void *numbers;
};
struct weights *weights_held_named(struct arena *arena, const struct held_tensor *tensors, size_t count);
/* All of them, in the file's order; 0 for weights of a float network. */
size_t weights_named_count(const struct weights *weights);
const struct named_tensor *weights_named_at(const struct weights *weights, size_t index);
const struct named_tensor *weights_find(const struct weights *weights, const char *name); /* or NULL */
/* tensor->count numbers, exactly; false if they cannot be read. */
bool weights_read_exactly(const struct weights *weights, const struct named_tensor *tensor, double *values);
/* Writes tensors as .safetensors, in this order, and leaves committing the file to the caller. */
struct output *weights_put_named(struct arena *arena, const struct held_tensor *tensors, size_t count, const char *path,
                                 const char **error);

/* Writes the graph's tensors, those that the weights have, as .safetensors (for models that came from ONNX) and leaves
 * committing the file to the caller; NULL: *error says why it failed. */
struct output *weights_put_safetensors(struct arena *arena, const struct weights *weights, const struct graph *graph,
                                       const char *path, const char **error);
/* The same, committed. */
bool weights_write_safetensors(struct arena *arena, const struct weights *weights, const struct graph *graph,
                               const char *path, const char **error);

#endif
