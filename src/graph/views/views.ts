/** Answers that are tables: plain rows with ids, names and words, all that an emitter knows of them. */

import type {DetachedAnswer} from '../../analyze/answers/detached.ts'
import type {HistogramRow, ListAnswer, ShowAnswer} from '../../analyze/answers/objects.ts'
import type {TypesAnswer} from '../../analyze/answers/types.ts'
import {hasTimes} from '../../analyze/facts/births.ts'
import {type OffHeapBytes, offHeapOf} from '../../analyze/facts/off-heap.ts'
import {hasNumberValues, pathReader, valueText} from '../../analyze/facts/property-value.ts'
import {hasMoreRealms, realms} from '../../analyze/facts/realms.ts'
import {type SizeModel, selfSizes} from '../../analyze/facts/self-sizes.ts'
import {type Distance, distances, toDistance} from '../../analyze/graph/distances.ts'
import {retainedSizes} from '../../analyze/graph/dominators.ts'
import {type GroupBy, isByProperty, NO_PROPERTY, SHARED_NAME} from '../../analyze/graph/groupings.ts'
import {heldByTools} from '../../analyze/graph/held-by-tools.ts'
import {retainedBySet} from '../../analyze/graph/retained-set.ts'
import {edgeKindName, edgeLabel, edgeStrength, type Strength} from '../../explain/code/edge-label.ts'
import {describeHolder} from '../../explain/owners/holder.ts'
import {holdersOfSet} from '../../explain/owners/holders-of.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {codePlaceOf, codePlaceOfRow, placeText} from '../../explain/places/source-place.ts'
import {type FrameWords, stackSentences, stackWords} from '../../explain/words/allocation-words.ts'
import {type Description, describe} from '../../explain/words/describe.ts'
import {aroundWords, elementsAround, selectorOf} from '../../explain/words/dom-words.ts'
import {extraNativeSentences, offHeapSentences} from '../../explain/words/off-heap.ts'
import {producerOf} from '../../explain/words/producer.ts'
import {sizesSentence} from '../../explain/words/sizes.ts'
import {toolsSentence} from '../../explain/words/tools-words.ts'
import {propertyNames} from '../../snapshot/code/original-keys.ts'
import {sourceOf} from '../../snapshot/columns/retainers.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import type {SnapshotHeader} from '../../snapshot/load/load.ts'
import {formatCount, plural} from '../../util/units.ts'
import {type SnapshotView, snapshotView} from '../answer/snapshot-view.ts'

/** Of a shape that are told. */
const MAX_PROPERTIES = 50

export interface TypesView {
  snapshot: SnapshotView
  by: GroupBy
  sizes: SizeModel
  /** `distance` and `systemDistance`: the smallest of the row's objects. */
  rows: ({
    type: string
    /** `src/cache.js:12`: where the constructor is written; '' if the file does not say. */
    place: string
    count: number
    selfBytes: number
    /** Bytes of the backing stores that the objects look at, each once, besides their self sizes. */
    offHeapBytes: number
    /** Null where it was not asked for. */
    retainedBytes: number | null
    exampleId: number
    /** Of a shape: names of the properties that the example has, the first ones. */
    properties?: string[]
  } & Distance)[]
  /** `offHeap`: each backing store once, however many rows look at it. */
  total: {types: number; count: number; selfBytes: number; offHeap: OffHeapBytes}
  /** Self sizes of the whole heap: what shares are of. */
  heapBytes: number
  limits: string[]
}

export interface ObjectView extends Description, Distance {
  selfBytes: number
  /** Bytes of the backing store that the object looks at, besides its self size. */
  offHeapBytes: number
  /** How many views share those bytes: 1 if nobody else does, 0 if there are none. */
  offHeapSharedBy: number
  /** Whether they are Node's pool of small Buffers. */
  offHeapIsPool: boolean
  retainedBytes: number
}

export interface ListView {
  snapshot: SnapshotView
  subject: string
  sizes: SizeModel
  /** Properties whose values rows have. */
  columns: string[]
  /** `values`: of the columns; null for what has no such property, or an unknown value. */
  rows: (ObjectView & {values: (string | null)[]})[]
  /** How many objects are how large; empty if that was not asked for. */
  histogram: HistogramRow[]
  total: {count: number; selfBytes: number; offHeap: OffHeapBytes}
  limits: string[]
}

export interface EdgeView {
  label: string
  kind: string
  strength: Strength
  /** The node at the other end. */
  other: Description & {selfBytes: number}
}

