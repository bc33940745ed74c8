/**
 * Builders of what a file says of allocations: the sections `trace_function_infos`, `trace_tree` and `samples` (`SerializeTraceNodeInfos`,
 * `SerializeTraceTree`, `SerializeSamples` in heap-snapshot-generator.cc). V8 counts functions in the header before it has written all of them, so
 * that count is not asked. What contradicts itself is left out with a sentence: the rest of the heap is as good without it.
 */
import type {NestedSink} from '../../read/json-scanner.ts'
import {indexInSorted} from '../../util/bisect.ts'
import {GrowableUint32} from '../../util/growable.ts'
import {type NumberArray, NumberColumn} from '../../util/number-column.ts'
import {formatCount, plural} from '../../util/units.ts'
import {type Header, optionalLayout} from '../columns/schema.ts'
import {noTraces, type Traces} from '../columns/traces.ts'

const FUNCTION_FIELDS = ['name', 'script_name', 'script_id', 'line', 'column'] as const
const SAMPLE_FIELDS = ['timestamp_us', 'last_assigned_id'] as const
const TREE_FIELDS = ['id', 'function_info_index', 'count', 'size', 'children'] as const
/** Where V8 has the fields of a row of the tree: its children come last. */
const [ID, FUNCTION, COUNT, BYTES, CHILDREN] = TREE_FIELDS.keys()

/** What is wrong with a section; the message goes on behind the section's name. */
class TraceError extends Error {}

interface OtherColumns {
  nodeTraceId: NumberArray | undefined
}

/** Collects the sections while the file is read. */
export class TracesBuilder {
  readonly #functions = new FlatNumbers()
  readonly #tree = new TreeRows()
  readonly #samples = new FlatNumbers()

  /** Takes a section; undefined for other keys. */
  sink(key: string): NestedSink | undefined {
    if (key === 'trace_function_infos') return this.#functions
    if (key === 'trace_tree') return this.#tree
    return key === 'samples' ? this.#samples : undefined
  }

  /** Undefined if there is nothing. `remarks`: what was left out, and why. */
  finish(
    header: Header,
    stringCount: number,
    {nodeTraceId}: OtherColumns,
  ): {traces: Traces | undefined; remarks: string[]} {
    const remarks: string[] = []
    const found = noTraces()
    try {
      Object.assign(found, this.#functionColumns(header, stringCount))
      Object.assign(found, this.#treeColumns(header, found.functionName.length))
    } catch (error) {
      if (!(error instanceof TraceError)) throw error
      Object.assign(found, noTraces())
      remarks.push(`allocation stacks are left out: ${error.message}`)
    }
    try {
      Object.assign(found, this.#sampleColumns(header))
    } catch (error) {
      if (!(error instanceof TraceError)) throw error
      remarks.push(`times of allocations are left out: ${error.message}`)
    }
    if (remarks.length === 0) remarks.push(...unknownTraces(found.traceId, nodeTraceId))
    const isEmpty = found.traceId.length === 0 && found.sampleTime.length === 0
    return {traces: isEmpty ? undefined : found, remarks}
  }

  #functionColumns(header: Header, stringCount: number): Partial<Traces> {
    const numbers = this.#functions.finish('trace_function_infos')
    if (numbers.length === 0) return {}
    const layout = layoutOf(
      header,
      'trace_function_info_fields',
      FUNCTION_FIELDS,
      'trace_function_infos',
      numbers.length,
    )
    const column = (field: (typeof FUNCTION_FIELDS)[number]) => strided(numbers, layout.at[field], layout.length)
    const names = {functionName: column('name'), functionScript: column('script_name')}
    for (const indexes of Object.values(names)) {
      const bad = indexes.findIndex((index: number) => index >= stringCount)
      if (bad >= 0)
        throw new TraceError(
          `function ${bad} of "trace_function_infos" has name ${indexes[bad]}, outside the ${stringCount} strings`,
        )
    }
    return {
      ...names,
      functionScriptId: column('script_id'),
      functionLine: column('line'),
      functionColumn: column('column'),
    }
  }

  #treeColumns({meta}: Header, functionCount: number): Partial<Traces> {
    const rows = this.#tree.finish()
    if (rows.id.length === 0) return {}
    const fields = meta.trace_node_fields
    if (
      !Array.isArray(fields) ||
      TREE_FIELDS.some((field, at) => fields[at] !== field) ||
      fields.length !== TREE_FIELDS.length
    )
      throw new TraceError('the header gives "trace_node_fields" in another order than V8')
    const bad = rows.function.findIndex((index: number) => index >= functionCount)
    if (bad >= 0)
      throw new TraceError(
        `a row of "trace_tree" is of function ${rows.function[bad]}, and "trace_function_infos" has ${formatCount(functionCount)}`,
      )
    return sortedById(rows)
  }

  #sampleColumns(header: Header): Partial<Traces> {
    const numbers = this.#samples.finish('samples')
    if (numbers.length === 0) return {}
    const {at, length} = layoutOf(header, 'sample_fields', SAMPLE_FIELDS, 'samples', numbers.length)
    const sampleTime = strided(numbers, at.timestamp_us, length)
    const sampleLastId = strided(numbers, at.last_assigned_id, length)
    for (const column of [sampleTime, sampleLastId])
      for (let i = 1; i < column.length; i++)
        if (column[i] < column[i - 1]) throw new TraceError(`row ${i} of "samples" is before the one above it`)
    return {sampleTime, sampleLastId}
  }
}

