/* A network that learns on a microcontroller. Its weights come from a computer, and some digits it gets wrong; someone
 * says what they are, and it learns its last layer from them, among others that it had right, so as not to forget those.
 * What the layers before see in a picture stays as it is (freeze=features).
 *
 * Half of the digits are never learned from: they show whether the network has understood or only memorised. */
#include <stdint.h>
#include <string.h>

#include "board.h"
#include "cnn_train.h"
#include "net_train.h"

enum {
    DIGITS = 200,
    KNOWN = 100, /* of them may be learned from */
    PIXELS = 28 * 28,
    CLASSES = 10,
    BATCH = 16,
    MOST_WRONG = 8, /* in a batch; the rest are digits that were right */
    STEPS = 200,
    MEMORY_BYTES = 192 * 1024
};

extern const unsigned char digits[], labels[], weights[], weights_end[]; /* learner.s */
extern const struct cnn_trainee net_trainee;                             /* net_train.c: here, where tensors lie */

static unsigned char memory[MEMORY_BYTES] __attribute__((aligned(64)));
static unsigned char images[BATCH * PIXELS];
static int32_t targets[BATCH];
static float scores[BATCH * CLASSES];
static int before[DIGITS], after[DIGITS]; /* what the network takes them for */

static void print_number(const char *text, long number)
{
    char reversed[12], *at = reversed + sizeof reversed;
    *--at = 0;
    do
        *--at = (char)('0' + number % 10);
    while ((number /= 10) > 0);
    board_print(text);
    board_print(at);
}

static int label_of(int digit)
{
    return labels[2 * digit] - '0';
}

/* The .safetensors as `cnnc --train` wrote it: eight bytes that say how long its header is, the header, and the tensors
 * in the order in which the trainer has them. */
static int load_weights(float *parameters)
{
    const unsigned char *at = weights + 8 + (weights[0] | (uint32_t)weights[1] << 8);
    for (int i = 0; i < net_trainee.tensor_count; i++) {
        const struct cnn_trainee_tensor *tensor = &net_trainee.tensors[i];
        const size_t bytes = (size_t)tensor->count * sizeof(float);
        if ((size_t)(weights_end - at) < bytes)
            return 0;
        memcpy(parameters + tensor->offset, at, bytes);
        at += bytes;
    }
    return at == weights_end;
}

static int best_of(const float *of)
{
    int best = 0;
    for (int i = 1; i < CLASSES; i++)
        if (of[i] > of[best])
            best = i;
    return best;
}

static void look_at_all(struct net_trainer *trainer, int *answers)
{
    for (int first = 0; first < DIGITS; first += BATCH) {
        const int count = DIGITS - first < BATCH ? DIGITS - first : BATCH;
        net_evaluate(trainer, digits + first * PIXELS, count, scores);
        for (int i = 0; i < count; i++)
            answers[first + i] = best_of(scores + i * CLASSES);
    }
}

static int count_right(const int *answers, int first, int end)
{
    int right = 0;
    for (int i = first; i < end; i++)
        right += answers[i] == label_of(i);
    return right;
}

static void put(int place, int digit)
{
    memcpy(images + place * PIXELS, digits + digit * PIXELS, PIXELS);
    targets[place] = label_of(digit);
}

/* The wrong ones first, then right ones, from `next' on in turn. Returns how many are wrong. */
static int fill_batch(int *next)
{
    int wrong = 0;
    for (int i = 0; i < KNOWN && wrong < MOST_WRONG; i++)
        if (before[i] != label_of(i))
            put(wrong++, i);
    for (int place = wrong; place < BATCH; *next = (*next + 1) % KNOWN)
        if (before[*next] == label_of(*next))
            put(place++, *next);
    return wrong;
}

static void print_loss(int step, float loss)
{
    const long hundredths = (long)(loss * 100.0f + 0.5f);
    const char rest[] = {'.', (char)('0' + hundredths / 10 % 10), (char)('0' + hundredths % 10), '\n', 0};
    print_number("step ", step);
    print_number(": loss ", hundredths / 100);
    board_print(rest);
}

static void learn(struct net_trainer *trainer)
{
    int next = 0;
    const int wrong = fill_batch(&next);
    print_number("learning the last layer from ", wrong);
    board_print(" digits that were wrong, among others\n");
    for (int step = 1; step <= STEPS; step++) {
        fill_batch(&next);
        const float loss = net_train_step(trainer, images, targets);
        if (step == 1 || step % 50 == 0)
            print_loss(step, loss);
    }
}

static void report(void)
{
    for (int i = 0, wrong = 0; i < KNOWN && wrong < MOST_WRONG; i++)
        if (before[i] != label_of(i)) {
            print_number("digit ", i);
            print_number(", a ", label_of(i));
            print_number(": taken for a ", before[i]);
            print_number(" before, for a ", after[i]);
            board_print(" after\n");
            wrong++;
        }
    print_number("those it could learn from: ", count_right(before, 0, KNOWN));
    print_number(" right before, ", count_right(after, 0, KNOWN));
    print_number(" after, of ", KNOWN);
    print_number("\nthose it never learned from: ", count_right(before, KNOWN, DIGITS));
    print_number(" right before, ", count_right(after, KNOWN, DIGITS));
    print_number(" after, of ", DIGITS - KNOWN);
    board_print("\n");
}

int main(void)
{
    const size_t bytes = net_train_bytes(BATCH, 1);
    print_number("the trainer takes ", (long)bytes);
    print_number(" bytes for batches of ", BATCH);
    board_print("\n");
    if (bytes == 0 || bytes > sizeof memory) {
        print_number("they do not fit: MEMORY_BYTES is ", MEMORY_BYTES);
        board_print("\n");
        return 1;
    }
    struct net_trainer *trainer = net_train_begin(memory, BATCH, NULL);
    if (!load_weights(net_train_parameters(trainer))) {
        board_print("the weights are another network's\n");
        return 1;
    }
    look_at_all(trainer, before);
    learn(trainer);
    look_at_all(trainer, after);
    report();
    board_report();
    return 0;
}
