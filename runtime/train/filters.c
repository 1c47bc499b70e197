/* NAME.filters.svg. A filter is drawn as the small picture that it answers to most: a weight of 0 is grey, the largest
 * one of the filter white or, if it is negative, black; weights of three channels are mixed as red, green and blue. A
 * fully connected layer right behind the INPUT has filters as large as the picture. */
#include "filters.h"

#include <math.h>

#include "svg.h"

enum {
    WIDTH = 720,
    MARGIN = 24,
    GAP = 6,
    LARGEST = 72,        /* of a filter, in the picture's units */
    TITLE_HEIGHT = 34,   /* above a row */
    MOST_FILTERS = 64,   /* in a row; */
    MOST_PIXELS = 16384, /* and of all of them */
    MOST_IN_A_LINE = 16
};

/* How filters of one layer are laid out. */
struct sheet {
    int64_t height, width, channels, all; /* of a filter; how many there are */
    int shown, columns, lines;
    double pixel, step_x, step_y; /* the side of a pixel; from a filter to the next */
};

static struct sheet sheet_of(const struct cnn_trainee *trainee, const struct cnn_trainee_tensor *tensor)
{
    const struct cnn_tensor *input = trainee->input;
    struct sheet s = {input->height, input->width, input->channels, tensor->shape[0], 0, 0, 0, 0, 0, 0};
    if (tensor->dims == 4) {
        s.height = tensor->shape[2];
        s.width = tensor->shape[3];
    }
    const int64_t most = MOST_PIXELS / (s.height * s.width);
    s.shown = (int)(s.all < MOST_FILTERS ? s.all : MOST_FILTERS);
    s.shown = s.shown < most ? s.shown : (int)most;
    s.columns = s.shown < MOST_IN_A_LINE ? s.shown : MOST_IN_A_LINE;
    if (s.columns == 0)
        return s;
    s.lines = (s.shown + s.columns - 1) / s.columns;
    const double room = (double)(WIDTH - 2 * MARGIN + GAP) / s.columns - GAP;
    s.pixel = (room < LARGEST ? room : LARGEST) / (double)(s.height > s.width ? s.height : s.width);
    s.step_x = s.pixel * (double)s.width + GAP;
    s.step_y = s.pixel * (double)s.height + GAP;
    return s;
}

const struct cnn_trainee_tensor *cnn_filters_of(const struct cnn_trainee *trainee)
{
    const struct cnn_tensor *input = trainee->input;
    const int64_t numbers = (int64_t)input->height * input->width * input->channels;
    for (int32_t i = 0; i < trainee->tensor_count; i++) {
        const struct cnn_trainee_tensor *tensor = &trainee->tensors[i];
        if (tensor->kind != CNN_TENSOR_WEIGHT)
            continue;
        const int fits = (tensor->dims == 4 && tensor->shape[1] == input->channels) ||
                         (tensor->dims == 2 && tensor->shape[1] == numbers);
        return fits && !tensor->frozen && (input->channels == 1 || input->channels == 3) &&
                       sheet_of(trainee, tensor).shown > 0
                   ? tensor
                   : NULL;
    }
    return NULL;
}

static int level(float weight, float largest)
{
    const double share = (double)weight / (double)largest;
    return isfinite(share) ? (int)floor(128 + 127 * share) : 128;
}

static void draw_filter(struct writing *w, const struct sheet *s, const float *weights)
{
    const int64_t area = s->height * s->width;
    float largest = 0;
    for (int64_t i = 0; i < area * s->channels; i++)
        largest = fabsf(weights[i]) > largest ? fabsf(weights[i]) : largest;
    for (int64_t i = 0; i < area; i++) {
        int levels[3] = {0};
        for (int64_t c = 0; c < 3; c++)
            levels[c] = level(weights[s->channels == 3 ? c * area + i : i], largest);
        cnn_svg(w, "<path fill=\"#%02x%02x%02x\" d=\"M%lld %lldh1v1h-1z\"/>\n", (unsigned)levels[0],
                (unsigned)levels[1], (unsigned)levels[2], (long long)(i % s->width), (long long)(i / s->width));
    }
}

static void draw_row(struct writing *w, const struct sheet *s, const float *weights, double top)
{
    const int64_t count = s->height * s->width * s->channels;
    for (int i = 0; i < s->shown; i++) {
        const int row = i / s->columns, column = i % s->columns;
        cnn_svg(w, "<g transform=\"translate(%.2f %.2f) scale(%.4f)\">\n", MARGIN + s->step_x * column,
                top + s->step_y * row, s->pixel);
        draw_filter(w, s, weights + i * count);
        cnn_svg(w, "</g>\n");
    }
}

static const char style[] = "<style>\n"
                            "svg { background: #fff; color: #222; font: 12px sans-serif }\n"
                            "text { fill: currentColor } .title { font-weight: bold }\n"
                            "path { shape-rendering: crispEdges }\n"
                            "@media (prefers-color-scheme: dark) { svg { background: #16181c; color: #ddd } }\n"
                            "</style>\n";

int cnn_filters_write(const struct cnn_trainee *trainee, const float *before, const float *after, int64_t after_epochs,
                      const char *path, struct trouble *t)
{
    const struct cnn_trainee_tensor *tensor = cnn_filters_of(trainee);
    if (!tensor)
        return 0;
    const struct sheet s = sheet_of(trainee, tensor);
    const double row = TITLE_HEIGHT + s.lines * s.step_y, first = 2 * MARGIN + TITLE_HEIGHT;
    struct writing w;
    if (cnn_writing_open(&w, path, t))
        return -1;
    w.passing = 1;
    cnn_svg(&w, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %.0f\" width=\"%d\" height=\"%.0f\">\n",
            WIDTH, ceil(first + 2 * row), WIDTH, ceil(first + 2 * row));
    cnn_svg(&w, "<title>");
    cnn_svg_name(&w, trainee->name);
    cnn_svg(&w, ": filters of the first layer</title>\n%s<text class=\"title\" x=\"%d\" y=\"%d\">", style, MARGIN,
            MARGIN + 4);
    cnn_svg_name(&w, tensor->name);
    cnn_svg(&w, ", filters of %lldx%lldx%lld", (long long)s.height, (long long)s.width, (long long)s.channels);
    if (s.shown < s.all)
        cnn_svg(&w, ", the first %d of %lld", s.shown, (long long)s.all);
    cnn_svg(&w, "</text>\n<text x=\"%d\" y=\"%.0f\">before training</text>\n", MARGIN, first - 10);
    draw_row(&w, &s, before, first);
    cnn_svg(&w, "<text x=\"%d\" y=\"%.0f\">after %lld epoch%s</text>\n", MARGIN, first + row - 10,
            (long long)after_epochs, after_epochs == 1 ? "" : "s");
    draw_row(&w, &s, after, first + row);
    cnn_svg(&w, "</svg>\n");
    return cnn_writing_done(&w, t);
}