export interface ShowView {
  snapshot: SnapshotView
  sizes: SizeModel
  object: ObjectView
  /** The object's immediate dominator; null for the root. */
  dominator: Description | null
  /** What the object reaches but does not retain, so that dropping it would not free it: count and self sizes. */
  notRetained: {count: number; selfBytes: number}
  heapBytes: number
  detachedness: 'unknown' | 'attached' | 'detached'
  /** The functions on the stack on which it was made, innermost first, and how many more there are; null if the file does not say. */
  stack: {frames: FrameWords[]; left: number} | null
  /** Of an element of a page: itself as a selector, and the elements around it up to the nearest in the document; null for all else. */
  element: {selector: string; around: string; isInDocument: boolean} | null
  out: EdgeView[]
  in: EdgeView[]
  total: {out: number; in: number}
  limits: string[]
}

export interface DetachedView {
  snapshot: SnapshotView
  sizes: SizeModel
  /** Trees whose outermost elements are alike and held alike. */
  rows: {
    type: string
    /** `li.row[data-id]`: the top as a selector; '' if it is no element. */
    selector: string
    /** `in ul < main (the last is in the document)`: the elements that the top is in, up to the nearest in the document; '' if it is in none. */
    around: string
    trees: number
    /** DOM nodes in all of them. */
    nodeCount: number
    retainedBytes: number
    /** What holds one of them; '' if nothing does by a strong reference. */
    heldBy: string
    /** `window · resize listener onResize() · scope var panel`: the path that most of them are held by; '' if nothing does. */
    path: string
    /** Of what holds it, else of the path. */
    place: string
    exampleId: number
  }[]
  total: {trees: number; nodeCount: number; retainedBytes: number}
  limits: string[]
}

/** What `info` answers. */
export interface InfoView {
  /** What the input was called: a path, mostly. */
  name: string
  /** Size of the file as stored; undefined for a pipe. */
  storedBytes: number | undefined
  /** Whether the file is packed. */
  isPacked: boolean
  /** Which V8 and program wrote it, as far as the file tells. */
  producer: string
  /** Nodes, by the header. */
  nodeCount: number
  /** Edges, by the header. */
  edgeCount: number
  /** What the file has besides nodes, edges and strings. */
  has: string[]
  /** Bytes that V8 knows of outside of the heap and cannot attribute; undefined before V8 13.6. */
  extraNativeBytes: number | undefined
  /** Memory that loading and retained sizes take, estimated. */
  neededBytes: number
}

function rowLimit(shown: number, total: number, noun: string, nouns = `${noun}s`): string[] {
  return shown < total ? [`${formatCount(shown)} of ${plural(total, noun, nouns)} are shown; --limit N shows more`] : []
}

/** What rows are called that are not called as the option. */
const NOUNS: Partial<Record<GroupBy, string>> = {allocated: 'row', born: 'row'}

export function typesView(answer: TypesAnswer): TypesView {
  const {snapshot, by, sizes, among, rows, total, rowsShareStores, heapBytes, emptyCount} = answer
  const noun = NOUNS[by] ?? (isByProperty(by) ? 'value' : by)
  const views = rows.map(
    ({type, location, place, count, selfBytes, offHeapBytes, retainedBytes, distance, systemDistance, example}) => ({
      type,
      place: placeText(place === undefined ? codePlaceOfRow(snapshot, location) : codePlaceOf(snapshot, place)),
      count,
      selfBytes,
      offHeapBytes,
      retainedBytes: retainedBytes ?? null,
      distance,
      systemDistance,
      exampleId: snapshot.nodeId[example],
      ...(by === 'shape' && {properties: propertyNames(snapshot, example).slice(0, MAX_PROPERTIES)}),
    }),
  )
  const empty = `${plural(emptyCount, 'node')} without a size of their own ${emptyCount === 1 ? 'is' : 'are'} not counted`
  return {
    snapshot: snapshotView(snapshot),
    by,
    sizes,
    rows: views,
    total,
    heapBytes,
    limits: [
      ...(among === undefined
        ? []
        : [`only ${among.subject}: ${plural(among.nodes.length, 'object')} of ${formatCount(snapshot.nodeCount)}`]),
      ...rowLimit(rows.length, total.types, noun),
      ...labelSentences(answer),
      sizesSentence(sizes),
      ...offHeapSentences(total.offHeap, rowsShareStores ? noun : undefined),
      ...(emptyCount > 0 ? [empty] : []),
      ...extraNativeSentences(snapshot.header.extraNativeBytes),
      ...placeSentences(snapshot, placesOf(views)),
    ],
  }
}

