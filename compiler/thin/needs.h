/* Inside thin/: which channels of which values can go. */
#ifndef CNNC_THIN_NEEDS_H
#define CNNC_THIN_NEEDS_H

#include "thin/ranges.h"

/* By value id, one a channel: can it go? What reads it then has its value in biases, or is without that channel too. A
 * value keeps one channel at least, and a multiple of `unit' of them, if it had one. */
bool **needs_find(const struct ranges *ranges, int64_t unit);

#endif
