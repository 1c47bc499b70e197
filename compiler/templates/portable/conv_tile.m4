m4_dnl The two functions of a tile: see conv_words.m4.
/* What a tile reads of a map, from row `top' and column `left' on, of which there may be none. */
static void @function@_window(const MAP_TYPE *restrict map, WINDOW_TYPE *restrict window, int top, int left)
{
    for (int i = 0; i < PHASES_H; i++)
        for (int j = 0; j < PHASES_W; j++)
            for (int r = 0; r < LINES; r++, window += LINE) {
                const int y = top + TIMES([<r>], STRIDE_H) + TIMES([<i>], SPREAD_H);
                const int shift = left + TIMES([<j>], SPREAD_W);
                WHEN(CLIP_H, [<
                    if (y < 0 || y >= IN_H) {
                        for (int x = 0; x < LINE; x++)
                            window[x] = PADDING;
                        continue;
                    }
                >])
                const MAP_TYPE *line = map + y * IN_W;
                WHEN(CLIP_W, [<
                    const int before = shift < 0 ? CEILING(-shift, STRIDE_W) : 0;
                    const int reach = CEILING(IN_W - shift, STRIDE_W);
                    const int first = before < LINE ? before : LINE;
                    const int end = reach < first ? first : reach < LINE ? reach : LINE;
                    for (int x = 0; x < first; x++)
                        window[x] = PADDING;
                    for (int x = first; x < end; x++)
                        window[x] = line[TIMES([<x>], STRIDE_W) + shift];
                    for (int x = end; x < LINE; x++)
                        window[x] = PADDING;
                >], [<
                    for (int x = 0; x < LINE; x++)
                        window[x] = line[TIMES([<x>], STRIDE_W) + shift];
                >])
            }
}

/* Adds what FILTERS filters, whose weights begin at `all', make of the window. */
static void @function@_add(const WINDOW_TYPE *restrict window, const WEIGHT_TYPE *restrict all, m4_dnl
SUM_TYPE sums[FILTERS][RUN])
{
    for (int i = 0; i < KERNEL_H; STEP(i, TAKEN))
        for (int j = 0; j < KERNEL_W; j++) {
            const WINDOW_TYPE *from = window + TERMS(IF(TAKEN < KERNEL_H, [<ROW_PLACE(i)>]), [<COLUMN_PLACE(j)>]);
            const WEIGHT_TYPE *w = all + TERMS(IF(TAKEN < KERNEL_H, [<TIMES(i, KERNEL_W)>]), j);
            WHEN(HALVES, [<
                FOR([<K>], FILTERS, [<
                    FOR([<T>], TAPS, [<
                        const float w[<>]K[<>]_[<>]T = STORED([<WEIGHT_AT>]);
                    >])
                >])
            >])
            for (int p = 0; p < RUN; p++) {
EACH([<K>], FILTERS, [<                sums[K][p] = sums[K][p]EACH([<T>], TAPS, [< + TAP>]);
>])            }
        }
}

