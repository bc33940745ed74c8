/** What bound functions call: `onData.bind(stream)` has no place of its own, what it was made of has. */
import {memoize} from '../../util/memo.ts'
import {NodeKind} from '../columns/schema.ts'
import type {Snapshot} from '../columns/snapshot.ts'
import {internalTargets} from './internal-edges.ts'

/** A function may be bound again and again; a hostile file may have a ring of them. */
const MAX_BINDINGS = 16

const targets = memoize(internalTargets)

/**
 * The function that a bound one calls in the end (`JSBoundFunction`, which snapshots call `native_bind` or `bound NAME`, has it as
 * `bound_function`); any other node itself.
 */
export function boundTarget(snapshot: Snapshot, node: number): number {
  let found = node
  for (let times = 0; times < MAX_BINDINGS && snapshot.nodeKind[found] === NodeKind.closure; times++) {
    const next = targets(snapshot)(found, 'bound_function')
    if (next < 0) break
    found = next
  }
  return found
}

/** The name that a function has in JavaScript, `bound onData` for a bound one; '' if it has none. */
export function functionName(snapshot: Snapshot, closure: number): string {
  const {nodeName, strings} = snapshot
  const name = strings.get(nodeName[closure])
  if (name !== 'native_bind') return name
  const target = boundTarget(snapshot, closure)
  return target === closure ? name : `bound ${strings.get(nodeName[target])}`.trimEnd()
}
