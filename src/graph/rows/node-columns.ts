/** What can be told of nodes, a column each: computed when its first cells are asked for, for whichever nodes those are. */

import {hasStacks} from '../../analyze/facts/makers.ts'
import {offHeapOf} from '../../analyze/facts/off-heap.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {distances, systemDistance, userDistance} from '../../analyze/graph/distances.ts'
import {dominatorTree, retainedSizes} from '../../analyze/graph/dominators.ts'
import {type Grouping, groupNodes} from '../../analyze/graph/groupings.ts'
import {NO_GROUP} from '../../analyze/growth/growth.ts'
import {retainerCounts} from '../../analyze/select/where.ts'
import {pathGroups} from '../../explain/owners/path-groups.ts'
import {codePlaceOfRow, placeText} from '../../explain/places/source-place.ts'
import {makerWords} from '../../explain/words/allocation-words.ts'
import {CODE_ORIGINS, codesOfNodes} from '../../snapshot/code/code-origin.ts'
import {codeRow} from '../../snapshot/code/places.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake} from '../../util/memo.ts'
import type {NumberArray} from '../../util/number-column.ts'
import {type CellForm, type ColumnCells, maskOf} from './row-table.ts'

/** Some nodes: all of a stretch of ordinals, whose columns need not be copied, or those of a list. */
export class Nodes {
  readonly length: number
  readonly #from: number
  #list: Uint32Array | undefined

  private constructor(from: number, length: number, list?: Uint32Array) {
    this.#from = from
    this.length = length
    this.#list = list
  }

  /** The ordinals from `from` up to `to`. */
  static stretch(from: number, to: number): Nodes {
    return new Nodes(from, to - from)
  }

  static of(list: Uint32Array): Nodes {
    return new Nodes(-1, list.length, list)
  }

  /** Ordinals. */
  get list(): Uint32Array {
    this.#list ??= ordinals(this.#from, this.#from + this.length)
    return this.#list
  }

