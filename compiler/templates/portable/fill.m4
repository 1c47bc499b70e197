m4_dnl One number everywhere.
ASSERT([<COUNT >= 1>])m4_dnl
/* @about@ */
static void @function@(TYPE *out)
{
    for (int i = 0; i < COUNT; i++)
        out[i] = VALUE;
}
