m4_dnl Whole numbers, which were computed as floats, for the caller:
m4_dnl to[i*TO_0 + j*TO_1 + k*TO_2] = from[i*FROM_0 + j*FROM_1 + k*FROM_2].
ASSERT([<COUNT_0 >= 1 && COUNT_1 >= 1 && COUNT_2 >= 1>])m4_dnl
m4_define([<INDEX>], [<IF($2, [<TIMES([<$1>], $2)>])>])m4_dnl
m4_define([<PLACE>], [<TERMS(INDEX([<i>], $1_0), INDEX([<j>], $1_1), [<TIMES([<k>], $1_2)>])>])m4_dnl
/* @about@ */
static void @function@(const float *restrict from, int32_t *restrict to)
{
    for (int i = 0; i < COUNT_0; i++)
        for (int j = 0; j < COUNT_1; j++)
            for (int k = 0; k < COUNT_2; k++)
                to[PLACE(TO)] = (int32_t)from[PLACE(FROM)];
}
