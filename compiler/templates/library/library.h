
/* ---- The shared library: the functions above and these, with cnnc's runtime inside. Nothing else is exported. ---- */

#ifndef CNN_@name@_LIBRARY_H
#define CNN_@name@_LIBRARY_H

#ifdef __cplusplus
extern "C" {
#endif

struct cnn_net;   /* an open network: weights, memory, threads; one call at a time */
struct cnn_error; /* an int, 0 or why it failed, and a message of 256 bytes; NULL: not wanted (cnn.h) */

/* JSON: the network's name, version, hash, memory, inputs and outputs. */
const char *@name@_describe(void);
/* weights_path NULL: the embedded weights. threads: how many share a call. NULL on failure. */
struct cnn_net *@name@_open(const char *weights_path, int threads, struct cnn_error *error);
/* The bytes of a .cnnw file; they must stay while the network is open. */
struct cnn_net *@name@_open_memory(const void *weights, size_t weights_bytes, int threads, struct cnn_error *error);
/* Each input and output in a dense array; of a network of --batch=N, N images. */
void @name@_call(struct cnn_net *net, const void *const inputs[], void *const outputs[]);
/* Calls in a row, for `count` images: one array of each input and output, one image after the other. For a network of
 * --batch=N, `count` is at least N, or nothing is computed. */
void @name@_batch(struct cnn_net *net, size_t count, const void *const inputs[], void *const outputs[]);
/* Other weights, also while a call runs on another thread: the next call has them. 0, or the error's code. Bytes must
 * stay, as those of open_memory; earlier ones until the next call has begun. */
int @name@_reload(struct cnn_net *net, const char *weights_path, struct cnn_error *error);
int @name@_reload_memory(struct cnn_net *net, const void *weights, size_t weights_bytes, struct cnn_error *error);
/* Of the weights in use; 0: there are none. Like a call: not while another one runs. */
uint64_t @name@_weights_hash(struct cnn_net *net);
void @name@_close(struct cnn_net *net);

#ifdef __cplusplus
}
#endif

#endif
