/** The allocation stacks that some nodes of a heap need, as the sections of a file: the places in the tree of calls up to its root, their functions, and samples. */
import {indexInSorted} from '../../util/bisect.ts'
import {BitSet} from '../../util/bit-set.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {noTraces, sampleOf, traceOf, traces} from '../columns/traces.ts'
import type {SnapshotWriter} from './snapshot-writer.ts'

/** Fields of the rows, in V8's order. */
export const TRACE_FIELDS = {
  trace_function_info_fields: ['function_id', 'name', 'script_name', 'script_id', 'line', 'column'],
  trace_node_fields: ['id', 'function_info_index', 'count', 'size', 'children'],
  sample_fields: ['timestamp_us', 'last_assigned_id'],
}
const FUNCTION_ROW = TRACE_FIELDS.trace_function_info_fields.length
const SAMPLE_ROW = TRACE_FIELDS.sample_fields.length
const NONE = -1

export class PartTraces {
  readonly #snapshot: Snapshot
  /** Places of the tree that stay, ascending. */
  readonly #places: Uint32Array
  /** Functions that stay, ascending. */
  readonly #functions: Uint32Array
  readonly #samples: Uint32Array

  /** `nodes`: ordinals of those that stay; undefined: nothing is wanted of this. Linear in them and in the tree. */
  constructor(snapshot: Snapshot, nodes: Uint32Array | undefined) {
    const {traceId, traceCaller, traceFunction, functionName, sampleTime} =
      nodes === undefined ? noTraces() : traces(snapshot)
    this.#snapshot = snapshot
    const isKept = new BitSet(traceId.length)
    const isCalled = new BitSet(functionName.length)
    const isSample = new BitSet(sampleTime.length)
    // Times are told from the first, and what none knew is newer than the last.
    if (sampleTime.length > 0) for (const sample of [0, sampleTime.length - 1]) isSample.add(sample)
    for (const node of nodes ?? []) {
      const sample = sampleOf(snapshot, node)
      if (sample >= 0 && sample < sampleTime.length) isSample.add(sample)
      for (let at = traceOf(snapshot, node); at >= 0 && !isKept.has(at); at = traceCaller[at] - 1) {
        isKept.add(at)
        isCalled.add(traceFunction[at])
      }
    }
    this.#places = isKept.members()
    this.#functions = isCalled.members()
    this.#samples = isSample.members()
  }

  get functionCount(): number {
    return this.#functions.length
  }

  /** The number of a node's place in the tree, as the file has it; 0 for none. */
  traceId(node: number): number {
    const place = this.#places.length === 0 ? NONE : traceOf(this.#snapshot, node)
    return place < 0 ? 0 : (this.#snapshot.nodeTraceId?.[node] ?? 0)
  }

  /** `stringPlace`: where a string stands in the part. */
  write(writer: SnapshotWriter, stringPlace: (index: number) => number): void {
    const {functionName, functionScript, functionScriptId, functionLine, functionColumn, ...rest} = traces(
      this.#snapshot,
    )
    writer.begin('trace_function_infos', FUNCTION_ROW)
    for (const [place, of] of this.#functions.entries()) {
      const names = [stringPlace(functionName[of]), stringPlace(functionScript[of])]
      const row = [place, ...names, functionScriptId[of], functionLine[of], functionColumn[of]]
      writer.numbers(row, FUNCTION_ROW)
    }
    writer.end()
    this.#tree(writer)
    writer.begin('samples', SAMPLE_ROW)
    for (const sample of this.#samples) writer.numbers([rest.sampleTime[sample], rest.sampleLastId[sample]], SAMPLE_ROW)
    writer.end()
  }

  /** Rows of four numbers, each with the array of those that it called. Without recursion: the tree may be deeper than any stack. */
  #tree(writer: SnapshotWriter): void {
    const {traceId, traceFunction, traceCaller, traceCount, traceBytes} = traces(this.#snapshot)
    const places = this.#places
    // By place in the part and one, 0 for what has no caller: the first that it called, and the next one of the same caller.
    const firstCalled = new Int32Array(places.length + 1).fill(NONE)
    const nextCalled = new Int32Array(places.length).fill(NONE)
    for (let i = places.length - 1; i >= 0; i--) {
      const caller = traceCaller[places[i]] === 0 ? 0 : indexInSorted(places, traceCaller[places[i]] - 1) + 1
      nextCalled[i] = firstCalled[caller]
      firstCalled[caller] = i
    }
    writer.begin('trace_tree')
    const open: number[] = []
    for (let at = firstCalled[0]; at !== NONE; ) {
      const of = places[at]
      const called = indexInSorted(this.#functions, traceFunction[of])
      writer.numbers([traceId[of], called, traceCount[of], traceBytes[of]], 4)
      writer.open()
      open.push(at)
      let next = firstCalled[at + 1]
      while (next === NONE && open.length > 0) {
        writer.close()
        next = nextCalled[open.pop()!]
      }
      at = next
    }
    writer.end()
  }
}
