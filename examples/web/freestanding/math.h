/* The part of math.h that LeNet-5's generated code needs: WebAssembly has no C library. */
#ifndef MATH_H
#define MATH_H

#define INFINITY __builtin_inff()

#endif
