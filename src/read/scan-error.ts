/** What is wrong with bytes that should be JSON, in words and by place. */

export type ScanErrorKind = 'empty' | 'not-json' | 'not-object' | 'truncated' | 'syntax' | 'trailing'

/** What is wrong with the bytes, and where: `offset` counts from 0 in the (unpacked) input. */
export class ScanError extends Error {
  readonly kind: ScanErrorKind
  readonly offset: number
  readonly section: string | undefined

  constructor(kind: ScanErrorKind, message: string, offset: number, section: string | undefined) {
    super(message)
    this.kind = kind
    this.offset = offset
    this.section = section
  }
}

/** Zero bytes are what a file system leaves of a file that was not written out before a crash. */
const NAMES_OF_BYTES = new Map([
  [0x00, 'a zero byte'],
  [0x09, 'a tab'],
  [0x0a, 'a line feed'],
  [0x0d, 'a carriage return'],
  [0x20, 'a space'],
])

/** A byte as a person reads it: `'x'` for printable ASCII, else its name or number. */
export function describeByte(byte: number): string {
  const name = NAMES_OF_BYTES.get(byte)
  if (name !== undefined) return name
  return byte > 0x20 && byte < 0x7f ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, '0')}`
}
