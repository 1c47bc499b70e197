m4_dnl The loop of elementwise.m4 over blocks, from FROM_BLOCK to TO_BLOCK; SUMMANDS points to those of an affine
m4_dnl operation.
m4_define([<OTHER>], [<LOAD(IF(ONE_PIXEL, [<second>], [<second + x * BLOCK>]))>])m4_dnl
m4_define([<OTHER_ROW>], [<IF(ONE_PIXEL, [<>], [< + y * SECOND_ROW>])>])m4_dnl
m4_define([<COMPUTE_add>], [<a + OTHER>])m4_dnl
m4_define([<COMPUTE_sub>], [<a - OTHER>])m4_dnl
m4_define([<COMPUTE_mul>], [<a * OTHER>])m4_dnl
m4_define([<COMPUTE_max>], [<LARGER(a, OTHER)>])m4_dnl
m4_define([<COMPUTE_min>], [<LESSER([<a>], [<OTHER>])>])m4_dnl
m4_define([<COMPUTE_div>], [<a / OTHER>])m4_dnl
m4_define([<COMPUTE_pow>], [<POWER_OF([<a>], [<OTHER>])>])m4_dnl
m4_define([<COMPUTE_less>], [<PICK(a, <, OTHER, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_define([<COMPUTE_greater>], [<PICK(a, >, OTHER, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_define([<COMPUTE_equal>], [<PICK(a, ==, OTHER, SPLAT(1.0f), SPLAT(0.0f))>])m4_dnl
m4_define([<COMPUTE_affine>], [<a * factor + summand>])m4_dnl
m4_define([<COMPUTE_apply>], [<a>])m4_dnl
m4_define([<APPLIED>], [<IF(SLOPES, [<ACTIVATION[<>](r, slope)>], [<VECTOR_ACTIVATE(r)>])>])m4_dnl
    for (int block = FROM_BLOCK; block < TO_BLOCK; block++)
        for (int lane = 0; lane < BLOCK; lane += LANES) {
            WHEN_IS(KIND, affine, [<
                const VECTOR LIST([<factor = LOAD(weights + block * BLOCK + lane)>],
                                  [<summand = LOAD(SUMMANDS + block * BLOCK + lane)>]);
            >])
            IF(SLOPES, [<const VECTOR slope = LOAD(weights + block * BLOCK + lane);>])
            for (int y = 0; y < OUT_H; y++) {
                const float *first = MAPS(in, IN, block, BLOCKS) + y * IN_ROW + lane;
                WHEN(SECOND, [<
                    const float *second = MAPS(in2, [<SECOND>], block, BLOCKS)OTHER_ROW + lane;
                >])
                float *to = MAPS(out, OUT, block, BLOCKS) + y * OUT_ROW + lane;
                for (int x = 0; x < OUT_W; x++) {
                    const VECTOR a = LOAD(first + x * BLOCK);
                    const VECTOR r = m4_indir([<COMPUTE_>]KIND);
                    STORE(to + x * BLOCK, APPLIED)
                }
            }
        }
