m4_dnl Moves numbers: to[i*TO_0 + j*TO_1 + k*TO_2] = from[i*FROM_0 + j*FROM_1 + k*FROM_2].
ASSERT([<COUNT_0 >= 1 && COUNT_1 >= 1 && COUNT_2 >= 1>])m4_dnl
m4_define([<INDEX>], [<IF($2, [<TIMES([<$1>], $2)>])>])m4_dnl
m4_define([<PLACE>], [<PLUS(TERMS(INDEX([<i>], $1_0), INDEX([<j>], $1_1), [<TIMES([<k>], $1_2)>]), $1_START)>])m4_dnl
/* @about@ */
static void @function@(const TYPE *restrict from, TYPE *restrict to)
{
    WHEN(COUNT_0 > 1, [<
        for (int i = 0; i < COUNT_0; i++)
            for (int j = 0; j < COUNT_1; j++)
                for (int k = 0; k < COUNT_2; k++)
                    to[PLACE(TO)] = from[PLACE(FROM)];
    >])
    WHEN(COUNT_0 == 1 && COUNT_1 > 1, [<
        for (int j = 0; j < COUNT_1; j++)
            for (int k = 0; k < COUNT_2; k++)
                to[PLACE(TO)] = from[PLACE(FROM)];
    >])
    WHEN(COUNT_0 == 1 && COUNT_1 == 1, [<
        for (int k = 0; k < COUNT_2; k++)
            to[PLACE(TO)] = from[PLACE(FROM)];
    >])
}
