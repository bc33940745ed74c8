/** Who made objects beside who keeps them: makers by allocation stacks, owners by the path from code to the objects, and what they have in common. */
import {allocatedByMaker, hasStacks, makerOf, makers, NO_STACK} from '../../analyze/facts/makers.ts'
import {selfSizes} from '../../analyze/facts/self-sizes.ts'
import {dominatorTree} from '../../analyze/graph/dominators.ts'
import {NO_GROUP} from '../../analyze/growth/growth.ts'
import type {Selection} from '../../analyze/select/select.ts'
import {pathGroups, pathHolder} from '../../explain/owners/path-groups.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {type MakerWords, makerWords, stackSentences} from '../../explain/words/allocation-words.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake} from '../../util/memo.ts'
import {formatCount, plural} from '../../util/units.ts'
import {type SnapshotView, snapshotView} from '../answer/snapshot-view.ts'

type Sums = Pick<MakerRow, 'count' | 'selfBytes'>

/** A function that made objects. */
export interface MakerRow {
  /** `makeOne()`, `(no stack)`, `(not by application code)`, `(other makers)`. */
  name: string
  /** Where the function begins; '' for none. */
  place: string
  /** Objects, as `types` counts them. */
  count: number
  /** Their self sizes in bytes, with V8's own parts of them. */
  selfBytes: number
  /** All that it allocated while V8 tracked, whether it is still there or not, whatever objects were asked about; null for what has no stack. */
  allocatedCount: number | null
  /** Bytes of these. */
  allocatedBytes: number | null
}

/** What keeps objects. */
export interface KeeperRow {
  /** `byId`, `(no path from code)`, `(other owners)`. */
  holder: string
  /** A line of the holder's; '' if the file does not say. */
  place: string
  /** Objects, as `types` counts them. */
  count: number
  /** Their self sizes in bytes, with V8's own parts of them. */
  selfBytes: number
}

/** What `makers` answers. */
export interface MakersView {
  /** The file. */
  snapshot: SnapshotView
  /** Most bytes first, those without a maker last. */
  makers: MakerRow[]
  /** Most bytes first, of what has a maker. */
  owners: KeeperRow[]
  /** What a maker made and an owner keeps, by their places in `makers` and `owners`; what is not listed is nothing. Sorted by them. */
  cells: {maker: number; owner: number; count: number; selfBytes: number}[]
  /** Of all objects asked about. `makers`, `owners`: functions and holders, whether listed or not. */
  total: {count: number; selfBytes: number; makers: number; owners: number}
  /** Sentences about what the answer leaves out. */
  limits: string[]
}

/** Which objects `makers` is asked about, and how many rows it lists. */
export interface MakersOptions {
  /** These objects only; all unless given. */
  among?: Selection
  /** Makers and owners that are told apart; 15 unless given. What is beyond is in a row of its own, so that all sums are whole. */
  limit?: number
}

/** Holders that are put into words: those of most bytes that have a stack. */
const MAX_HOLDERS = 500
const NO_PATH = '(no path from code)'
const OTHER_OWNERS = '(other owners)'
const OTHER_MAKERS = '(other makers)'

