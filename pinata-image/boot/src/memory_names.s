# What compiled code calls: see `memory.s`.

.globl memmove, memcpy, memset, memcmp, bcmp
.set memmove, pinata_memmove
.set memcpy, pinata_memcpy
.set memset, pinata_memset
.set memcmp, pinata_memcmp
.set bcmp, pinata_memcmp

.section .text.unwind, "ax", @progbits
.globl _Unwind_Resume
_Unwind_Resume:                       # the prebuilt alloc crate refers to it; with panic=abort nothing reaches it
    ud2
.text