  /** What a column has of them; of a stretch a part of the column itself. */
  pick<Column extends NumberArray | Uint16Array | Uint8Array>(column: Column): Column {
    const {length} = this
    if (this.#from >= 0) return column.subarray(this.#from, this.#from + length) as Column
    const picked = new (column.constructor as new (length: number) => Column)(length)
    const {list} = this
    for (let i = 0; i < length; i++) picked[i] = column[list[i]]
    return picked
  }
}

/** Cells of nodes. */
export type CellsOfNodes = (nodes: Nodes) => ColumnCells

export interface NodeColumn {
  form: CellForm
  isNullable?: boolean
  open(snapshot: Snapshot): CellsOfNodes
}

/** Characters of a text that are told: V8 cuts strings at as many. */
export const MAX_TEXT = 1024

/** A text of the heap, which may have megabytes. */
export function boundedText(text: string): string {
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)}…`
}

/** The name of a string of the file: longer ones are not even decoded. */
export function boundedString({strings}: Snapshot, index: number): string {
  return boundedText(strings.get(index))
}

const id: NodeColumn = {form: 'int64', open: ({nodeId}) => int64(nodeId)}

const type: NodeColumn = {
  form: 'word',
  open: ({types: {ofNode, names}}) => words(ofNode, names),
}

const kind: NodeColumn = {
  form: 'word',
  open: ({nodeKind, header}) => words(nodeKind, header.schema.nodeKinds),
}

/** An object's constructor, a string's text, a function's name, as the file has it. */
const name: NodeColumn = {
  form: 'text',
  open: snapshot => {
    const {nodeName} = snapshot
    return texts(
      node => nodeName[node],
      index => boundedString(snapshot, index),
    )
  },
}

const self: NodeColumn = {form: 'int64', open: snapshot => int64(selfSizes(snapshot, 'devtools'))}
const rawSelf: NodeColumn = {form: 'int64', open: ({nodeSelfBytes}) => int64(nodeSelfBytes)}
const retained: NodeColumn = {form: 'int64', open: snapshot => int64(retainedSizes(snapshot, 'devtools'))}

const offHeap: NodeColumn = {
  form: 'int64',
  open: snapshot => nodes => ({
    form: 'int64',
    values: Float64Array.from(nodes.list, node => offHeapOf(snapshot, node).bytes),
  }),
}

const distance: NodeColumn = distanceColumn(userDistance)
const systemDistanceColumn: NodeColumn = distanceColumn(systemDistance)

function distanceColumn(of: (distance: number) => number): NodeColumn {
  return {
    form: 'int32',
    isNullable: true,
    open: snapshot => {
      const all = distances(snapshot)
      return nodes => {
        const values = Int32Array.from(nodes.list, node => of(all[node]))
        return {form: 'int32', values, ...maskOf(values.length, row => values[row] < 0)}
      }
    },
  }
}

const dominator: NodeColumn = {
  form: 'int64',
  open: snapshot => {
    const {dominator: of} = dominatorTree(snapshot)
    const cells = int64(snapshot.nodeId)
    return nodes => cells(Nodes.of(nodes.pick(of)))
  },
}

/** The same, but none of the root: who climbs from dominator to dominator in SQL, as a recursive query does, comes to an end. */
export const DOMINATOR_OF_SQL: NodeColumn = {
  form: 'int64',
  isNullable: true,
  open: snapshot => {
    const cells = dominator.open(snapshot)
    return nodes => ({...cells(nodes), ...maskOf(nodes.length, row => nodes.list[row] === snapshot.root)})
  },
}

const detachedness: NodeColumn = {
  form: 'int32',
  open:
    ({detachedness: states}) =>
    nodes => ({form: 'int32', values: nodes.pick(states)}),
}

const detached: NodeColumn = {
  form: 'bool',
  isNullable: true,
  open:
    ({detachedness: states}) =>
    nodes => ({
      form: 'bool',
      values: Uint8Array.from(nodes.list, node => Number(states[node] === 2)),
      ...maskOf(nodes.length, row => states[nodes.list[row]] === 0),
    }),
}

/** `src/cache.js:12`: of a function, where it is written; of an object, where its constructor is. */
const place: NodeColumn = {
  form: 'text',
  isNullable: true,
  open: snapshot => {
    const known = new Map<number, string>()
    const textOf = (row: number) => getOrMake(known, row, () => placeText(codePlaceOfRow(snapshot, row)))
    return texts(
      node => codeRow(snapshot, node),
      row => (row < 0 ? '' : textOf(row)),
      '',
    )
  },
}

const realm: NodeColumn = {form: 'word', open: snapshot => ofGrouping(groupNodes(snapshot, 'realm'))}
const packageOfNode: NodeColumn = {form: 'word', open: snapshot => ofGrouping(groupNodes(snapshot, 'package'))}

/** Whose code a function is, or the class of an object: `application`, `library`, `runtime` or `unknown`. */
const origin: NodeColumn = {
  form: 'word',
  open: snapshot => words(codesOfNodes(snapshot), CODE_ORIGINS),
}

/** The named path to an object, as rows of `growth --by path` have it; none for V8's own parts, and what no code leads to. */
const owner: NodeColumn = {
  form: 'word',
  isNullable: true,
  open: snapshot => {
    const {groups, ofNode} = pathGroups(snapshot)
    const paths = groups.map(({path}) => path)
    return nodes => ({
      form: 'word',
      values: Uint32Array.from(nodes.list, node => (ofNode[node] === NO_GROUP ? 0 : ofNode[node])),
      words: paths,
      ...maskOf(nodes.length, row => ofNode[nodes.list[row]] === NO_GROUP),
    })
  },
}

/** The function of the application that made it, with its line; missing in files without allocation stacks. */
const allocated: NodeColumn = {
  form: 'word',
  isNullable: true,
  open: snapshot => {
    if (!hasStacks(snapshot)) return nodes => missing(nodes.length)
    const {ofNode, names} = groupNodes(snapshot, 'allocated')
    const makers = names.map((_, maker) => {
      const {name, place} = makerWords(snapshot, maker)
      return place === '' ? name : `${name} (${place})`
    })
    return words(ofNode, makers)
  },
}

const edges: NodeColumn = {
  form: 'int32',
  open:
    ({firstEdge}) =>
    nodes => ({
      form: 'int32',
      values: Int32Array.from(nodes.list, node => firstEdge[node + 1] - firstEdge[node]),
    }),
}

const retainers: NodeColumn = {
  form: 'int32',
  open: snapshot => {
    const counts = retainerCounts(snapshot)
    return nodes => ({form: 'int32', values: Uint32Array.from(nodes.list, node => counts[node])})
  },
}

export const NODE_COLUMNS = {
  id,
  type,
  kind,
  name,
  self,
  rawSelf,
  retained,
  offHeap,
  distance,
  systemDistance: systemDistanceColumn,
  dominator,
  detachedness,
  detached,
  place,
  package: packageOfNode,
  realm,
  origin,
  owner,
  allocated,
  edges,
  retainers,
} satisfies Record<string, NodeColumn>

function missing(count: number): ColumnCells {
  return {form: 'word', values: new Uint8Array(count), words: [''], missing: new Uint8Array(count).fill(1)}
}

function int64(column: NumberArray): CellsOfNodes {
  return nodes => ({form: 'int64', values: nodes.pick(column)})
}

function ofGrouping({names, ofNode}: Grouping): CellsOfNodes {
  return words(ofNode, names)
}

function words(ofNode: Uint8Array | Uint16Array | Uint32Array, names: readonly string[]): CellsOfNodes {
  return nodes => ({form: 'word', values: nodes.pick(ofNode), words: names})
}

/** Texts that many nodes share: `keyOf` tells which a node has, and each is made once a batch. `none`: the text of what has none. */
function texts(keyOf: (node: number) => number, textOf: (key: number) => string, none?: string): CellsOfNodes {
  return nodes => {
    const values = new Uint32Array(nodes.length)
    const words: string[] = []
    const known = new Map<number, number>()
    const {list, length} = nodes
    for (let i = 0; i < length; i++) {
      values[i] = getOrMake(known, keyOf(list[i]), key => words.push(textOf(key)) - 1)
    }
    const mask = none === undefined ? {} : maskOf(nodes.length, row => words[values[row]] === none)
    return {form: 'text', values, words, ...mask}
  }
}

/** The ordinals from `from` up to `to`. */
export function ordinals(from: number, to: number): Uint32Array {
  const nodes = new Uint32Array(to - from)
  for (let i = 0; i < nodes.length; i++) nodes[i] = from + i
  return nodes
}