/** What of the nodes refers to no row of the tree has no stack. */
function unknownTraces(ids: NumberArray, nodeTraceId: NumberArray | undefined): string[] {
  if (nodeTraceId === undefined) return []
  let unknown = 0
  for (let node = 0; node < nodeTraceId.length; node++) {
    if (nodeTraceId[node] !== 0 && indexInSorted(ids, nodeTraceId[node]) < 0) unknown++
  }
  return unknown === 0
    ? []
    : [
        `${plural(unknown, 'object')} ${unknown === 1 ? 'has an allocation stack that is' : 'have allocation stacks that are'} not in the file`,
      ]
}

function layoutOf<T extends string>(header: Header, key: string, fields: readonly T[], section: string, count: number) {
  const layout = optionalLayout(header, key, fields)
  if (layout === undefined) throw new TraceError(`the header has no usable "${key}"`)
  const over = count % layout.length
  if (over !== 0) throw new TraceError(`the last row of "${section}" has ${over} of ${layout.length} numbers`)
  return layout
}

function strided(numbers: NumberArray, offset: number, stride: number): NumberArray {
  const column = new NumberColumn(numbers.length / stride)
  for (let at = offset; at < numbers.length; at += stride) column.push(numbers[at])
  return column.finish()
}

/** Numbers of a section, and whether there is anything else. */
abstract class Collected implements NestedSink {
  protected depth = 0
  protected problem: string | undefined
  #times = 0

  open(): void {
    if (this.depth++ === 0 && ++this.#times > 1) this.problem ??= 'occurs twice'
    this.opened()
  }

  close(): void {
    this.closed()
    this.depth--
  }

  number(value: number): void {
    if (this.problem !== undefined) return
    if (!Number.isSafeInteger(value) || value < 0) this.problem = `has ${value}, not a whole number from 0 to 2^53 - 1`
    else if (this.depth === 0) this.other()
    else this.take(value + 0)
  }

  other(): void {
    this.problem ??= 'has something else than numbers'
  }

  protected check(section: string): void {
    if (this.problem !== undefined) throw new TraceError(`section "${section}" ${this.problem}`)
  }

  protected abstract opened(): void
  protected abstract closed(): void
  protected abstract take(value: number): void
}

class FlatNumbers extends Collected {
  readonly #numbers = new NumberColumn(16)

  protected opened(): void {
    if (this.depth > 1) this.other()
  }

  protected closed(): void {}

  protected take(value: number): void {
    this.#numbers.push(value)
  }

  finish(section: string): NumberArray {
    this.check(section)
    return this.#numbers.finish()
  }
}

/** Rows of the tree in the order of the file, which has callers before what they called. */
interface Rows {
  id: NumberArray
  function: NumberArray
  count: NumberArray
  bytes: NumberArray
  /** 1 + the caller's row; 0 for the root. */
  caller: Uint32Array
}

/** The tree: rows of four numbers, each followed by the array of the rows that it called. Without recursion: it may be deeper than any stack. */
class TreeRows extends Collected {
  readonly #fields = [ID, FUNCTION, COUNT, BYTES].map(() => new NumberColumn(16))
  readonly #caller = new GrowableUint32()
  /** Of each array that is open around the innermost: 1 + the row whose children it has. */
  readonly #owner = new GrowableUint32()
  #ownerNow = 0
  #field: number = ID

  protected opened(): void {
    if (this.depth === 1) return
    if (this.#field !== CHILDREN) this.#misplaced()
    this.#owner.push(this.#ownerNow)
    this.#ownerNow = this.#caller.length
    this.#field = ID
  }

  protected closed(): void {
    if (this.#field !== ID) this.#misplaced()
    if (this.depth === 1) return
    this.#ownerNow = this.#owner.pop() ?? 0
    this.#field = ID
  }

  protected take(value: number): void {
    if (this.#field === CHILDREN) this.#misplaced()
    else {
      if (this.#field === ID) this.#caller.push(this.#ownerNow)
      this.#fields[this.#field++].push(value)
    }
  }

  #misplaced(): void {
    this.problem ??= `is not rows of ${TREE_FIELDS.join(', ')}`
  }

  finish(): Rows {
    this.check('trace_tree')
    const [id, of, count, bytes] = this.#fields.map(column => column.finish())
    return {id, function: of, count, bytes, caller: this.#caller.view()}
  }
}

function sortedById({id, function: of, count, bytes, caller}: Rows): Partial<Traces> {
  const order = Uint32Array.from(id, (_, row) => row).sort((a, b) => id[a] - id[b])
  const placeOf = new Uint32Array(order.length)
  for (let place = 0; place < order.length; place++) {
    placeOf[order[place]] = place
    if (place > 0 && id[order[place]] === id[order[place - 1]])
      throw new TraceError(`"trace_tree" has two rows with the id ${id[order[place]]}`)
  }
  const sorted = (column: NumberArray) => column.map((_, place) => column[order[place]])
  return {
    traceId: sorted(id),
    traceFunction: sorted(of),
    traceCaller: caller.map((_, place) => {
      const from = caller[order[place]]
      return from === 0 ? 0 : placeOf[from - 1] + 1
    }),
    traceCount: sorted(count),
    traceBytes: sorted(bytes),
  }
}
