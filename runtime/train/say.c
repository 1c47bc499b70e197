/* Progress and results. */
#include "say.h"

#include <string.h>
#include <unistd.h>

#include "journal.h"

static const double often = 0.2; /* seconds between two looks of the meter */

const char *cnn_with_commas(int64_t number, char text[32])
{
    char digits[24];
    const int length = snprintf(digits, sizeof digits, "%lld", (long long)number);
    int at = 0;
    for (int i = 0; i < length; i++) {
        if (i > 0 && digits[i - 1] != '-' && (length - i) % 3 == 0)
            text[at++] = ',';
        text[at++] = digits[i];
    }
    text[at] = 0;
    return text;
}

/* Four places, unless it is so large that they say nothing. */
static const char *loss_words(double loss, char text[32])
{
    snprintf(text, 32, loss < 1e6 ? "%.4f" : "%.4g", loss);
    return text;
}

/* "2 min 05 s" */
static void duration(double seconds, char text[32])
{
    const int64_t s = (int64_t)(seconds + 0.5);
    if (s < 60)
        snprintf(text, 32, "%lld s", (long long)s);
    else if (s < 3600)
        snprintf(text, 32, "%lld min %02lld s", (long long)(s / 60), (long long)(s % 60));
    else
        snprintf(text, 32, "%lld h %02lld min", (long long)(s / 3600), (long long)(s / 60 % 60));
}

void cnn_meter_begin(struct meter *meter, int64_t step)
{
    memset(meter, 0, sizeof *meter);
    meter->terminal = isatty(STDERR_FILENO);
    meter->begun = meter->last = cnn_seconds_now();
    meter->first = step;
}

void cnn_meter_step(struct meter *meter, const struct position *p, const struct identity *identity, double loss)
{
    char left[32], rate[32], words[32];
    if (!meter->terminal)
        return;
    const double now = cnn_seconds_now(), spent = now - meter->begun;
    if (now - meter->last < often || p->step == meter->first)
        return;
    const double each = spent / (double)(p->step - meter->first);
    duration(each * (double)(identity->epochs * identity->per_epoch - p->step), left);
    fprintf(stderr, "\r\033[Kepoch %lld/%lld  %3d %%  loss %s  %s images/s  %s left", (long long)p->epoch_count + 1,
            (long long)identity->epochs, (int)(100 * p->loss_steps / identity->per_epoch), loss_words(loss, words),
            cnn_with_commas((int64_t)((double)identity->batch / each), rate), left);
    fflush(stderr);
    meter->shown = 1;
    meter->last = now;
}

void cnn_meter_clear(struct meter *meter)
{
    if (meter->shown)
        fputs("\r\033[K", stderr);
    fflush(stderr);
    meter->shown = 0;
}

void cnn_say_epoch(FILE *to, const struct epoch *e, int64_t number, int64_t all, int has_answers)
{
    char digits[32], speed[32], loss[32];
    const int width = snprintf(digits, sizeof digits, "%lld", (long long)all);
    fprintf(to, "epoch %*lld/%lld  loss %s", width, (long long)number, (long long)all, loss_words(e->loss, loss));
    if (e->tested)
        fprintf(to, "  test loss %s", loss_words(e->test_loss, loss));
    if (e->tested && has_answers)
        fprintf(to, "  accuracy %.2f %%", 100 * e->accuracy);
    fprintf(to, "  rate %.3g  %s images/s\n", e->rate, cnn_with_commas((int64_t)e->images_per_second, speed));
    fflush(to);
}

/* The matrix if it fits a screen; else the pairs that are confused most often. */
enum { MATRIX_CLASSES = 20, MOST_PAIRS = 10, NAME_WIDTH = 12, COUNT_WIDTH = 7 };

static const char *class_name(char **names, int32_t i, char text[16])
{
    snprintf(text, 16, "%ld", (long)i);
    return names && names[i] ? names[i] : text;
}

/* Within a character of UTF-8, behind its first byte? */
static int goes_on(char byte)
{
    return ((unsigned char)byte & 0xC0) == 0x80;
}

