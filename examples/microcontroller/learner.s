/* The sample digits, 28x28 bytes each, their labels, a line each, and the weights that the computer has learned. */
    .section .rodata
    .global digits, labels, weights, weights_end
digits:
    .incbin "sample-images.u8"
labels:
    .incbin "sample-labels.txt"
    .balign 4
weights:
    .incbin "learner.safetensors"
weights_end:
    .section .note.GNU-stack, "", %progbits
