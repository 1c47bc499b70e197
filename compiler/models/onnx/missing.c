/* Replaces the importer where protobuf-c or ONNX's schema was missing at build time. */
#include "base/diag.h"
#include "models/onnx/import.h"
#include "models/onnx/onnx.h"

struct graph *onnx_import(struct arena *arena, struct diag *diag, const char *path, const struct onnx_options *options,
                          struct weights **weights)
{
    (void)arena, (void)options, (void)weights;
    struct message *message = diag_report_file(diag, CHECK_UNSUPPORTED, path,
                                               "this cnnc was built without the ONNX reader");
    message_help(message, "install libprotobuf-c-dev, protobuf-c-compiler and libonnx-dev, and build cnnc again");
    return NULL;
}

/* Only graphs of ONNX have results by name. */
bool import_only_quantised(struct importer *im, const char *name)
{
    (void)im, (void)name;
    return false;
}

/* TensorFlow Lite's reader, which hands steps of ONNX's operators on, has none with branches. */
bool op_if(struct importer *im, struct call *call)
{
    return refuse(im, call, "branches belong to ONNX models, which this cnnc was built without");
}
