/* Where the program begins on x86-64: it takes the pages that every start needs, and those for recording a call, in a few system calls
 * instead of a page fault each (10 us on a virtual machine, where recording a call took 40 of them), and goes on at the C library's _start.
 *
 * What is needed lies together: src/CMakeLists.txt links it first, and last.S behind it. A kernel before Linux 5.14 refuses the advice, and
 * nothing happens. Sources: madvise(2); the psABI for x86-64, "Process Initialization" (%rdx and the stack are _start's). */

#define SYS_madvise 28
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#define PAGE 4096
#define STACK_PAGES 4 /* as deep as recording goes */

.macro advise advice /* the range stands in %rdi and %rsi */
  mov $\advice, %edx
  mov $SYS_madvise, %eax
  syscall
.endm

.macro take first, last, advice
  lea \first(%rip), %rdi
  and $-PAGE, %rdi
  lea \last(%rip), %rsi
  sub %rdi, %rsi
  advise \advice
.endm

  .text
  .globl sarray_entry
  .type sarray_entry, @function
sarray_entry:
  mov %rdx, %r12
  take __executable_start, sarray_last_code, MADV_POPULATE_READ
  take sarray_first_relro, sarray_last_zero, MADV_POPULATE_WRITE
  mov %rsp, %rdi
  and $-PAGE, %rdi
  sub $(STACK_PAGES * PAGE), %rdi
  mov $(STACK_PAGES * PAGE), %esi
  advise MADV_POPULATE_WRITE
  mov %r12, %rdx
  jmp _start

  .section .data.rel.ro, "aw"
sarray_first_relro:
  .byte 0

  .section .note.GNU-stack, "", @progbits
