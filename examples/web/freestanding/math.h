/* The little of math.h that LeNet-5's generated code needs: WebAssembly comes without a C library. */
#ifndef MATH_H
#define MATH_H

#define INFINITY __builtin_inff()

#endif
