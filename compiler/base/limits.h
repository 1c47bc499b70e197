/* Every limit of cnnc, and what it counts. The tables for users in grammar/LANGUAGE.md (part "language") and
 * SECURITY.md (all parts) derive from these lines. */
#ifndef CNNC_LIMITS_H
#define CNNC_LIMITS_H

#include <stdint.h>

/* clang-format off */
/* language */
#define LIMIT_TEXT (4 << 20)                 /* bytes of a `.cnn` text */
#define LIMIT_LAYERS 20000                   /* layers of a network; outputs of a model */
#define LIMIT_ELEMENTS ((int64_t)1 << 31)    /* numbers in a tensor, or in a weight tensor */
#define LIMIT_ROUNDS 100000                  /* rounds of a repeat */
#define LIMIT_ITEMS 200000                   /* items that a network unrolls to, attempts included */
#define LIMIT_TERMS 10000000                 /* terms evaluated in all expressions together */
#define LIMIT_NESTING 200                    /* nesting of brackets and operators */
#define LIMIT_DEPTH 200                      /* nesting of blocks; params defined by other params */
#define LIMIT_ENTRIES (1 << 20)              /* entries of a table or a literal */
#define LIMIT_FORMALS 200                    /* formals of a block */
#define LIMIT_NAME 1000                      /* bytes of a label or of a layer's full name */
#define LIMIT_ERRORS 20                      /* errors shown in one run */
/* weights */
#define LIMIT_STORED_TENSORS 100000          /* tensors of a weight file */
#define LIMIT_STORED_AXES 8                  /* axes of a tensor in a weight file or a model */
#define LIMIT_STORED_NAME 4096               /* bytes of a tensor's name in a weight file */
#define LIMIT_SAFETENSORS_HEADER (16 << 20)  /* bytes of the header of a `.safetensors` file */
#define LIMIT_NPY_HEADER (64 << 10)          /* bytes of the header of a `.npy` array */
#define LIMIT_EMBEDDED (4 << 20)             /* bytes of weights inside the C source */
/* models */
#define LIMIT_MODEL ((int64_t)1 << 31)       /* bytes of a model, without an ONNX model's external data */
#define LIMIT_MESSAGES 40                    /* messages within messages of an ONNX model */
#define LIMIT_FOLDED ((int64_t)256 << 20)    /* bytes of constants computed on import, beyond 8 times the files' size */
#define LIMIT_MATRIX (4 << 20)               /* entries of a matrix that replaces an operator of a model */
#define LIMIT_PARTS 100000                   /* tensors, or operators, of a TensorFlow Lite model */
#define LIMIT_OPERANDS 4096                  /* inputs, or results, of an operator of a TensorFlow Lite model */
/* programs */
#define LIMIT_M4_SECONDS 60                  /* seconds that m4 may take */
#define LIMIT_M4_OUTPUT (64 << 20)           /* bytes that m4 may write */
#define LIMIT_DOT_SECONDS 120                /* seconds that `dot` may take */
#define LIMIT_DOT_OUTPUT (256 << 20)         /* bytes that `dot` may write */
#define LIMIT_RSVG_SECONDS 120               /* seconds that `rsvg-convert` may take */
#define LIMIT_RSVG_OUTPUT (256 << 20)        /* bytes that `rsvg-convert` may write */
#define LIMIT_COMPILE_SECONDS 1800           /* seconds that the C compiler of `--verify` or `--train` may take */
#define LIMIT_RUN_SECONDS 1800               /* seconds that the program of `--verify` may take */
#define LIMIT_REQUEST (64 << 20)             /* bytes of a message to `--lsp` */
/* clang-format on */

#endif
