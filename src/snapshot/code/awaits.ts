/**
 * The awaits of a script, function by function. V8 numbers those of a function as it writes its bytecode (`BytecodeGenerator::BuildSuspendPoint`,
 * `suspend_count_`), and a suspended one has the number as its `continuation` (`JSGeneratorObject`).
 */
import {getOrMake} from '../../util/memo.ts'

/** Awaits of one function in the order in which V8 numbers them; of a module's top level, too. */
export interface Awaits {
  /** Of each `await`. */
  offsets: number[]
  /** Whether their order is known to be V8's: not with `for await` among them, which waits in several places. */
  isOrdered: boolean
}

/** What has awaits. */
interface Awaiting {
  isAsync: boolean
  isGenerator: boolean
}

interface Found {
  offset: number
  /** Where V8 writes its code: behind what is awaited. */
  written: number
}

export class AwaitsOfFunctions<Function extends Awaiting> {
  readonly #found = new Map<Function | undefined, {awaits: Found[]; isOrdered: boolean}>()
  /** What stands before a loop's body and is written behind it. */
  readonly #late: {start: number; end: number; written: number}[] = []

  add(within: Function | undefined, offset: number, end: number): void {
    this.#of(within).awaits.push({offset, written: end})
  }

  /** `for await`. */
  addLoop(within: Function | undefined, offset: number): void {
    this.add(within, offset, offset)
    this.#of(within).isOrdered = false
  }

  /** A part of the text that V8 writes later than what follows it. */
  late(start: number, end: number, written: number): void {
    this.#late.push({start, end, written})
  }

  all(): ReadonlyMap<Function | undefined, Awaits> {
    const all = new Map<Function | undefined, Awaits>()
    for (const [within, {awaits, isOrdered}] of this.#found) {
      const written = (one: Found) =>
        this.#late.find(({start, end}) => start <= one.offset && one.offset < end)?.written ?? one.written
      const sorted = awaits
        .map(one => ({...one, written: written(one)}))
        .sort((a, b) => a.written - b.written || a.offset - b.offset)
      // Generators and modules have a number before the first line.
      const isPlain = within?.isAsync === true && !within.isGenerator
      all.set(within, {offsets: sorted.map(({offset}) => offset), isOrdered: isOrdered && isPlain})
    }
    return all
  }

  #of(within: Function | undefined): {awaits: Found[]; isOrdered: boolean} {
    return getOrMake(this.#found, within, () => ({awaits: [], isOrdered: true}))
  }
}
