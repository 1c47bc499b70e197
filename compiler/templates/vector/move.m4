m4_dnl A tensor copied as it lies in memory, halo and all.
/* @about@ */
TARGET static void FUNCTION()(const TYPE *restrict in, TYPE *restrict out)
{
    memcpy(out, in, m4_eval(COUNT) * sizeof(TYPE));
}
