m4_dnl A function of one s8, whose results the compiler knows. The result may lie where the input lies.
ASSERT([<COUNT >= 1>])m4_dnl
/* @about@ */
static void @function@(const signed char *in, const signed char *restrict table, signed char *out)
{
    for (int i = 0; i < COUNT; i++)
        out[i] = table[in[i] + 128];
}
