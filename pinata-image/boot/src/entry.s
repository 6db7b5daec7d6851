# PVH entry (Xen "x86/HVM direct boot ABI"): 32-bit protected mode, paging off, EBX -> hvm_start_info.
# Builds a coarse identity map of 4 GiB, enters long mode, enables SSE and AVX, calls boot_main(start_info).
#
# This runs at its linked address, but the image is linked to run anywhere: 32-bit code has no addresses relative to itself, so it
# keeps that of pvh_start, which comes first in the image, in EBP.

.section .note.Xen, "a", @note
.align 4
.long 4, 4, 18                        # name size, descriptor size, XEN_ELFNOTE_PHYS32_ENTRY
.asciz "Xen"
.long LINKED_AT

# Where link.ld has pvh_start.
.set LINKED_AT, 0x100000
# Within early_tables, after the top-level one.
.set EARLY_PDPT, 4096
.set EARLY_PDS, 8192

.section .boot32, "ax", @progbits
.set DISTANCE, distance - pvh_start
.set GDT_POINTER, early_gdt_pointer - pvh_start
.code32
.globl pvh_start
pvh_start:
    cli
    cld
    mov esi, ebx
    mov ebp, LINKED_AT
    mov ebx, [ebp + DISTANCE]
    lea ebx, [ebx + ebp + DISTANCE]   # early_tables
    lea edi, [ebx + EARLY_PDPT]
    lea eax, [edi + 3]                # present, writable
    mov [ebx], eax
    lea eax, [ebx + EARLY_PDS + 3]
    mov ecx, 4
1:  mov [edi], eax
    add eax, 4096
    add edi, 8
    dec ecx
    jnz 1b
    lea edi, [ebx + EARLY_PDS]
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
    mov cr3, ebx
    mov ecx, 0xc0000080               # EFER
    rdmsr
    or eax, (1<<8)|(1<<11)            # LME, NXE
    wrmsr
    mov eax, cr0
    and eax, ~((1<<2)|(1<<3))         # EM, TS off: no emulated and no lazy FPU
    or eax, (1<<31)|(1<<16)|(1<<1)|1  # PG, WP, MP, PE
    mov cr0, eax
    lgdt [ebp + GDT_POINTER]
    .byte 0xea                        # far jump, hand-encoded: assemblers disagree on its operand order
    .long LINKED_AT + long_start - pvh_start
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
    lea rsp, [rip + main_stack_top]
    xor ebp, ebp
    mov edi, esi
    call boot_main
    ud2

.align 8
distance: .long early_tables - distance
.align 8
early_gdt: .quad 0, 0x00af9a000000ffff
early_gdt_pointer: .word 15
    .long LINKED_AT + early_gdt - pvh_start

.section .bss.boot, "aw", @nobits
.align 4096
early_tables: .skip 24576

# Memory that is mapped elsewhere (placement.rs), at its own address only as long as the coarse map is in use.
.section .placed, "aw", @nobits
.align 4096
.globl main_stack
main_stack: .skip 262144
.globl main_stack_top
main_stack_top:
.globl fault_stack
fault_stack: .skip 32768
.globl fault_stack_top
fault_stack_top:
.globl interrupt_stack
interrupt_stack: .skip 4096
.globl interrupt_stack_top
interrupt_stack_top:
.globl vault_pages
vault_pages: .skip 8192
.text
