/* NAME.train.svg: the loss in training and in validation, and the accuracy, over the epochs. Colours follow the
 * reader's choice of light or dark. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "journal.h"
#include "svg.h"

enum {
    WIDTH = 720,
    LEFT = 64,
    RIGHT = 696,
    LOSS_TOP = 56,
    LOSS_BOTTOM = 256,
    GOOD_TOP = 316,
    GOOD_BOTTOM = 476,
    MOST_POINTS = 600,
    TICKS = 4
};

struct panel {
    const char *title, *unit;
    int top, bottom;
    double least, most; /* of the axis */
};

static double place_x(const struct history *h, int64_t i)
{
    const int64_t last = h->all > 1 ? h->all - 1 : 1;
    return LEFT + (double)(RIGHT - LEFT) * (double)i / (double)last;
}

static double place_y(const struct panel *p, double value)
{
    return p->bottom - (double)(p->bottom - p->top) * (value - p->least) / (p->most - p->least);
}

enum curve { CURVE_LOSS, CURVE_TEST_LOSS, CURVE_ACCURACY };

static double value_of(const struct epoch *e, enum curve curve)
{
    return curve == CURVE_LOSS ? e->loss : curve == CURVE_TEST_LOSS ? e->test_loss : 100 * e->accuracy;
}

/* A step of the axis: 1, 2 or 5 times a power of ten. */
static double tick_of(double range)
{
    const double rough = range / TICKS, power = pow(10, floor(log10(rough)));
    const double steps[] = {1, 2, 5, 10};
    for (int i = 0; i < 3; i++)
        if (rough <= steps[i] * power * 1.0001)
            return steps[i] * power;
    return 10 * power;
}

/* The axis holds all values of a panel, from one tick to another. */
static void choose_axis(struct panel *p, const struct history *h, enum curve first, enum curve second)
{
    double least = INFINITY, most = -INFINITY;
    for (int64_t i = 0; i < h->count; i++)
        for (int k = 0; k < 2; k++) {
            const enum curve curve = k ? second : first;
            const double value = value_of(&h->epochs[i], curve);
            if ((curve != CURVE_LOSS && !h->epochs[i].tested) || !isfinite(value))
                continue;
            least = value < least ? value : least;
            most = value > most ? value : most;
        }
    if (!(least <= most))
        least = 0, most = 1;
    if (first == CURVE_LOSS)
        least = least > 0 ? 0 : least;
    if (most - least < 1e-6 * (fabs(most) + 1e-6))
        most = least + (fabs(most) + 1) * 0.1;
    const double tick = tick_of(most - least);
    p->least = floor(least / tick) * tick;
    p->most = ceil(most / tick - 1e-9) * tick;
    if (first == CURVE_ACCURACY && p->most > 100)
        p->most = 100;
}

static void draw_axes(struct writing *w, const struct panel *p, const struct history *h)
{
    const double tick = tick_of(p->most - p->least);
    cnn_svg(w, "<text class=\"title\" x=\"%d\" y=\"%d\">%s</text>\n", LEFT, p->top - 14, p->title);
    const int count = (int)((p->most - p->least) / tick + 0.5);
    for (int i = 0; i <= count; i++) {
        const double value = p->least + i * tick;
        const double y = place_y(p, value > p->most ? p->most : value);
        cnn_svg(w, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text class=\"tick\" x=\"%d\" y=\"%.1f\">%.4g%s</text>\n",
                LEFT, y, RIGHT, LEFT - 8, y + 4, fabs(value) < tick / 1e6 ? 0 : value, p->unit);
    }
    const int64_t every = (h->all + 9) / 10;
    for (int64_t i = 0; i < h->all; i += every)
        cnn_svg(w, "<text class=\"epoch\" x=\"%.1f\" y=\"%d\">%lld</text>\n", place_x(h, i), p->bottom + 18,
                (long long)i + 1);
}

