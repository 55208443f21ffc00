/* Where the program begins on x86-64: it takes the pages that every start needs, and those for recording a call, in a few system calls
 * instead of a page fault each (2 to 10 us on virtual machines, where recording a call took 40 of them), and goes on at the C library's
 * _start. A page that is taken and not needed costs as much as a fault saves: of the code, one page of each window is asked for, around
 * which the kernel maps what the page cache has (Linux, mm/memory.c, do_fault_around; a madvise of the whole would go page by page);
 * of the data, what is written.
 *
 * What is needed lies together: src/CMakeLists.txt links it first, and last.S behind it. A kernel before Linux 5.14 refuses the first
 * advice, and is given no other. Sources: madvise(2); the psABI for x86-64, "Process Initialization" (%rdx and the stack are _start's). */

#define SYS_madvise 28
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#define PAGE 4096
#define WINDOW 65536 /* what the kernel maps around a page of a file: one page of each brings the others */
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
  lea __executable_start(%rip), %rdi
  lea sarray_last_code(%rip), %r13
1:
  mov $(2 * PAGE), %esi /* the first page is the file's head, and no code */
  advise MADV_POPULATE_READ
  test %eax, %eax
  js 2f
  add $WINDOW, %rdi
  cmp %r13, %rdi
  jb 1b
  take __libc_stack_end-PAGE, __libc_stack_end, MADV_POPULATE_WRITE
  take __data_start, sarray_last_zero, MADV_POPULATE_WRITE
  mov %rsp, %rdi
  and $-PAGE, %rdi
  sub $(STACK_PAGES * PAGE), %rdi
  mov $(STACK_PAGES * PAGE), %esi
  advise MADV_POPULATE_WRITE
2:
  mov %r12, %rdx
  jmp _start

  .section .note.GNU-stack, "", @progbits
