# The memory functions that compiled code calls. Written here because a compiler may turn a Rust loop that copies into a call
# of itself. Vector registers of 16 bytes: every x86-64 has them and emulation pays for wider ones. The names that compilers know
# are given in `memory_names.s`, so that a test on the host can call these beside its own.

.section .text.memory, "ax", @progbits

.globl pinata_memmove
pinata_memmove:                       # rdi destination, rsi source, rdx length -> rax destination
    mov rax, rdi
    sub rax, rsi
    cmp rax, rdx                      # unsigned: destination inside source, so copy from the end
    jb 5f
.globl pinata_memcpy
pinata_memcpy:
    mov rax, rdi
    cmp rdx, 16
    jb 3f
    movups xmm7, [rsi + rdx - 16]     # the last 16 bytes are stored last and may overlap what the loop wrote
    lea r8, [rdi + rdx - 16]
    sub rsi, rdi
    lea r9, [r8 - 48]
    cmp rdi, r9
    jae 2f
1:  movups xmm0, [rdi + rsi]
    movups xmm1, [rdi + rsi + 16]
    movups xmm2, [rdi + rsi + 32]
    movups xmm3, [rdi + rsi + 48]
    movups [rdi], xmm0
    movups [rdi + 16], xmm1
    movups [rdi + 32], xmm2
    movups [rdi + 48], xmm3
    add rdi, 64
    cmp rdi, r9
    jb 1b
2:  cmp rdi, r8
    jae 4f
    movups xmm0, [rdi + rsi]
    movups [rdi], xmm0
    add rdi, 16
    jmp 2b
4:  movups [r8], xmm7
    ret
3:  # fewer than 16: two overlapping words, all loads before any store
    cmp edx, 8
    jb 31f
    mov rcx, [rsi]
    mov r8, [rsi + rdx - 8]
    mov [rdi], rcx
    mov [rdi + rdx - 8], r8
    ret
31: cmp edx, 4
    jb 32f
    mov ecx, [rsi]
    mov r8d, [rsi + rdx - 4]
    mov [rdi], ecx
    mov [rdi + rdx - 4], r8d
    ret
32: test edx, edx
    jz 33f
    mov r9, rdx
    shr r9, 1
    movzx ecx, byte ptr [rsi]
    movzx r8d, byte ptr [rsi + rdx - 1]
    movzx r10d, byte ptr [rsi + r9]
    mov [rdi], cl
    mov [rdi + r9], r10b
    mov [rdi + rdx - 1], r8b
33: ret
5:  mov rax, rdi
    cmp rdx, 16
    jb 3b
    movups xmm7, [rsi]                # the first 16 bytes, stored last
6:  movups xmm0, [rsi + rdx - 16]
    movups [rdi + rdx - 16], xmm0
    sub rdx, 16
    cmp rdx, 16
    ja 6b
    movups [rdi], xmm7
    ret

.globl pinata_memset
pinata_memset:                        # rdi destination, esi byte, rdx length -> rax destination
    mov rax, rdi
    movzx esi, sil
    mov rcx, 0x0101010101010101
    imul rsi, rcx
    cmp rdx, 16
    jb 3f
    movq xmm0, rsi
    punpcklqdq xmm0, xmm0
    lea r8, [rdi + rdx - 16]
    lea r9, [r8 - 48]
    cmp rdi, r9
    jae 2f
1:  movups [rdi], xmm0
    movups [rdi + 16], xmm0
    movups [rdi + 32], xmm0
    movups [rdi + 48], xmm0
    add rdi, 64
    cmp rdi, r9
    jb 1b
2:  cmp rdi, r8
    jae 4f
    movups [rdi], xmm0
    add rdi, 16
    jmp 2b
4:  movups [r8], xmm0
    ret
3:  test edx, edx
    jz 5f
    mov [rdi], sil
    inc rdi
    dec edx
    jmp 3b
5:  ret

.globl pinata_memcmp

pinata_memcmp:                        # rdi, rsi, rdx length -> eax negative, zero, positive
1:  cmp rdx, 8
    jb 2f
    mov rax, [rdi]
    mov rcx, [rsi]
    cmp rax, rcx
    jne 3f
    add rdi, 8
    add rsi, 8
    sub rdx, 8
    jmp 1b
2:  test rdx, rdx
    jz 4f
    movzx eax, byte ptr [rdi]
    movzx ecx, byte ptr [rsi]
    sub eax, ecx
    jnz 5f
    inc rdi
    inc rsi
    dec rdx
    jmp 2b
3:  bswap rax                         # memory order is the order of a big-endian number
    bswap rcx
    cmp rax, rcx
    sbb eax, eax
    or eax, 1
    ret
4:  xor eax, eax
5:  ret
.text
