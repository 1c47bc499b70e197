/* Places for the stacks of a network that is made of chains, of branches that part and join, and of shortcuts. */
#ifndef CNNC_REPORT_LAYOUT_H
#define CNNC_REPORT_LAYOUT_H

#include "report/drawing.h"

struct placed {           /* a stack */
    double x, y;          /* the middle of its top */
    double width, height; /* as given, */
    double label;         /* and how far at the right of its middle its result's shape ends */
    double fan_end;       /* where the edges that part above it end, and go on straight down; 0: they do not part */
    double join_begin;    /* where those that meet in it leave their branches; 0: they do not meet */
    bool rises;           /* it is read from below: its first layer is the lowest */
};

struct lane { /* a shortcut, drawn at the right */
    int from, to;
    double x;
};

struct frame {              /* around stacks, lanes and other frames */
    int box, parent, depth; /* parent: the next frame outside, or -1 */
    double title;           /* its width */
    int spine;              /* the stack above whose middle the edge into the frame runs; -1: none */
    double above;           /* what its first stacks leave free, where edges part in it */
    double left, top, right, bottom;
};

struct arrangement {
    const struct drawing *drawing;
    struct placed *stacks;
    struct VEC(struct lane) lanes;
    struct VEC(struct lane) bridges; /* shortcuts that run straight to the right, from one column to the other; x: 0 */
    struct VEC(struct frame) frames; /* outer ones first */
    int *frame_of;                   /* by stack: the innermost; or -1 */
    int bend;                        /* the first stack of the column that rises at the right; 0: there is none */
    bool sideways;
    double width, height;
};

enum {
    FRAME_PAD = 9,
    FRAME_TITLE = 20,
    LAYOUT_EDGE = 34, /* from a stack to the next */
    LAYOUT_FAN = 34,  /* more where edges part or meet */
    LAYOUT_SIDE = 74, /* sideways, from a stack to the next: room for a shape */
    LAYOUT_TURN = 22, /* below the column that goes down, to the edge that goes on in the one that rises */
    LAYOUT_HEAD = 26, /* height of a stack's first layer, */
    LAYOUT_SLIM = 17, /* and of those behind it */
    LAYOUT_END = 26   /* and of OUTPUT */
};

/* `stacks` has widths, heights and labels; `title` says how wide a frame's title is. False: the network is made
 * otherwise. */
bool layout_make(struct arrangement *layout, const struct drawing *drawing, struct placed *stacks,
                 double (*title)(const struct drawing *drawing, const struct box *box));

/* Bends a column whose shortcuts lie within each other, and get smaller, around the innermost: it goes down at the left
 * and rises at the right, with each shortcut's ends side by side. Before frames are closed. */
void layout_bend(struct arrangement *layout, int count, struct arena *arena);

int layout_depth(const struct arrangement *layout, int frame);
/* Room between what is in frame `from` and what is in frame `to` below it, for borders and titles. */
double layout_passage(const struct arrangement *layout, int from, int to);
/* How far a stack and its result's shape reach to the right of its middle. */
double layout_reach(const struct placed *placed);
/* The top of a stack, or of the outermost frame around it. */
double layout_top(const struct arrangement *layout, int stack);
/* Where the edge to or from the side of a stack touches it. */
double layout_leaves(const struct arrangement *layout, int stack);
double layout_arrives(const struct placed *placed);

#endif
