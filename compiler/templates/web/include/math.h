/* The part of math.h that generated code needs. What WebAssembly has no instruction for is in math.c. */
#ifndef MATH_H
#define MATH_H

#define INFINITY __builtin_inff()
#define NAN __builtin_nanf("")

float fabsf(float x);
float sqrtf(float x);
float floorf(float x);
float ceilf(float x);
float rintf(float x);
float roundf(float x);
float expf(float x);
float expm1f(float x);
float logf(float x);
float log1pf(float x);
float powf(float x, float y);
float tanhf(float x);
float erff(float x);
float sinf(float x);
float cosf(float x);
float tanf(float x);
float asinf(float x);
float acosf(float x);
float atanf(float x);
float sinhf(float x);
float coshf(float x);
float asinhf(float x);
float acoshf(float x);
float atanhf(float x);

#endif
