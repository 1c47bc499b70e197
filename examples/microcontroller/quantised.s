/* The sample digits, 28x28 bytes each, and their labels, a line each. */
    .section .rodata
    .global digits, labels
digits:
    .incbin "sample-images.u8"
labels:
    .incbin "sample-labels.txt"
    .section .note.GNU-stack, "", %progbits