/** Without rows for files that have no allocation stacks, which the limits then say. Linear in the nodes, besides the dominator tree and named paths. */
export function makersView(snapshot: Snapshot, {among, limit = 15}: MakersOptions = {}): MakersView {
  if (!hasStacks(snapshot)) return noMakers(snapshot)
  const maker = makerOf(snapshot)
  const group = ownerGroups(snapshot)
  const self = selfSizes(snapshot, 'devtools')
  const pairs = new Map<number, Map<number, Sums>>()
  const count = among?.nodes.length ?? snapshot.nodeCount
  for (let i = 0; i < count; i++) {
    const node = among?.nodes[i] ?? i
    if (self[node] === 0) continue
    const ofMaker = getOrMake(pairs, maker(node), () => new Map<number, Sums>())
    add(
      getOrMake(ofMaker, group[node], () => ({count: 0, selfBytes: 0})),
      {count: 1, selfBytes: self[node]},
    )
  }
  const makerRows = new Rows<MakerWords>()
  const ownerRows = new Rows<Pick<KeeperRow, 'holder' | 'place'>>()
  const wordsOf = holders(snapshot, pairs)
  const allocatedOf: number[] = []
  const found: {maker: number; owner: number; sums: Sums}[] = []
  const all = allocatedByMaker(snapshot)
  // Makers of which nothing is left are told too.
  if (among === undefined) {
    for (let number = 0; number < all.count.length; number++)
      if (all.count[number] > 0) getOrMake(pairs, number, () => new Map<number, Sums>())
  }
  for (const [number, ofMaker] of pairs) {
    const row = makerRows.of(String(number), () => makerWords(snapshot, number), isMaker(snapshot, number))
    allocatedOf[row] = number
    for (const [group, sums] of ofMaker) {
      const words = wordsOf(group)
      const owner = ownerRows.of(`${words.holder}\0${words.place}`, () => words, words.holder !== OTHER_OWNERS)
      found.push({maker: row, owner, sums})
      makerRows.add(row, sums, sums.selfBytes)
      ownerRows.add(owner, sums, number === NO_STACK ? 0 : sums.selfBytes)
    }
  }
  const makerList = makerRows.ranked(limit, {name: OTHER_MAKERS, place: ''})
  const ownerList = ownerRows.ranked(limit, {holder: OTHER_OWNERS, place: ''})
  const listed = makerList.rows.map((row): MakerRow => ({...row, allocatedCount: null, allocatedBytes: null}))
  for (const [row, number] of allocatedOf.entries()) {
    if (number === NO_STACK) continue
    const into = listed[makerList.placeOf[row]]
    into.allocatedCount = (into.allocatedCount ?? 0) + all.count[number]
    into.allocatedBytes = (into.allocatedBytes ?? 0) + all.bytes[number]
  }
  const cells = new Map<number, Sums & {maker: number; owner: number}>()
  for (const {maker, owner, sums} of found) {
    const at = {maker: makerList.placeOf[maker], owner: ownerList.placeOf[owner]}
    const key = at.maker * (ownerList.rows.length + 1) + at.owner
    add(
      getOrMake(cells, key, () => ({...at, count: 0, selfBytes: 0})),
      sums,
    )
  }
  const total = {count: 0, selfBytes: 0, makers: makerRows.real, owners: ownerRows.real}
  for (const row of makerList.rows) add(total, row)
  return {
    snapshot: snapshotView(snapshot),
    makers: listed,
    owners: ownerList.rows,
    cells: [...cells.values()].sort((a, b) => a.maker - b.maker || a.owner - b.owner),
    total,
    limits: [
      ...(among === undefined
        ? []
        : [`only ${among.subject}: ${plural(among.nodes.length, 'object')} of ${formatCount(snapshot.nodeCount)}`]),
      ...[...rest(makerRows.real, makerList.told, 'maker'), ...rest(ownerRows.real, ownerList.told, 'owner')],
      ...stackSentences(snapshot),
      `parts of objects, such as texts and V8's arrays, are counted to the owner of what alone holds them`,
      ...placeSentences(
        snapshot,
        [...makerList.rows, ...ownerList.rows].map(({place}) => place),
      ),
    ],
  }
}

function noMakers(snapshot: Snapshot): MakersView {
  const total = {count: 0, selfBytes: 0, makers: 0, owners: 0}
  return {snapshot: snapshotView(snapshot), makers: [], owners: [], cells: [], total, limits: stackSentences(snapshot)}
}

function rest(all: number, told: number, noun: string): string[] {
  return told < all ? [`${formatCount(told)} of ${plural(all, noun)} are told apart; --limit N shows more`] : []
}

