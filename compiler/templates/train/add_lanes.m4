m4_include([<train/train.m4>])m4_dnl
/* The sum of a vector's lanes: a gradient that is written, or added to. */
TARGET static inline void FUNCTION()(VECTOR sums, float *gradient, int fresh)
{
    float sum = 0.0f;
    for (int l = 0; l < LANES; l++)
        sum += sums[l];
    *gradient = fresh ? sum : *gradient + sum;
}
