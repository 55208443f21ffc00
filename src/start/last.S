/* The end of what entry.S takes. */
  .text
  .globl sarray_last_code
sarray_last_code:
  nop
  .bss
  .globl sarray_last_zero
sarray_last_zero:
  .byte 0

  .section .note.GNU-stack, "", @progbits