/** What a row has, where it is a realm or a package. */
function labelSentences({snapshot, by, rows, among, marks}: TypesAnswer): string[] {
  if (by === 'package') {
    return [
      `a package has what its code made and what only that holds; ${SHARED_NAME} is what several hold, or none: V8's and the browser's own, mostly`,
    ]
  }
  if (isByProperty(by)) {
    const lacks = rows.some(({type}) => type === NO_PROPERTY) && !hasNumberValues(snapshot)
    return lacks ? [NO_NUMBERS] : []
  }
  if (by === 'allocated') return stackSentences(snapshot)
  if (by === 'born')
    return hasTimes(snapshot)
      ? [marks === undefined ? BORN : BORN_AT_MARKS]
      : ['the file has no times: take it while objects are tracked (docs/makers.md)']
  if (by !== 'realm') return []
  if (realms(snapshot).length === 0) return ['the file tells of no realms: it has no native contexts']
  const tools = among === undefined ? heldByTools(snapshot) : undefined
  return [
    `a realm has what was made in it and what only that holds; ${SHARED_NAME} is what several hold, or none`,
    ...(tools === undefined ? [] : [`${toolsSentence(tools)}: without them the heap is that much smaller`]),
    ...(hasMoreRealms(snapshot) ? ['there are more realms than were told apart: the rest is shared'] : []),
  ]
}

const BORN =
  'seconds are counted from the first sample, which V8 takes some 50 ms after tracking begins: what is older is in the first row'

const BORN_AT_MARKS =
  'a row is what was made from a mark of the recording to the next one, within half the time between two samples of V8, 0.05 s mostly'

function placesOf(rows: readonly {place: string}[]): string[] {
  return rows.map(({place}) => place)
}

function objectView(snapshot: Snapshot, node: number, sizes: SizeModel): ObjectView {
  const {bytes, sharedBy, isPool} = offHeapOf(snapshot, node)
  return {
    ...describe(snapshot, node),
    selfBytes: selfSizes(snapshot, sizes)[node],
    offHeapBytes: bytes,
    offHeapSharedBy: sharedBy,
    offHeapIsPool: isPool,
    retainedBytes: retainedSizes(snapshot, sizes)[node],
    ...toDistance(distances(snapshot)[node]),
  }
}

export function listView({snapshot, selection, sizes, nodes, columns, histogram, total}: ListAnswer): ListView {
  const readers = columns.map(({path}) => pathReader(snapshot, path))
  const rows = Array.from(nodes, node => ({
    ...objectView(snapshot, node, sizes),
    values: readers.map(read => valueOrNull(snapshot, read(node))),
  }))
  const lacks = rows.some(({values}) => values.includes(null)) && !hasNumberValues(snapshot)
  const left = rowLimit(nodes.length, total.count, 'object')
  return {
    snapshot: snapshotView(snapshot),
    subject: selection.subject,
    sizes,
    columns: columns.map(({text}) => text),
    rows,
    histogram,
    total,
    limits: [
      ...left,
      ...(lacks ? [NO_NUMBERS] : []),
      sizesSentence(sizes),
      ...offHeapSentences(total.offHeap),
      ...placeSentences(snapshot, placesOf(rows)),
    ],
  }
}

const NO_NUMBERS =
  'the file has no numeric property values, so that small whole numbers look like properties that are not there: write it with {exposeNumericValues: true}'

function valueOrNull(snapshot: Snapshot, value: number): string | null {
  return value < 0 ? null : valueText(snapshot, value)
}

/** V8's ids of the objects listed: for another command to ask about. */
export function listIds({snapshot, nodes}: ListAnswer): Float64Array {
  return Float64Array.from(nodes, node => snapshot.nodeId[node])
}

const DETACHEDNESS = ['unknown', 'attached', 'detached'] as const

export function showView(answer: ShowAnswer): ShowView {
  const {snapshot, node, sizes, out, in: incoming, total, dominator, reachable, retainedBytes} = answer
  const edgeView = (edge: number, other: number): EdgeView => ({
    label: edgeLabel(snapshot, edge),
    kind: edgeKindName(snapshot, snapshot.edgeKind[edge]),
    strength: edgeStrength(snapshot, edge),
    other: {...describe(snapshot, other), selfBytes: selfSizes(snapshot, sizes)[other]},
  })
  const object = objectView(snapshot, node, sizes)
  const held = Array.from(out, edge => edgeView(edge, snapshot.edgeTarget[edge]))
  const holders = Array.from(incoming, edge => edgeView(edge, sourceOf(snapshot.firstEdge, edge)))
  const stack = stackWords(snapshot, node)
  const places = placesOf([object, ...(stack?.frames ?? []), ...[...held, ...holders].map(({other}) => other)])
  return {
    snapshot: snapshotView(snapshot),
    sizes,
    object,
    dominator: node === snapshot.root ? null : describe(snapshot, dominator),
    // The dominator tree knows of more than what is reached: children that only unreachable nodes lead to.
    notRetained: {
      count: Math.max(0, reachable.count - answer.retainedCount),
      selfBytes: Math.max(0, reachable.selfBytes - retainedBytes),
    },
    heapBytes: retainedSizes(snapshot, sizes)[snapshot.root],
    detachedness: DETACHEDNESS[snapshot.detachedness[node]] ?? 'unknown',
    stack,
    element: elementView(snapshot, node),
    out: held,
    in: holders,
    total,
    limits: [
      ...rowLimit(out.length, total.out, 'edge out', 'edges out'),
      ...rowLimit(incoming.length, total.in, 'edge in', 'edges in'),
      sizesSentence(sizes),
      ...placeSentences(snapshot, places),
    ],
  }
}

