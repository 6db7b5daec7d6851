# Interrupt entry points, 16 bytes apart each, so that the table of gates is arithmetic.

.section .text.vectors, "ax", @progbits
.align 16
.globl exception_entries
exception_entries:
.irp vector, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    .align 16
    # Intel SDM vol. 3A table 6-1: these push an error code, the others get a zero.
    .if (\vector == 8) || (\vector >= 10 && \vector <= 14) || (\vector == 17) || (\vector == 21) || (\vector == 29) || (\vector == 30)
    .else
    push 0
    .endif
    push \vector
    jmp exception_common
.endr

.align 16
exception_common:                     # rsp -> vector, error code, rip, cs, rflags, rsp, ss
    mov rdi, rsp
    and rsp, -16
    cld
    call exception
    ud2

# Interrupts are enabled only while the processor halts (hal's `idle`), so a wake-up is all there is to do.
.align 16
.globl wake_entry
wake_entry:
    push rax
    mov eax, 0xfee000b0               # local APIC, end of interrupt
    mov dword ptr [rax], 0
    pop rax
    iretq

.align 16
.globl spurious_entry
spurious_entry:                       # a spurious interrupt takes no end of interrupt
    iretq
.text