function isMaker(snapshot: Snapshot, number: number): boolean {
  return makers(snapshot).frames[number] !== undefined
}

function add(sums: Sums, {count, selfBytes}: Sums): void {
  sums.count += count
  sums.selfBytes += selfBytes
}

/** Uint32Array(n): the group of the path to each node, or to what alone holds it; NO_GROUP where nothing of both is known. */
function ownerGroups(snapshot: Snapshot): Uint32Array {
  const groups = pathGroups(snapshot).ofNode.slice()
  const {dominator, order} = dominatorTree(snapshot)
  // What dominates stands before what it dominates.
  for (const node of order)
    if (groups[node] === NO_GROUP && node !== snapshot.root) groups[node] = groups[dominator[node]]
  return groups
}

/** What keeps the objects of a group, in words: of those that say most of what has a stack. */
function holders(
  snapshot: Snapshot,
  pairs: ReadonlyMap<number, ReadonlyMap<number, Sums>>,
): (group: number) => Pick<KeeperRow, 'holder' | 'place'> {
  const bytes = new Map<number, number>()
  for (const [maker, ofMaker] of pairs) {
    if (maker === NO_STACK) continue
    for (const [group, sums] of ofMaker) bytes.set(group, (bytes.get(group) ?? 0) + sums.selfBytes)
  }
  bytes.delete(NO_GROUP)
  const {groups} = pathGroups(snapshot)
  const told = [...bytes].sort(([a, ofA], [b, ofB]) => ofB - ofA || a - b).slice(0, MAX_HOLDERS)
  const words = new Map(
    told.map(([group]) => {
      const {container, place} = pathHolder(snapshot, groups[group])
      return [group, {holder: container, place}]
    }),
  )
  return group => words.get(group) ?? {holder: group === NO_GROUP ? NO_PATH : OTHER_OWNERS, place: ''}
}

/** Rows with their sums, numbered as they come. */
class Rows<Words extends object> {
  readonly #rows: (Words & Sums)[] = []
  readonly #rank: number[] = []
  readonly #isReal: boolean[] = []
  readonly #numbers = new Map<string, number>()

  of(key: string, words: () => Words, isReal: boolean): number {
    return getOrMake(this.#numbers, key, () => {
      this.#isReal.push(isReal)
      this.#rank.push(0)
      return this.#rows.push({...words(), count: 0, selfBytes: 0}) - 1
    })
  }

  add(row: number, sums: Sums, rank: number): void {
    add(this.#rows[row], sums)
    this.#rank[row] += rank
  }

  /** Those that are told by name, whether they are listed or not. */
  get real(): number {
    return this.#isReal.filter(Boolean).length
  }

  /** The first of them by rank, then one for the rest if there is any, then those without a name. `placeOf`: of each row its place there. */
  ranked(limit: number, others: Words): {rows: (Words & Sums)[]; placeOf: number[]; told: number} {
    const all = [...this.#rows.keys()].sort((a, b) => this.#rank[b] - this.#rank[a] || a - b)
    const real = all.filter(row => this.#isReal[row])
    const placeOf: number[] = []
    const rows: (Words & Sums)[] = []
    for (const row of real.slice(0, limit)) placeOf[row] = rows.push({...this.#rows[row]}) - 1
    for (const row of all.filter(row => !this.#isReal[row])) placeOf[row] = rows.push({...this.#rows[row]}) - 1
    const rest = real.slice(limit)
    if (rest.length > 0) {
      const own = Object.entries(others)
      const found = rows.findIndex(row => own.every(([key, value]) => row[key as keyof typeof row] === value))
      const place = found >= 0 ? found : rows.push({...others, count: 0, selfBytes: 0}) - 1
      for (const row of rest) {
        add(rows[place], this.#rows[row])
        placeOf[row] = place
      }
    }
    return {rows, placeOf, told: Math.min(limit, real.length)}
  }
}
