/* cnn_train: the driver of networks that learn, libcnntrain.a. C99, POSIX threads, libcnn.a, libm; zlib, libpng and
 * libjpeg where they were there when it was built. `cnnc --train=DATA net.cnn` compiles generated training code, links
 * it with this library, and runs the program. By hand:
 *
 *     cnnc --emit=train -o lenet5_train.c lenet5.cnn        # the code, and a lenet5_trainee that describes it
 *     cc -O2 -include cnn_train.h -DCNN_TRAIN_MAIN lenet5_train.c libcnntrain.a libcnn.a -lz -lpng -ljpeg -lm -lpthread
 *
 * or without -DCNN_TRAIN_MAIN, and with a main() of one's own:
 *
 *     extern const struct cnn_trainee lenet5_trainee;
 *     int main(int argc, char **argv) { return cnn_train_main(&lenet5_trainee, argc, argv); }
 *
 *     PROGRAM --train=DATA [--test=DATA] [OPTION...]     trains; writes NAME.safetensors (the weights, under PyTorch's
 *                                                        names), NAME.train.jsonl (a line an epoch), NAME.train.svg
 *                                                        (the curves), NAME.filters.svg (the first layer's filters,
 *                                                        before and after) and NAME.checkpoint (what --resume reads)
 *     PROGRAM --test=DATA --weights=FILE [OPTION...]     loss, accuracy, top-5, confusion matrix
 *
 * Over MPI, where each of N processes computes a part of every batch:
 *
 *     mpicc -O2 -include cnn_train_mpi.h -DCNN_TRAIN_MAIN lenet5_train.c libcnntrain.a libcnn.a -lm -lpthread ...
 *     mpirun -n N PROGRAM --train=DATA [OPTION...]      SIGUSR1 ends it after the step at hand, as SIGINT one alone
 *
 *     --train=DATA        learns from DATA; DATA:10% holds a part out to validate with
 *     --test=DATA         measures on DATA after each epoch, or alone
 *     --resume            goes on from NAME.checkpoint as if it had never stopped
 *     --weights=FILE      begins with these weights (.safetensors); what FILE lacks is initialised
 *     -j N                N threads, 1 to 256 (default: the processors); the result does not depend on it
 *     --epochs=N          instead of the recipe's
 *     --resize[=pad]      pictures of another size are scaled to INPUT (bilinear), or centred in a border of zeros
 *     --checkpoint=S      a checkpoint every S seconds (default 30); 0: after every step
 *     --emit=json         prints results as JSON: {"images", "loss", "accuracy", "top5", "confusion"}
 *     --out=NAME          the name of the files that are written (default: the network's)
 *
 * DATA is a folder of IDX files (MNIST's and Fashion-MNIST's names, .gz or not), of CIFAR-10's or CIFAR-100's binary
 * batches, or with a folder a class of PNG, JPEG or PNM pictures (or with two such folders, train and test); one IDX
 * file of pictures, its labels beside it; or an .npz with x and y, x_test and y_test. SIGINT ends training after the
 * step at hand: everything is saved, and the program says how to go on.
 *
 * Files are mapped; what is inflated or decoded lies in memory, or, if it is large beside that, in a temporary file
 * ($TMPDIR), or it is decoded again each time. $CNN_TRAIN_MEMORY: bytes of memory, where the system's word is wrong. */
#ifndef CNN_TRAIN_H
#define CNN_TRAIN_H

#include "cnn.h"
#include "cnn_random.h"

