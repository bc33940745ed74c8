/**
 * What heapgraph knows and SQL does not, as functions: `why(id)` and `path(id)`, each as a text for a value and as a table for a constant,
 * `retained(ids)` and `reaches(a, b)`. All take the number of a snapshot behind their arguments, the last one unless given.
 */
import type {DuckDBConnection, DuckDBListValue, DuckDBType, DuckDBValue} from '@duckdb/node-api'
import {retainingEdges} from '../analyze/facts/edge-policy.ts'
import {idsAscending} from '../analyze/facts/id-column.ts'
import {bfsDepthFrom, nodesReaching, UNREACHED} from '../analyze/graph/bfs-depth.ts'
import {retainedBySet} from '../analyze/graph/retained-set.ts'
import {owners} from '../analyze/owners/owners.ts'
import {shortestPaths} from '../analyze/paths/path.ts'
import {type Selection, select} from '../analyze/select/select.ts'
import type {ResultGraph, ResultOwner, ResultStep} from '../graph/answer/result.ts'
import {toGraph} from '../graph/answer/to-graph.ts'
import type {Snapshot} from '../snapshot/columns/snapshot.ts'
import {indexInSorted} from '../util/bisect.ts'
import {memoize} from '../util/memo.ts'
import type {LoadedDuckDb} from './duckdb.ts'

type Cell = string | bigint | boolean | null

interface TableOf<Row> {
  columns: Record<string, {type: DuckDBType; of(row: Row, index: number): Cell}>
  rows(snapshot: Snapshot, id: number): readonly Row[]
}

/**
 * Objects of which one query may ask why or by which path: each takes as long as the question alone. DuckDB computes what is selected before it sorts and limits, so that
 * a query for the first 3 of all would ask of all.
 */
const MOST_ASKED = 1000

/** `snapshotOf`: by its number, from 1 on. Throws RangeError for one that is not there. Returns what is to be called before each query. */
export function addHeapFunctions(
  duckDb: LoadedDuckDb,
  connection: DuckDBConnection,
  snapshotOf: (number: number | undefined) => Snapshot,
): () => void {
  const {BIGINT, BOOLEAN, LIST, VARCHAR} = duckDb.api
  const functions = new HeapFunctions(duckDb, connection, snapshotOf)
  let asked = 0
  const ofFew = (name: string, text: (snapshot: Snapshot, id: number) => string | null) =>
    functions.value(name, [BIGINT], VARCHAR, (snapshot, [id]) => {
      if (++asked > MOST_ASKED) {
        const few = `SELECT ${name}(id) FROM (SELECT id FROM node ORDER BY retained DESC LIMIT 20)`
        throw new RangeError(`${name}(id) is asked of more than ${MOST_ASKED} objects; choose them first: ${few}`)
      }
      return text(snapshot, Number(id))
    })
  ofFew('why', whyText)
  ofFew('path', pathText)
  functions.value('retained', [LIST(BIGINT)], BIGINT, (snapshot, [ids]) => retainedBytes(snapshot, ids))
  const reaches = reachesTest()
  functions.value('reaches', [BIGINT, BIGINT], BOOLEAN, (snapshot, [from, to]) =>
    reaches(snapshot, Number(from), Number(to)),
  )
  functions.table<ResultOwner>('why', {
    columns: {
      holder: {type: VARCHAR, of: ({holder}) => holder},
      place: {type: VARCHAR, of: ({place}) => place || null},
      path: {type: VARCHAR, of: ({path}) => path},
      origin: {type: VARCHAR, of: ({code}) => code},
      cut: {type: VARCHAR, of: ({cuts}) => cuts.join('; ') || null},
      retained: {type: BIGINT, of: ({retainedBytes: bytes}) => BigInt(bytes)},
    },
    rows: (snapshot, id) => ownersOf(snapshot, id)?.getAttribute('owners')?.list ?? [],
  })
  functions.table<ResultStep>('path', {
    columns: {
      step: {type: BIGINT, of: (_, index) => BigInt(index)},
      text: {type: VARCHAR, of: ({text}) => text},
      id: {type: BIGINT, of: ({id}) => BigInt(id)},
      place: {type: VARCHAR, of: ({place}) => place || null},
    },
    rows: (snapshot, id) => pathTo(snapshot, id)?.steps ?? [],
  })
  return () => {
    asked = 0
  }
}

class HeapFunctions {
  readonly #duckDb: LoadedDuckDb
  readonly #connection: DuckDBConnection
  readonly #snapshotOf: (number: number | undefined) => Snapshot

  constructor(duckDb: LoadedDuckDb, connection: DuckDBConnection, snapshotOf: (number?: number) => Snapshot) {
    this.#duckDb = duckDb
    this.#connection = connection
    this.#snapshotOf = snapshotOf
  }

