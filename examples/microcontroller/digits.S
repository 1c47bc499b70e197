/* The first three of the sample digits, 28x28 bytes each. */
    .section .rodata
    .global digits
digits:
    .incbin "sample-images.u8", 0, 3 * 28 * 28
    .section .note.GNU-stack, "", %progbits
