/** What waits and what is open, as rows with ids, names and words. */
import {retainedBySet} from '../../analyze/graph/retained-set.ts'
import type {AsyncAnswer, WaitSection} from '../../analyze/waiting/census.ts'
import type {WaitKind} from '../../analyze/waiting/wait-group.ts'
import {holdersOfSet, type SetHolder} from '../../explain/owners/holders-of.ts'
import {factWords, ofWords, waitPlace, waitWords} from '../../explain/owners/wait-words.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {leftToTools} from '../../explain/words/tools-words.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {plural} from '../../util/units.ts'
import {type SnapshotView, snapshotView} from '../answer/snapshot-view.ts'

export interface AsyncRow {
  /** `await in load()`, `setInterval poll()`, `EventEmitter "news"`, `Socket (TCP)`. */
  what: string
  /** The line; '' if the file does not say. */
  place: string
  /** Waits, stores, timers, listeners, handles, chunks, signals. */
  count: number
  /** `on 2 promises`, `on 3 emitters, most 15`; '' where nothing is to be said. */
  among: string
  /** What would be freed if all that is kept for them were dropped. */
  retainedBytes: number
  /** V8's id of the one that was made first: a promise's reaction, a timer, an emitter, the owner of a handle. */
  oldestId: number
  /** The path by which most of them are kept; null where that is the wait itself. */
  holder: SetHolder | null
  /** Sentences: `unref: keeps no process alive`. */
  facts: string[]
}

export interface AsyncSectionView {
  kind: WaitKind
  /** `promises that something waits for`. */
  title: string
  count: number
  rows: AsyncRow[]
  /** What is in no row: beyond the limit; of the runtime's own functions; kept by DevTools, drivers and extensions alone. */
  left: {rows: number; count: number; runtime: number; tools: number}
}

export interface AsyncView {
  snapshot: SnapshotView
  sections: AsyncSectionView[]
  limits: string[]
}

export function asyncView({snapshot, sections, limit}: AsyncAnswer): AsyncView {
  const views = sections.map(section => sectionView(snapshot, section, limit))
  const left = views.filter(view => view.left.rows > 0)
  return {
    snapshot: snapshotView(snapshot),
    sections: views,
    limits: [
      ...(left.length > 0 ? [`${plural(limit, 'row')} of each kind at most; --limit N shows more`] : []),
      ...leftSentences(views),
      'retained is what would be freed if every object of the row were; what only two rows together hold is counted in neither',
      'a pending promise that nothing awaits looks like one resolved with a number, and is not counted',
      ...placeSentences(
        snapshot,
        views.flatMap(({rows}) => rows.flatMap(({place, holder}) => [place, holder?.place ?? ''])),
      ),
    ],
  }
}

function leftSentences(views: readonly AsyncSectionView[]): string[] {
  const sum = (what: 'runtime' | 'tools') => views.reduce((total, {left}) => total + left[what], 0)
  const runtime = sum('runtime')
  const tools = sum('tools')
  return [
    ...(runtime > 0
      ? [`${plural(runtime, 'wait')} of the runtime's own functions ${runtime === 1 ? 'is' : 'are'} left out`]
      : []),
    ...leftToTools(tools, 'wait'),
  ]
}

const TITLES: Record<WaitKind, string> = {
  promises: 'promises that something awaits',
  stores: 'stores of AsyncLocalStorage',
  timers: 'pending timers',
  listeners: 'listeners',
  handles: 'open handles',
  chunks: 'chunks queued in streams',
  signals: 'signals that can still abort',
}

/** What is kept by something else than the wait itself. */
const HAS_HOLDER = new Set<WaitKind>(['stores', 'listeners', 'handles', 'chunks', 'signals'])

function sectionView(snapshot: Snapshot, {kind, groups, count, left}: WaitSection, limit: number): AsyncSectionView {
  const shown = groups.slice(0, limit)
  const rows = shown.map((group): AsyncRow => {
    const [holder = null] = HAS_HOLDER.has(kind) ? holdersOfSet(snapshot, group.nodes, 1) : []
    return {
      what: waitWords(snapshot, kind, group),
      place: waitPlace(snapshot, group),
      count: group.count,
      among: ofWords(kind, group),
      retainedBytes: retainedBySet(snapshot, group.nodes).bytes,
      oldestId: snapshot.nodeId[group.nodes[0]],
      holder,
      facts: factWords(snapshot, group),
    }
  })
  const shownCount = rows.reduce((sum, row) => sum + row.count, 0)
  return {
    kind,
    title: TITLES[kind],
    count,
    rows,
    left: {rows: groups.length - rows.length, count: count - shownCount, ...left},
  }
}
