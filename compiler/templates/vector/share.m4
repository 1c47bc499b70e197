m4_dnl The function that the network calls where threads share a kernel's work: it hands the parts, each a call of
m4_dnl FUNCTION(_part), to the context's threads. TENSORS are the kernel's operands, weights among them.
m4_dnl EACH_TENSOR(text): a list of the text for each.
m4_define([<EACH_TENSOR>], [<LIST(TENSORS_AS([<$1>], TENSORS))>])m4_dnl
m4_define([<TENSORS_AS>], [<m4_ifelse([<$2>], [<>], [<>],
    [<m4_pushdef([<TENSOR>], [<$2>])$1[<>]m4_popdef([<TENSOR>])>])m4_dnl
m4_ifelse($#, 2, [<>], [<,TENSORS_AS([<$1>], m4_shift(m4_shift($@)))>])>])m4_dnl
m4_dnl Weights that are not floats are a member of their own, the first. POINTER is the type of a tensor's.
m4_define([<APART>], [<m4_eval(HALVES && IS(TENSOR, weights, 1, 0))>])m4_dnl
m4_define([<POINTER>], [<const IF(APART, [<WEIGHT_TYPE>], float) *TENSOR>])m4_dnl
struct FUNCTION(_call) {
    IF(HALVES, [<const WEIGHT_TYPE *weights;>])
    const float EACH_TENSOR([<IF(APART, [<>], [<*TENSOR>])>]), *last;
    float *out;
};

static void FUNCTION(_task)(void *argument, int part, int parts, void *scratch)
{
    const struct FUNCTION(_call) *const call = (const struct FUNCTION(_call) *)argument;
    IF(SCRATCH, [<>], [<(void)scratch;>])
    APPLY(FUNCTION(_part), EACH_TENSOR([<call->TENSOR>]), [<call->out>], IF(SCRATCH, [<(float *)scratch>]),
          part, parts);
}

static void APPLY(FUNCTION, [<const struct cnn_context *context>],
                  EACH_TENSOR([<POINTER>]), [<float *out>])
{
    struct FUNCTION(_call) call = {LIST(IF(HALVES, [<weights>]), EACH_TENSOR([<IF(APART, [<>], [<TENSOR>])>])), m4_dnl
NULL, out};
    if (context->pool)
        context->pool->run(context->pool, FUNCTION(_task), &call, context->pool->threads);
    else
        FUNCTION(_task)(&call, 0, 1, context->scratch);
}
