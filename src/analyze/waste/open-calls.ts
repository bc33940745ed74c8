/** Calls that are not over: generators and async functions that wait, and the calls on the stack. */
import {internalTargets} from '../../snapshot/code/internal-edges.ts'
import type {Scope} from '../../snapshot/code/scope-tree.ts'
import {scopes} from '../../snapshot/code/scopes.ts'
import {EdgeKind, NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {memoize} from '../../util/memo.ts'
import {type ContextScopes, isClosure} from '../facts/context-scopes.ts'
import {numberValue} from '../facts/property-value.ts'

const GENERATOR_CLOSED = -1

interface Call {
  closure: number
  /** The innermost context of the call. */
  context: number
}

/**
 * Calls of generators and async functions that are not over: V8's generator objects know their function and the context in which they go
 * on (`JSGeneratorObject`). `isMeant`: whether those that go on in a context are asked for. A module's, which its module keeps for ever, goes on only if it waits: then the context of an `await` holds it.
 */
export function* waitingCalls(
  snapshot: Snapshot,
  functionOf: ContextScopes['functionOf'],
  isMeant: (context: number) => boolean,
): Generator<Call> {
  const {edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, nodeKind, strings} = snapshot
  const {isScope} = scopes(snapshot)
  const target = internalTargets(snapshot)
  const names = strings.setOf('context')
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.object) continue
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal || !names.has(edgeName[edge])) continue
      const context = edgeTarget[edge]
      const closure = target(node, 'function')
      if (!isScope(context) || !isMeant(context) || closure < 0 || !isClosure(snapshot, closure)) continue
      const found = functionOf(closure)
      // Newer files say whether a call is over (`JSGeneratorObject::kGeneratorClosed`).
      const continuation = target(node, 'continuation')
      if (continuation >= 0 && numberValue(snapshot, continuation) === GENERATOR_CLOSED) continue
      const isModule = continuation < 0 && typeof found === 'object' && found.scope.kind === 'root'
      if (!isModule || [...retainersOf(snapshot, node)].some(isScope)) yield {closure, context}
    }
  }
}

function* retainersOf({retainers: {first, source}}: Snapshot, node: number): Generator<number> {
  for (let i = first[node]; i < first[node + 1]; i++) yield source[i]
}

/** Calls that were under way when the snapshot was taken: a context on the stack together with a closure of the function that makes it. */
export function* callsOnStack(snapshot: Snapshot, model: ContextScopes): Generator<Call> {
  const {isScope} = scopes(snapshot)
  for (const targets of onStacks(snapshot)) {
    const onStack = new Map<Scope, number>()
    for (const node of targets) {
      const found = isClosure(snapshot, node) ? model.functionOf(node) : undefined
      if (typeof found === 'object') onStack.set(found.scope, node)
    }
    for (const context of targets) {
      const known = isScope(context) ? model.scopeOf(context) : undefined
      if (typeof known !== 'object') continue
      const closure = onStack.get(functionScopeOf(known.scope))
      if (closure !== undefined) yield {closure, context}
    }
  }
}

/** The contexts on the stack, by ordinal. */
export const contextsOnStack = memoize((snapshot: Snapshot): readonly number[] =>
  [...onStacks(snapshot)].flat().filter(scopes(snapshot).isScope),
)

/** What V8's roots for the stack have, each once. */
function* onStacks({edgeTarget, firstEdge, nodeCount, nodeKind, nodeName, strings}: Snapshot): Generator<number[]> {
  const names = strings.setOf('(Stack roots)')
  for (let root = 0; root < nodeCount; root++) {
    if (nodeKind[root] === NodeKind.synthetic && names.has(nodeName[root]))
      yield [...new Set(edgeTarget.subarray(firstEdge[root], firstEdge[root + 1]))]
  }
}

/** The scope of the function around a scope, or of the whole script. */
export function functionScopeOf(scope: Scope): Scope {
  if (scope.function !== undefined) return scope.function.scope
  let root = scope
  while (root.outer !== undefined) root = root.outer
  return root
}
