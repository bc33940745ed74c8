/** Sections that stand before the header. */
import type {SectionPlan} from '../../read/json-scanner.ts'
import {RowError} from './columns.ts'

/** One of them: its numbers, kept until the header says what they mean. */
export class Waiting {
  readonly #blocks: Float64Array[] = []

  rows(values: Float64Array, rows: number): void {
    this.#blocks.push(values.slice(0, rows))
  }

  /** Hands the numbers on in rows, as the scanner would have. */
  replay(section: string, plan: SectionPlan & {kind: 'numbers'}): void {
    const {rowLength} = plan
    let rest = new Float64Array(0)
    let count = 0
    for (const block of this.#blocks.splice(0)) {
      const values = new Float64Array(rest.length + block.length)
      values.set(rest)
      values.set(block, rest.length)
      const rows = Math.floor(values.length / rowLength)
      if (rows > 0) plan.rows(values, rows)
      rest = values.slice(rows * rowLength)
      count += block.length
    }
    if (rest.length > 0) {
      const last = Math.floor(count / rowLength)
      throw new RowError(section, last, count - 1, `the last row has ${rest.length} of ${rowLength} numbers`)
    }
  }
}
