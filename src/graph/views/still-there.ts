/** What each maker made that is still there, of a snapshot with allocation stacks: to be put beside what was allocated. */
import {hasStacks, makers, NOBODY, type StackFrame} from '../../analyze/facts/makers.ts'
import {makerWords} from '../../explain/words/allocation-words.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {HeapgraphError} from '../../util/errors.ts'
import {makersView} from './makers-view.ts'

/** What keeps objects, in words. */
export interface MadeKeeper {
  /** `byId`, `(no path from code)`. */
  holder: string
  /** A line of the holder's; '' if the file does not say. */
  place: string
}

export interface MadeThere {
  /** Undefined: what nobody of the application made. */
  frame: StackFrame | undefined
  /** Self sizes. */
  bytes: number
  /** What keeps most of it; undefined where nothing is left. */
  keeper: MadeKeeper | undefined
}

/** All makers that the file knows, those of which nothing is left, too. Throws USAGE if it has no stacks. */
export function madeThere(snapshot: Snapshot): MadeThere[] {
  if (!hasStacks(snapshot)) {
    const how = 'take it with capture --stacks, or give a profile taken with capture --allocations 30s --still-there'
    throw new HeapgraphError(
      'USAGE',
      `${snapshot.name}: it has no allocation stacks to say who made what is there`,
      how,
    )
  }
  const view = makersView(snapshot, {limit: Number.MAX_SAFE_INTEGER})
  const rowOf = new Map(view.makers.map(({name, place}, row) => [`${name}\0${place}`, row]))
  const most = new Map<number, (typeof view.cells)[number]>()
  for (const cell of view.cells) if (cell.selfBytes > (most.get(cell.maker)?.selfBytes ?? 0)) most.set(cell.maker, cell)
  // Makers of equal words are one row there: it is told of the first.
  const told = new Set<number>()
  return makers(snapshot).frames.flatMap((frame, number): MadeThere[] => {
    if (frame === undefined && number !== NOBODY) return []
    const {name, place} = makerWords(snapshot, number)
    const row = rowOf.get(`${name}\0${place}`)
    if (row === undefined || told.has(row)) return []
    told.add(row)
    const owner = view.owners[most.get(row)?.owner ?? -1]
    const keeper = owner === undefined ? undefined : {holder: owner.holder, place: owner.place}
    return [{frame, bytes: view.makers[row].selfBytes, keeper}]
  })
}
