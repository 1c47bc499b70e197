/* Boxes, drawn around what was found: frames in the colour of the class, the class above them. */
#include "frames.h"

#include <string.h>

enum { THICK = 2, DOT = 3 /* pixels of the figures' dots */, FIGURE_WIDTH = 3, FIGURE_HEIGHT = 5 };

static const unsigned char colours[CLASSES][3] = {{230, 25, 75},  {60, 180, 75},  {255, 225, 25}, {67, 120, 255},
                                                  {245, 130, 48}, {190, 60, 220}, {70, 240, 240}, {240, 90, 230},
                                                  {188, 246, 12}, {250, 190, 212}};

/* 3x5 dots, a row in each octal digit, the leftmost dot in the largest bit. */
static const int figures[CLASSES] = {075557, 022222, 071747, 071717, 055711, 074717, 074757, 071111, 075757, 075717};

static void fill(struct picture *p, int left, int top, int width, int height, const unsigned char colour[3])
{
    for (int y = top; y < top + height; y++)
        for (int x = left; x < left + width; x++)
            if (x >= 0 && x < p->width && y >= 0 && y < p->height)
                memcpy(p->pixels + 3 * (y * p->width + x), colour, 3);
}

static void draw_figure(struct picture *p, int left, int top, int class)
{
    for (int y = 0; y < FIGURE_HEIGHT; y++)
        for (int x = 0; x < FIGURE_WIDTH; x++)
            if (figures[class] >> (3 * (FIGURE_HEIGHT - 1 - y) + FIGURE_WIDTH - 1 - x) & 1)
                fill(p, left + x * DOT, top + y * DOT, DOT, DOT, colours[class]);
}

static void draw_frame(struct picture *p, const struct box *box)
{
    const int left = (int)(box->left * ENLARGED), top = (int)(box->top * ENLARGED);
    const int width = (int)(box->width * ENLARGED), height = (int)(box->height * ENLARGED);
    const int space = (FIGURE_HEIGHT + 1) * DOT;
    fill(p, left, top, width, THICK, colours[box->class]);
    fill(p, left, top + height - THICK, width, THICK, colours[box->class]);
    fill(p, left, top, THICK, height, colours[box->class]);
    fill(p, left + width - THICK, top, THICK, height, colours[box->class]);
    draw_figure(p, left < 0 ? DOT : left, top > space ? top - space : top + 2 * THICK, box->class);
}

int frames_draw(struct picture *to, const struct picture *from, const struct box *boxes, int count)
{
    if (!picture_new(to, from->width * ENLARGED, from->height * ENLARGED, 3))
        return 0;
    for (int i = 0; i < to->width * to->height; i++) {
        const int x = i % to->width / ENLARGED, y = i / to->width / ENLARGED;
        memset(to->pixels + 3 * i, from->pixels[y * from->width + x], 3);
    }
    for (int i = 0; i < count; i++)
        draw_frame(to, &boxes[i]);
    return 1;
}