function elementView(snapshot: Snapshot, node: number): ShowView['element'] {
  const selector = selectorOf(snapshot, node)
  if (selector === '') return null
  const {text, isAttached} = elementsAround(snapshot, node)
  return {selector, around: text, isInDocument: isAttached}
}

export function detachedView({snapshot, sizes, trees, total, limit}: DetachedAnswer): DetachedView {
  const rows = new Map<string, DetachedView['rows'][number] & {outermost: number[]}>()
  for (const {node, nodeCount, retainedBytes, heldBy} of trees) {
    const {type, id} = describe(snapshot, node)
    const holder = heldBy === undefined ? {text: '', place: ''} : describeHolder(snapshot, heldBy)
    const selector = selectorOf(snapshot, node)
    const around = aroundWords(snapshot, node)
    const key = JSON.stringify([type, selector, around, holder.text, holder.place])
    const row = rows.get(key)
    if (row === undefined) {
      const {text, place} = holder
      rows.set(key, {
        type,
        selector,
        around,
        trees: 1,
        nodeCount,
        retainedBytes,
        heldBy: text,
        path: '',
        place,
        exampleId: id,
        outermost: [node],
      })
      continue
    }
    row.trees++
    row.nodeCount += nodeCount
    row.retainedBytes += retainedBytes
    row.outermost.push(node)
  }
  const largestFirst = (a: {retainedBytes: number; exampleId: number}, b: typeof a) =>
    b.retainedBytes - a.retainedBytes || a.exampleId - b.exampleId
  const sorted = [...rows.values()].sort(largestFirst)
  // What trees hold together is asked of the rows shown only: each costs a look at what hangs below it.
  const shown = sorted
    .slice(0, limit)
    .map(({outermost, ...row}) => {
      const [holder] = row.heldBy === '' ? [] : holdersOfSet(snapshot, outermost, 1)
      return {
        ...row,
        retainedBytes: retainedBySet(snapshot, outermost, sizes).bytes,
        path: holder?.path ?? '',
        place: row.place || (holder?.place ?? ''),
      }
    })
    .sort(largestFirst)
  const left = rowLimit(shown.length, sorted.length, 'row')
  return {
    snapshot: snapshotView(snapshot),
    sizes,
    rows: shown,
    total,
    limits: [...left, sizesSentence(sizes), ...placeSentences(snapshot, placesOf(shown))],
  }
}

/** Bytes of the program itself, and of the columns and derived columns that retained sizes need: see ARCHITECTURE.md. */
const PROGRAM_BYTES = 60e6
const NODE_BYTES = 90
const EDGE_BYTES = 18

export function infoView({name, storedBytes, sizeBytes, header, rootName}: SnapshotHeader): InfoView {
  const {nodeCount, edgeCount, schema, traceFunctionCount, extraNativeBytes, meta} = header
  const has = [
    ...(schema.location === undefined ? [] : ['source locations']),
    ...(schema.node.at.detachedness < 0 ? [] : ['detachedness']),
    ...(traceFunctionCount === 0 ? [] : [`allocation stacks of ${plural(traceFunctionCount, 'function')}`]),
    ...(meta.scope_fields === undefined ? [] : ['scopes']),
  ]
  return {
    name,
    storedBytes,
    isPacked: sizeBytes === undefined && storedBytes !== undefined,
    producer: producerOf(header, rootName),
    nodeCount,
    edgeCount,
    has,
    extraNativeBytes,
    // What is neither a node nor an edge is mostly strings, which are kept as they stand.
    neededBytes:
      PROGRAM_BYTES +
      nodeCount * NODE_BYTES +
      edgeCount * EDGE_BYTES +
      Math.max(0, (sizeBytes ?? 0) - nodeCount * 25 - edgeCount * 14),
  }
}
