# PVH entry (Xen "x86/HVM direct boot ABI"): 32-bit protected mode, paging off, EBX -> hvm_start_info.
# Builds a coarse identity map of 4 GiB, enters long mode, enables SSE and AVX, calls boot_main(start_info).

.section .note.Xen, "a", @note
.align 4
.long 4, 4, 18                        # name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY
.asciz "Xen"
.long pvh_start

.section .boot32, "ax", @progbits
.code32
.globl pvh_start
pvh_start:
    cli
    cld
    mov esi, ebx
    mov eax, offset early_pdpt
    or eax, 3                         # present, writable
    mov [early_pml4], eax
    mov eax, offset early_pds
    or eax, 3
    mov edi, offset early_pdpt
    mov ecx, 4
1:  mov [edi], eax
    add eax, 4096
    add edi, 8
    dec ecx
    jnz 1b
    mov edi, offset early_pds
    mov eax, 0x83                     # present, writable, 2 MiB
    mov ecx, 2048
2:  mov [edi], eax
    add eax, 0x200000
    add edi, 8
    dec ecx
    jnz 2b
    mov eax, cr4
    or eax, (1<<5)|(1<<9)|(1<<10)|(1<<18)   # PAE, OSFXSR, OSXMMEXCPT, OSXSAVE
    mov cr4, eax
    mov eax, offset early_pml4
    mov cr3, eax
    mov ecx, 0xc0000080               # EFER
    rdmsr
    or eax, (1<<8)|(1<<11)            # LME, NXE
    wrmsr
    mov eax, cr0
    and eax, ~((1<<2)|(1<<3))         # EM, TS off: no emulated and no lazy FPU
    or eax, (1<<31)|(1<<16)|(1<<1)|1  # PG, WP, MP, PE
    mov cr0, eax
    lgdt [early_gdt_pointer]
    .byte 0xea                        # far jump, hand-encoded: assemblers disagree on its operand order
    .long long_start
    .word 8

.code64
long_start:
    xor eax, eax                      # null data selectors; SS too is allowed to be null in ring 0 of long mode
    mov ds, ax
    mov es, ax
    mov fs, ax
    mov gs, ax
    mov ss, ax
    xor ecx, ecx                      # XCR0 = x87, SSE, AVX
    xor edx, edx
    mov eax, 7
    xsetbv
    lea rsp, [main_stack_top]
    xor ebp, ebp
    mov edi, esi
    call boot_main
    ud2

.section .rodata.early_gdt, "a", @progbits
.align 8
early_gdt: .quad 0, 0x00af9a000000ffff
early_gdt_pointer: .word 15
    .long early_gdt

# Stacks grow down; the page below each is left out of the page tables.
.section .bss.boot, "aw", @nobits
.align 4096
early_pml4: .skip 4096
early_pdpt: .skip 4096
early_pds:  .skip 16384
.globl main_stack_guard
main_stack_guard: .skip 4096
    .skip 262144
.globl main_stack_top
main_stack_top:
.globl fault_stack_guard
fault_stack_guard: .skip 4096
    .skip 32768
.globl fault_stack_top
fault_stack_top:
.globl interrupt_stack_guard
interrupt_stack_guard: .skip 4096
    .skip 4096
.globl interrupt_stack_top
interrupt_stack_top:
.balign 8192                          # so that both of the vault's pages hang off one table
.globl vault_pages
vault_pages: .skip 8192
.text
