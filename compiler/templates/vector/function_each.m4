m4_dnl A costly function of many vectors: written out once, and not for each sum of each kernel. The processor computes
m4_dnl several rounds at once, so that none waits for the one before.
/* Of so many vectors. */
TARGET static __attribute__((noinline)) void FUNCTION()(VECTOR *x, int count)
{
    for (int i = 0; i < count; i++)
        x[i] = OF_ONE[<>](x[i]);
}