  value(
    name: string,
    parameterTypes: DuckDBType[],
    returnType: DuckDBType,
    compute: (snapshot: Snapshot, args: DuckDBValue[]) => Cell,
  ): void {
    const {api} = this.#duckDb
    const mainFunction = (
      _: unknown,
      input: {rowCount: number; getRowValues(row: number): DuckDBValue[]},
      output: {
        setItem(row: number, value: Cell): void
        flush(): void
      },
    ) => {
      for (let row = 0; row < input.rowCount; row++) {
        const values = input.getRowValues(row)
        const args = values.slice(0, parameterTypes.length)
        const number = values[parameterTypes.length]
        const snapshot = this.#snapshotOf(number === undefined ? undefined : Number(number))
        output.setItem(row, args.includes(null) ? null : compute(snapshot, args))
      }
      output.flush()
    }
    this.#connection.registerScalarFunction(
      api.DuckDBScalarFunction.create({name, parameterTypes, varArgsType: api.BIGINT, returnType, mainFunction}),
    )
  }

  table<Row>(name: string, {columns, rows}: TableOf<Row>): void {
    const {api} = this.#duckDb
    const all = Object.entries(columns)
    this.#connection.registerTableFunction(
      api.DuckDBTableFunction.create({
        name,
        parameterTypes: [api.BIGINT],
        namedParameterTypes: {snapshot: api.BIGINT},
        bindFunction: info => {
          for (const [column, {type}] of all) info.addResultColumn(column, type)
          const number = info.getNamedParameter('snapshot')
          const snapshot = this.#snapshotOf(number === null ? undefined : Number(number))
          info.setBindData({rows: rows(snapshot, Number(info.getParameter(0)))})
        },
        initFunction: info => info.setInitData({next: 0}),
        mainFunction: (info, chunk) => {
          const found = (info.bindData as {rows: readonly Row[]}).rows
          const scan = info.initData as {next: number}
          const part = found.slice(scan.next, scan.next + VECTOR_ROWS)
          chunk.rowCount = part.length
          if (part.length === 0) return
          all.forEach(([, {of}], column) => {
            const vector = chunk.getColumnVector(column)
            for (const [index, row] of part.entries()) vector.setItem(index, of(row, scan.next + index))
            vector.flush()
          })
          scan.next += part.length
        },
      }),
    )
  }
}

const VECTOR_ROWS = 2048

function objectOf(snapshot: Snapshot, id: number): Selection | undefined {
  const selection = select(snapshot, {id})
  return selection.nodes.length === 0 ? undefined : selection
}

function ownersOf(snapshot: Snapshot, id: number): ResultGraph | undefined {
  const selection = objectOf(snapshot, id)
  return selection && toGraph(owners(snapshot, selection))
}

/** What must let go, as `why` says it. */
function whyText(snapshot: Snapshot, id: number): string | null {
  return ownersOf(snapshot, id)?.getAttribute('owners')?.verdict || null
}

function pathTo(snapshot: Snapshot, id: number) {
  const selection = objectOf(snapshot, id)
  return selection && toGraph(shortestPaths(snapshot, selection)).getAttribute('chains')[0]
}

function pathText(snapshot: Snapshot, id: number): string | null {
  return pathTo(snapshot, id)?.code ?? null
}

/** What would be freed if all of them were dropped; null for a set with nothing of the heap in it. */
function retainedBytes(snapshot: Snapshot, ids: DuckDBValue): bigint | null {
  const wanted = (ids as DuckDBListValue).items.filter(id => id !== null).map(Number)
  const {nodes} = select(snapshot, {ids: wanted})
  return nodes.length === 0 ? null : BigInt(retainedBySet(snapshot, nodes).bytes)
}

/**
 * Whether references that keep alive lead from one object to another. Rows ask of one object again and again: what it reaches is remembered, or, where
 * rows ask who reaches it, what does.
 */
function reachesTest(): (snapshot: Snapshot, from: number, to: number) => boolean | null {
  let known: {snapshot: Snapshot; from?: number; to?: number; isFound: (node: number) => boolean} | undefined
  let lastTo: number | undefined
  return (snapshot, from, to) => {
    const [start, end] = [nodeOfId(snapshot)(from), nodeOfId(snapshot)(to)]
    if (start === undefined || end === undefined) return null
    const isKnown = known?.snapshot === snapshot && (known.from === from || known.to === to)
    if (!isKnown) {
      const edges = retainingEdges(snapshot)
      if (lastTo === to) {
        const reaching = nodesReaching(snapshot, end, edges)
        known = {snapshot, to, isFound: node => reaching.has(node)}
      } else {
        const depth = bfsDepthFrom(snapshot, Uint32Array.of(start), edges)
        known = {snapshot, from, isFound: node => depth[node] !== UNREACHED}
      }
    }
    lastTo = to
    return known?.isFound(known.to === to ? start : end) ?? null
  }
}

/** The ordinal of an id, bisected; undefined if no node has it. */
const nodeOfId = memoize((snapshot: Snapshot): ((id: number) => number | undefined) => {
  const {ids, nodes} = idsAscending(snapshot, () => true)
  return id => {
    const place = indexInSorted(ids, id)
    return place < 0 ? undefined : nodes[place]
  }
})
