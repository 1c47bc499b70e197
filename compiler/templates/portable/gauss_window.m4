m4_dnl The weights of distance-weighted pooling along one axis: exp(-d^2/(2*s^2)), d the distance from the
m4_dnl window's centre and s half its size.
ASSERT([<1>])m4_dnl
static void @function@(float *weights, int size)
{
    const float spread = 0.5f * (float)size;
    for (int i = 0; i < size; i++) {
        const float distance = (float)i - 0.5f * (float)(size - 1);
        weights[i] = expf(-distance * distance / (2.0f * spread * spread));
    }
}
