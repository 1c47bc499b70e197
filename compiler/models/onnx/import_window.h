/* The window arguments that convolutions and pools have in common. */
#ifndef CNNC_ONNX_IMPORT_WINDOW_H
#define CNNC_ONNX_IMPORT_WINDOW_H

#include "import.h"

/* Reads strides, pads, dilations and auto_pad for images of `dims` (1 x C x H x W or 1 x C x L) into
 * args; the window is kernel_shape or, where that is missing, `kernel`. */
bool call_window(struct importer *im, struct call *call, const struct dims *dims, const int64_t *kernel,
                 struct layer_args *args);
bool call_pair(struct importer *im, struct call *call, const char *name, int spatial, int64_t fallback,
               struct pair *pair);
/* dims of a result of `images` images of that shape. */
struct dims image_dims(int rank, int64_t images, struct shape shape);

#endif
