/** How V8 compiles the program: a question about a small file is answered before much of what V8 optimizes has paid for itself. */
import {closeSync, openSync, readSync, statSync} from 'node:fs'
import {setFlagsFromString} from 'node:v8'

/** From here on loops run long, and several threads read. */
const SMALL_BYTES = 32e6
const OPEN_BRACE = 0x7b

/**
 * What is worth it was measured for each V8 (docs/decisions/compiling-for-small-files.md), and only flags that this one has may be set: it
 * writes a line of its own about others. V8 looks at them whenever it considers a function (`OptimizedCompilationInfo::ConfigureFlags`,
 * `TieringManager`), so that they may change while it runs. `from` and `to`: major versions of V8, the latter not included.
 */
const FLAGS = [
  {from: 11, to: 15, small: '--no-turbo-inlining', large: '--turbo-inlining'},
  // Eight times the budget, before Maglev came: less is optimized, and later.
  {from: 11, to: 12, small: '--interrupt-budget=540672', large: '--interrupt-budget=67584'},
  // A loop that Maglev has replaced on the stack is not replaced once more.
  {from: 13, to: 15, small: '--no-osr-from-maglev', large: '--osr-from-maglev'},
]

let isSmallNow = false

/** To be called before a file is read. */
export function compileFor(file: string): void {
  const isSmall = isSmallFile(file)
  if (isSmall === isSmallNow) return
  isSmallNow = isSmall
  const version = Number.parseInt(process.versions.v8, 10)
  for (const {from, to, small, large} of FLAGS) {
    if (version >= from && version < to) setFlagsFromString(isSmall ? small : large)
  }
}

/** False for what may be large once unpacked, and for what says no size. */
export function isSmallFile(file: string): boolean {
  try {
    const found = statSync(file)
    if (!found.isFile() || found.size >= SMALL_BYTES) return false
    const fd = openSync(file, 'r')
    try {
      const first = Buffer.alloc(1)
      return readSync(fd, first) === 1 && first[0] === OPEN_BRACE
    } finally {
      closeSync(fd)
    }
  } catch {
    // Reading it will say what is wrong.
    return false
  }
}
