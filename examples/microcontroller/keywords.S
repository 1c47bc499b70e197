/* Spectra to listen to: those of a file, or one without any sound. */
    .section .rodata
    .global spectra, spectra_end
spectra:
#ifdef KEYWORDS_INPUT
    .incbin KEYWORDS_INPUT
#else
    .fill 490, 1, 0x80
#endif
spectra_end:
    .section .note.GNU-stack, "", %progbits