#ifdef __cplusplus
extern "C" {
#endif

#define CNN_TRAIN_ABI 5

enum cnn_tensor_kind {
    CNN_TENSOR_WEIGHT,           /* kernels: initialised as the recipe says, from fan_in and fan_out */
    CNN_TENSOR_BIAS,             /* zeros at first */
    CNN_TENSOR_SCALE,            /* ones */
    CNN_TENSOR_SHIFT,            /* zeros */
    CNN_TENSOR_RUNNING_MEAN,     /* a buffer, not trained: zeros */
    CNN_TENSOR_RUNNING_VARIANCE, /* a buffer: ones */
    CNN_TENSOR_OTHER,            /* left as `begin` set it */
    CNN_TENSOR_SLOPE,            /* PRELU's: 0.25 */
    CNN_TENSOR_NUMBERS           /* a CONST: normal, of deviation 0.02 */
};

/* A parameter: `count` floats from `offset` on (a multiple of 16) in the array that `parameters` returns, in PyTorch's
 * layout and under PyTorch's name. */
struct cnn_trainee_tensor {
    const char *name; /* "conv1.weight" */
    int32_t dims, shape[4];
    int64_t offset, count;
    int32_t fan_in, fan_out; /* of a weight, as PyTorch counts them */
    int32_t kind;            /* enum cnn_tensor_kind */
    int32_t frozen;          /* keeps its first numbers; its gradient is zeros */
    int64_t idle;            /* how many of them nothing reads: a connection table leaves them out */
};

enum cnn_schedule { CNN_CONSTANT, CNN_STEP, CNN_COSINE, CNN_LINEAR, CNN_ONECYCLE, CNN_PLATEAU };
enum cnn_loss { CNN_CROSSENTROPY, CNN_MSE, CNN_MAE, CNN_HINGE, CNN_BCE };
enum cnn_initialisation { CNN_HE, CNN_XAVIER, CNN_NORMAL, CNN_UNIFORM, CNN_DIRAC };
enum cnn_augmentation_kind {
    CNN_FLIP,
    CNN_CROP,
    CNN_SHIFT,
    CNN_ROTATE,
    CNN_ZOOM,
    CNN_CUTOUT,
    CNN_NOISE,
    CNN_BRIGHTNESS,
    CNN_MIXUP
};
/* What `evaluate` returns: the loss is computed from it accordingly. */
enum cnn_outputs { CNN_SCORES, CNN_PROBABILITIES /* SOFTMAX */, CNN_LOG_PROBABILITIES, CNN_SIGMOIDS };

struct cnn_augmentation {
    int32_t kind; /* enum cnn_augmentation_kind */
    double a, b;  /* its arguments, in the order of the text; b only for ZOOM */
};

/* The kernel that begins with directions along which windows of pictures vary, and what INPUT makes of a number: it
 * subtracts the mean and multiplies by the scale, one a channel. */
struct cnn_whitening {
    int32_t tensor; /* of struct cnn_trainee's */
    int32_t dilation_y, dilation_x;
    const double *means, *scales; /* or NULL */
};

/* A recipe, without what generated code knows by itself (the optimiser, but for its rate). */
struct cnn_recipe {
    double rate;       /* lr */
    int32_t schedule;  /* enum cnn_schedule, with: */
    double factor;     /* STEP, PLATEAU */
    double to;         /* COSINE, LINEAR: the last rate; ONECYCLE: its share of rate */
    double warmup;     /* COSINE, LINEAR, in epochs */
    double peak, from; /* ONECYCLE */
    int32_t patience;  /* PLATEAU, in epochs */
    const double *at;  /* STEP, in epochs, ascending */
    int32_t at_count;
    int32_t loss;                                 /* enum cnn_loss, with: */
    double smoothing, margin;                     /* CROSSENTROPY; HINGE */
    int32_t outputs;                              /* enum cnn_outputs */
    int32_t initialisation;                       /* enum cnn_initialisation, with: */
    double spread;                                /* NORMAL's sd, UNIFORM's bound */
    const struct cnn_augmentation *augmentations; /* in this order */
    int32_t augmentation_count;
    int32_t epochs, batch;
    uint64_t seed;
    double clip;    /* the largest norm of the gradient; 0: any */
    double average; /* averaged weights keep this share of themselves in each step; 0: no average */
    const struct cnn_whitening *whitening; /* or NULL */
};

/* What one step learns from: `batch` pictures in INPUT's type and layout, one after the other. Targets are int32_t
 * class numbers for CROSSENTROPY and HINGE (one a pixel where the output has pixels), else floats of the output's size
 * in chw order. With MIXUP, a picture's loss is share * loss(target) + (1 - share) * loss(other); where `shares` is
 * NULL, loss(target). MIXUP of float targets is done before: they are blended. */
struct cnn_batch {
    const void *images;
    const void *targets;
    const int32_t *others;
    const float *shares; /* one a picture */
};

/* Fills in what other processes know of a batch: `numbers` are blocks of `count` floats, `step` floats apart, one for
 * each of the batch's groups of CNN_TRAIN_GROUP images, and this process knows those of its own images. */
#define CNN_TRAIN_GROUP 16
typedef void cnn_meeting(void *context, float *numbers, int count, long step, int groups);

/* A network that can learn, described to the driver by generated code. `self` is what begin returned. */
struct cnn_trainee {
    uint32_t abi; /* CNN_TRAIN_ABI */
    const char *name;
    uint64_t
        hash; /* of network and optimiser: a checkpoint fits if it was written with the same, and the same recipe */
    const struct cnn_tensor *input, *output;
    const struct cnn_trainee_tensor *tensors; /* trained ones first, then buffers */
    int32_t tensor_count;
    int64_t parameter_count; /* floats of the array */
    int64_t trained_count;   /* floats before the buffers */
    const struct cnn_recipe *recipe;

    size_t (*bytes)(int batch, int threads); /* of memory for begin; 0: too much for this machine */
    void *(*begin)(void *memory, int batch, struct cnn_pool *pool); /* memory: 64-byte aligned; pool may be NULL */
    float *(*parameters)(void *self);
    float *(*gradients)(void *self); /* of the last step; trained_count floats */
    void (*rate)(void *self, float rate);
    float (*gradient)(void *self, const struct cnn_batch *batch); /* forward and backward; returns the mean loss */
    void (*update)(void *self);                                   /* the optimiser's step */
    void (*evaluate)(void *self, const void *images, int count, float *outputs); /* count <= batch; chw */
    void *(*state)(void *self, size_t *bytes); /* the optimiser's memory and the step's number, for checkpoints */
    size_t scratch_bytes;                      /* a thread's scratch memory in the pool, if tasks use it; 0: none */
    /* From now on `gradient` computes images first to end - 1 of the batch alone, multiples of CNN_TRAIN_GROUP but
     * for the batch's end: its share of the loss and of the gradients, which are sums over all processes. NULL: it
     * cannot. */
    void (*part)(void *self, int first, int end, cnn_meeting *meet, void *context);
    /* Computes the gradient once more, and says which of the layers' results was the first with a number that is not
     * finite; -1: none was. NULL: it cannot tell. */
    int32_t (*beyond)(void *self, const struct cnn_batch *batch);
    const char *(*layer)(int32_t number); /* whose result it was */
    int32_t raw; /* the first weights meet the pictures' numbers as they are: INPUT has no mean and no scale */
};

/* Programs' main() calls this. */
#ifndef CNN_TRAIN_RUN
#define CNN_TRAIN_RUN cnn_train_main
#endif

/* Processes that learn together, each from a part of every batch: cnn_train_mpi.h makes them of MPI's. All call the
 * same functions in the same order. */
enum cnn_combining { CNN_ADD_FLOATS, CNN_ADD_DOUBLES, CNN_ADD_INTEGERS /* int64_t */, CNN_LARGEST_DOUBLES };
struct cnn_peers {
    int rank, count;  /* this one, from 0; how many there are */
    int beside;       /* how many of them this machine has */
    const char *host; /* its name, for messages */
    void *self;
    /* Each number becomes the sum, or the largest, of those that the processes have in its place. */
    void (*combine)(void *self, void *numbers, int64_t count, enum cnn_combining how);
    /* Process 0's bytes become everyone's. */
    void (*share)(void *self, void *bytes, size_t count);
};

/* The program above, which process 0 speaks for; alone, peers is NULL. */
int cnn_train_together(const struct cnn_trainee *trainee, const struct cnn_peers *peers, int argc, char **argv);

/* The program above. Returns its exit status: 0, or 1 after an error, which standard error has, 2 for a wrong command
 * line, 130 after SIGINT. */
int cnn_train_main(const struct cnn_trainee *trainee, int argc, char **argv);

/* ---- the pictures of DATA, for programs that look at a network rather than train it ---- */

/* Those to train with, or with `test' those to test with, where DATA has both; made to fit the input. `resize' is 0, 1
 * (scaled) or 2 (in a border of zeros). NULL after a message on standard error. */
struct cnn_pictures;
struct cnn_pictures *cnn_pictures_open(const char *data, const struct cnn_tensor *input, int test, int resize);
int64_t cnn_pictures_count(const struct cnn_pictures *pictures);
/* What was found, in a line. */
const char *cnn_pictures_said(const struct cnn_pictures *pictures);
/* Do all of them have one label from 0 to classes - 1? */
int cnn_pictures_labelled(const struct cnn_pictures *pictures, int32_t classes);
int32_t cnn_pictures_label(const struct cnn_pictures *pictures, int64_t index);
/* The numbers that the input takes; -1 after a message. */
int cnn_pictures_get(struct cnn_pictures *pictures, int64_t index, void *to);
void cnn_pictures_close(struct cnn_pictures *pictures);

#ifdef __cplusplus
}
#endif

#endif