static void draw_curve(struct writing *w, const struct panel *p, const struct history *h, enum curve curve,
                       const char *class)
{
    const int64_t every = (h->count + MOST_POINTS - 1) / MOST_POINTS;
    int drawn = 0;
    double x = 0, y = 0;
    cnn_svg(w, "<path class=\"%s\" d=\"", class);
    for (int64_t i = 0; i < h->count; i++) {
        const double value = value_of(&h->epochs[i], curve);
        if ((i % every && i + 1 < h->count) || !isfinite(value) || (curve != CURVE_LOSS && !h->epochs[i].tested))
            continue;
        x = place_x(h, i);
        y = place_y(p, value);
        cnn_svg(w, "%s%.1f %.1f", drawn++ ? "L" : "M", x, y);
    }
    cnn_svg(w, "\"/>\n");
    if (drawn)
        cnn_svg(w, "<circle class=\"%s end\" cx=\"%.1f\" cy=\"%.1f\" r=\"3\"/>\n", class, x, y);
}

static void legend(struct writing *w, int x, int y, const char *class, const char *what, double value, const char *unit)
{
    cnn_svg(w, "<path class=\"%s\" d=\"M%d %dh18\"/><text class=\"key\" x=\"%d\" y=\"%d\">%s %.4g%s</text>\n", class, x,
            y - 4, x + 24, y, what, value, unit);
}

static const char style[] = "<style>\n"
                            "svg { background: #fff; color: #222; font: 12px sans-serif }\n"
                            "text { fill: currentColor } .title { font-weight: bold }\n"
                            ".tick { text-anchor: end; opacity: .7 } .epoch { text-anchor: middle; opacity: .7 }\n"
                            ".grid { stroke: currentColor; opacity: .15 } path { fill: none; stroke-width: 2 }\n"
                            ".grid { stroke-width: 1 } .train { stroke: #8a6d00; stroke-dasharray: 5 3 }\n"
                            ".test { stroke: #0a62c4 } .train.end { fill: #8a6d00 } .test.end { fill: #0a62c4 }\n"
                            "@media (prefers-color-scheme: dark) {\n"
                            "svg { background: #16181c; color: #ddd }\n"
                            ".train { stroke: #e3b341 } .test { stroke: #6cb0ff }\n"
                            ".train.end { fill: #e3b341 } .test.end { fill: #6cb0ff } }\n"
                            "</style>\n";

int cnn_curves_write(const struct history *h, const char *path, struct trouble *t)
{
    const struct epoch *last = &h->epochs[h->count - 1];
    const int good = h->has_answers && last->tested;
    const int height = good ? GOOD_BOTTOM + 32 : LOSS_BOTTOM + 32;
    struct panel loss = {"loss", "", LOSS_TOP, LOSS_BOTTOM, 0, 1},
                 accuracy = {"accuracy", " %", GOOD_TOP, GOOD_BOTTOM, 0, 100};
    struct writing w;
    if (cnn_writing_open(&w, path, t))
        return -1;
    w.passing = 1;
    cnn_svg(&w, "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\">\n<title>",
            WIDTH, height, WIDTH, height);
    cnn_svg_name(&w, h->name);
    cnn_svg(&w, ": %lld of %lld epochs</title>\n", (long long)h->count, (long long)h->all);
    cnn_writing_add(&w, style, sizeof style - 1);
    cnn_svg(&w, "<text class=\"title\" x=\"%d\" y=\"22\">", LEFT);
    cnn_svg_name(&w, h->name);
    cnn_svg(&w, ", epoch %lld of %lld</text>\n", (long long)h->count, (long long)h->all);
    choose_axis(&loss, h, CURVE_LOSS, CURVE_TEST_LOSS);
    draw_axes(&w, &loss, h);
    draw_curve(&w, &loss, h, CURVE_LOSS, "train");
    legend(&w, RIGHT - 280, LOSS_TOP - 14, "train", "training", last->loss, "");
    if (last->tested) {
        draw_curve(&w, &loss, h, CURVE_TEST_LOSS, "test");
        legend(&w, RIGHT - 140, LOSS_TOP - 14, "test", "test", last->test_loss, "");
    }
    if (good) {
        choose_axis(&accuracy, h, CURVE_ACCURACY, CURVE_ACCURACY);
        draw_axes(&w, &accuracy, h);
        draw_curve(&w, &accuracy, h, CURVE_ACCURACY, "test");
        legend(&w, RIGHT - 140, GOOD_TOP - 14, "test", "test", 100 * last->accuracy, " %");
    }
    cnn_svg(&w, "</svg>\n");
    return cnn_writing_done(&w, t);
}
