/** Captured variables that nobody uses, as rows with ids, names and words. */
import type {UnusedVariable, UnusedVariablesAnswer} from '../../analyze/waste/unused-variables.ts'
import {
  type FunctionWords,
  keeperWords,
  mendOf,
  readersOf,
  undecidedSentences,
} from '../../explain/owners/closure-words.ts'
import {placeSentences} from '../../explain/places/place-sentences.ts'
import {codePlaceOf, placeText, scopeText} from '../../explain/places/source-place.ts'
import {describe} from '../../explain/words/describe.ts'
import {leftToTools} from '../../explain/words/tools-words.ts'
import {declaration, placeInText} from '../../snapshot/code/declarations.ts'
import type {Place} from '../../snapshot/code/places.ts'
import type {Variable} from '../../snapshot/code/scope-tree.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {formatCount, plural} from '../../util/units.ts'
import {type SnapshotView, snapshotView} from '../answer/snapshot-view.ts'

/** Functions of a row that are named; the others are counted. */
const MAX_FUNCTIONS = 3

export interface ClosureRow {
  variable: string
  /** How it is declared: `const`, `parameter`, `this`. */
  kind: string
  /** `src/cache.js:12`: where; '' if the file does not say. */
  place: string
  /** `call of onData() (src/bus.js:40)`: of the scope that keeps most by it. */
  scope: string
  /** How many scopes of the kind nobody uses it in, and that of them. */
  scopes: number
  scopeId: number
  /** What it holds there; `title` as in a result's nodes. */
  value: {id: number; type: string; title?: string}
  /** Freed if it were null in all of them. */
  retainedBytes: number
  /** Functions that would use it, of which none lives or can be made again. */
  readers: {count: number; list: FunctionWords[]}
  /** Functions that live in the scope and so keep it. */
  keepers: {count: number; list: (FunctionWords & {id: number})[]}
  mend: string
}

export interface ClosuresView {
  snapshot: SnapshotView
  rows: ClosureRow[]
  total: UnusedVariablesAnswer['total']
  /** Scopes of people's code that were judged, and that could not be, by reason. */
  judged: number
  undecided: Record<string, number>
  limits: string[]
}

export function closuresView(answer: UnusedVariablesAnswer): ClosuresView {
  const {snapshot, total, heldOtherwise, notMeasured, judged, undecided, ofTools} = answer
  const rows = answer.rows.map(row => rowOf(snapshot, row))
  return {
    snapshot: snapshotView(snapshot),
    rows,
    total,
    judged,
    undecided: Object.fromEntries(undecided),
    limits: [
      ...(rows.length < total.variables
        ? [`${formatCount(rows.length)} of ${plural(total.variables, 'variable')} are shown; --limit N shows more`]
        : []),
      ...(heldOtherwise > 0
        ? [`${plural(heldOtherwise, 'more variable')} that nobody uses: what they hold is held by something else too`]
        : []),
      ...(notMeasured > 0 ? [`${plural(notMeasured, 'more variable')} that nobody uses: not measured`] : []),
      ...undecidedSentences(undecided),
      ...leftToTools(ofTools, 'scope'),
      'bytes are what would be freed if the variable were null in all of these scopes, and nothing else changed',
      ...placeSentences(
        snapshot,
        rows.flatMap(({place, readers, keepers}) => [
          place,
          ...[...readers.list, ...keepers.list].map(one => one.place),
        ]),
      ),
    ],
  }
}

/** Where the text of the script is not known, by patterns as far as its beginning says. */
function placeOfVariable(snapshot: Snapshot, closure: number, {name, offset}: Variable): Place | undefined {
  return offset === null ? declaration(snapshot, closure, name) : placeInText(snapshot, closure, offset)
}

function rowOf(snapshot: Snapshot, row: UnusedVariable): ClosureRow {
  const {variable, contexts, values, retainedBytes, keepers} = row
  const {nodeId} = snapshot
  const inside = keepers[0]?.closure ?? -1
  const place = inside < 0 || variable.kind === 'this' ? undefined : placeOfVariable(snapshot, inside, variable)
  const readers = inside < 0 ? [] : readersOf(snapshot, variable, inside)
  const {id, type, title} = describe(snapshot, values[0])
  return {
    variable: variable.name,
    kind: variable.kind,
    place: place === undefined ? '' : placeText(codePlaceOf(snapshot, place)),
    scope: scopeText(snapshot, contexts[0]),
    scopes: contexts.length,
    scopeId: nodeId[contexts[0]],
    value: {id, type, ...(title === undefined ? {} : {title})},
    retainedBytes,
    readers: {count: readers.length, list: readers.slice(0, MAX_FUNCTIONS)},
    keepers: {
      count: keepers.length,
      list: keepers
        .slice(0, MAX_FUNCTIONS)
        .map(keeper => ({...keeperWords(snapshot, keeper), id: nodeId[keeper.closure]})),
    },
    mend: mendOf(row, readers),
  }
}