/* As many characters of a name as there are columns, at their right end. */
static void say_name(const char *name, int columns)
{
    int bytes = 0;
    for (; name[bytes] && (columns > 0 || goes_on(name[bytes])); bytes++)
        columns -= !goes_on(name[bytes]);
    printf("%*s%.*s", columns, "", bytes, name);
}

static void say_matrix(const struct result *r, char **names)
{
    char number[16];
    printf("\nwhat it is (rows), and what it was taken for:\n%*s", NAME_WIDTH, "");
    for (int32_t k = 0; k < r->classes; k++) {
        printf(" ");
        say_name(class_name(names, k, number), COUNT_WIDTH);
    }
    printf("   right\n");
    for (int32_t i = 0; i < r->classes; i++) {
        const int64_t *row = r->confusion + (int64_t)i * r->classes;
        int64_t all = 0;
        say_name(class_name(names, i, number), NAME_WIDTH);
        for (int32_t k = 0; k < r->classes; k++) {
            all += row[k];
            if (row[k])
                printf(" %*lld", COUNT_WIDTH, (long long)row[k]);
            else
                printf(" %*s", COUNT_WIDTH, ".");
        }
        if (all)
            printf("  %6.2f %%", 100 * (double)row[i] / (double)all);
        printf("\n");
    }
}

static void say_pairs(const struct result *r, char **names)
{
    const int64_t all = (int64_t)r->classes * r->classes;
    int64_t before = INT64_MAX, before_at = -1;
    char a[16], b[16];
    printf("\nconfused most often:\n");
    for (int n = 0; n < MOST_PAIRS; n++) {
        int64_t best = 0, best_at = -1;
        for (int64_t i = 0; i < all; i++) {
            const int64_t count = r->confusion[i];
            const int later = count < before || (count == before && i > before_at);
            if (i / r->classes != i % r->classes && later && count > best) {
                best = count;
                best_at = i;
            }
        }
        if (best_at < 0)
            return;
        printf("%8lld  %s taken for %s\n", (long long)best, class_name(names, (int32_t)(best_at / r->classes), a),
               class_name(names, (int32_t)(best_at % r->classes), b));
        before = best;
        before_at = best_at;
    }
}

void cnn_say_result(const struct result *r, const struct cnn_trainee *trainee, char **class_names, int64_t loss_only)
{
    char images[32], right[32], asked[32], loss[32];
    printf("%s pictures  loss %s", cnn_with_commas(r->images, images), loss_words(cnn_result_loss(r), loss));
    if (cnn_loss_has_answers(trainee->recipe->loss))
        printf("  accuracy %.2f %% (%s of %s)", 100 * cnn_result_accuracy(r), cnn_with_commas(r->right, right),
               cnn_with_commas(r->asked, asked));
    if (r->classes > 5)
        printf("  top-5 %.2f %%", 100 * cnn_result_top5(r));
    printf("\n");
    if (r->confusion && !loss_only)
        r->classes <= MATRIX_CLASSES ? say_matrix(r, class_names) : say_pairs(r, class_names);
}

void cnn_say_result_json(const struct result *r, const struct cnn_trainee *trainee)
{
    char number[40];
    cnn_json_number(number, sizeof number, cnn_result_loss(r));
    printf("{\"images\": %lld, \"loss\": %s", (long long)r->images, number);
    if (cnn_loss_has_answers(trainee->recipe->loss))
        printf(", \"accuracy\": %.9g", cnn_result_accuracy(r));
    else
        printf(", \"accuracy\": null");
    if (r->classes)
        printf(", \"top5\": %.9g", cnn_result_top5(r));
    else
        printf(", \"top5\": null");
    printf(", \"confusion\": %s", r->confusion ? "[" : "null");
    for (int32_t i = 0; r->confusion && i < r->classes; i++)
        for (int32_t k = 0; k < r->classes; k++)
            printf("%s%lld%s",
                   k   ? ", "
                   : i ? ",\n ["
                       : "[",
                   (long long)r->confusion[(int64_t)i * r->classes + k], k + 1 == r->classes ? "]" : "");
    printf("%s}\n", r->confusion ? "]" : "");
}
