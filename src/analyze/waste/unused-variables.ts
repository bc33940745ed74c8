/** Captured variables that nobody uses, with what they keep: how V8 shares contexts, and who counts as a user, is in `variable-users.ts`. */
import type {Variable} from '../../snapshot/code/scope-tree.ts'
import {NodeKind} from '../../snapshot/columns/schema.ts'
import type {Snapshot} from '../../snapshot/columns/snapshot.ts'
import {getOrMake, memoize} from '../../util/memo.ts'
import {slotsOf, valueOfVariable} from '../facts/context-scopes.ts'
import {oddballValue} from '../facts/property-value.ts'
import {dominatorTree, retainedSizes} from '../graph/dominators.ts'
import {heldByTools} from '../graph/held-by-tools.ts'
import {cutMeasure} from '../graph/retained-set.ts'
import {
  type ContextUses,
  contextUses,
  globalContexts,
  type Keeper,
  keepersOf,
  type Undecided,
  unknownUse,
  usersOf,
  usesOf,
  variableUse,
} from './variable-users.ts'

/** A variable that closures keep and nobody uses. */
export interface UnusedVariable {
  /** The variable, as the text declares it. */
  variable: Variable
  /** Ordinal of the script, which has the text. */
  script: number
  /** Contexts in which nobody uses it and that hold something by it, by ordinal; the one that keeps most first. */
  contexts: number[]
  /** Ordinals of its values there, in the same order. */
  values: number[]
  /** Freed if it were nulled in all of them. */
  retainedBytes: number
  /** Those functions that keep the first context, in the order of the text. */
  keepers: Keeper[]
}

/** What `closures` answers. */
export interface UnusedVariablesAnswer {
  /** The snapshot that was asked. */
  snapshot: Snapshot
  /** Most bytes first, ties by id; cut to the limit. */
  rows: UnusedVariable[]
  /** All that keep something alive, shown or not, and what would be freed if all of them were nulled. */
  total: {variables: number; contexts: number; retainedBytes: number}
  /** Variables that nobody uses but that keep nothing alive by themselves: something else holds their values too. */
  heldOtherwise: number
  /** Variables of which it was not measured what they keep: those whose values retain least. */
  notMeasured: number
  /** Contexts of people's code: those that could be judged, and why the others could not. */
  judged: number
  /** Number of contexts that could not be judged, by reason. */
  undecided: ReadonlyMap<Undecided, number>
  /** Contexts that DevTools, drivers of browsers and extensions alone keep: not judged. */
  ofTools: number
}

/** So many times the nodes of the heap are looked at to measure what variables keep. */
const MAX_WORK = 10

interface Candidate {
  variable: Variable
  script: number
  contexts: number[]
  /** Edges to its values, in the same order. */
  edges: number[]
}

/** Linear in nodes and edges, with the time for parsing, and for measuring ten times the nodes at the most. */
export function unusedVariables(snapshot: Snapshot, limit = 30): UnusedVariablesAnswer {
  const {nodeId} = snapshot
  const {found, judged, undecided, ofTools} = candidates(snapshot)
  const measure = cutMeasure(snapshot)
  const rows: {candidate: Candidate; bytes: number}[] = []
  let notMeasured = 0
  for (const candidate of found) {
    if (measure.work > MAX_WORK * snapshot.nodeCount) notMeasured++
    else rows.push({candidate, bytes: measure.bytes(candidate.edges)})
  }
  const keeping = rows
    .filter(({bytes}) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes || nodeId[a.candidate.contexts[0]] - nodeId[b.candidate.contexts[0]])
  return {
    snapshot,
    rows: keeping.slice(0, limit).map(({candidate, bytes}) => rowOf(snapshot, contextUses(snapshot), candidate, bytes)),
    total: {
      variables: keeping.length,
      contexts: keeping.reduce((sum, {candidate}) => sum + candidate.contexts.length, 0),
      retainedBytes: measure.bytes(keeping.flatMap(({candidate}) => candidate.edges)),
    },
    heldOtherwise: rows.length - keeping.length,
    notMeasured,
    judged,
    undecided,
    ofTools,
  }
}

interface Candidates extends Pick<UnusedVariablesAnswer, 'judged' | 'undecided' | 'ofTools'> {
  found: Candidate[]
}

/** Variables that nobody uses, those first whose values retain most. */
function candidates(snapshot: Snapshot): Candidates {
  const {edgeTarget, nodeId} = snapshot
  const retained = retainedSizes(snapshot, 'devtools')
  const found = new Map<Variable, Candidate>()
  const undecided = new Map<Undecided, number>()
  const tools = heldByTools(snapshot)
  let judged = 0
  let ofTools = 0
  for (const context of contextUses(snapshot).contexts) {
    if (tools?.isHeld(context)) {
      ofTools++
      continue
    }
    const judgment = judge(snapshot, context)
    if (typeof judgment === 'string') {
      undecided.set(judgment, (undecided.get(judgment) ?? 0) + 1)
      continue
    }
    judged++
    const {script} = judgment
    for (const {variable, edge} of judgment.unused) {
      const row = getOrMake(found, variable, (): Candidate => ({variable, script, contexts: [], edges: []}))
      row.contexts.push(context)
      row.edges.push(edge)
    }
  }
  const most = memoize(({edges}: Candidate) => edges.reduce((sum, edge) => sum + retained[edgeTarget[edge]], 0))
  const sorted = [...found.values()].sort((a, b) => most(b) - most(a) || nodeId[a.contexts[0]] - nodeId[b.contexts[0]])
  return {found: sorted, judged, undecided, ofTools}
}

function rowOf(
  snapshot: Snapshot,
  uses: ContextUses,
  {variable, script, contexts, edges}: Candidate,
  retainedBytes: number,
): UnusedVariable {
  const {edgeTarget, nodeId} = snapshot
  const {dominator} = dominatorTree(snapshot)
  const retained = retainedSizes(snapshot, 'devtools')
  // What a context holds alone, as far as the dominators tell.
  const alone = edges.map((edge, i) => (dominator[edgeTarget[edge]] === contexts[i] ? retained[edgeTarget[edge]] : 0))
  const order = [...contexts.keys()].sort((a, b) => alone[b] - alone[a] || nodeId[contexts[a]] - nodeId[contexts[b]])
  const sorted = order.map(i => contexts[i])
  return {
    variable,
    script,
    contexts: sorted,
    values: order.map(i => valueOfVariable(snapshot, edges[i])),
    retainedBytes,
    keepers: keepersOf(uses, sorted[0], variable.scope),
  }
}

/**
 * Whether a variable that a context keeps is one that nobody uses: what explains an object that is held by it. `scope` is the ordinal of
 * the context, `name` the variable's. Undefined where that is not so, or not known.
 */
export function unusedVariable(snapshot: Snapshot, scope: number, name: string): UnusedVariable | undefined {
  const use = variableUse(snapshot, scope, name)
  if (use === undefined || use.undecided !== undefined || use.users.length > 0) return undefined
  const uses = usesOf(snapshot, scope)
  const known = uses.model.scopeOf(scope)
  const slots = typeof known === 'object' ? slotsOf(snapshot, scope, known.slots) : undefined
  const slot = slots?.find(({names}) => names.length === 1 && names[0] === name)
  if (slot === undefined) return undefined
  const {variable, script} = use
  const {edge} = slot
  return rowOf(snapshot, uses, {variable, script, contexts: [scope], edges: [edge]}, measureOf(snapshot).bytes([edge]))
}

const measureOf = memoize(cutMeasure)

/** A context's variables that nobody uses, with the edges to their values. */
function judge(
  snapshot: Snapshot,
  context: number,
): {script: number; unused: {variable: Variable; edge: number}[]} | Undecided {
  const uses = contextUses(snapshot)
  const known = uses.model.scopeOf(context) ?? 'not matched'
  if (typeof known === 'string') return known
  if (globalContexts(snapshot).has(context)) return 'global'
  // The names of the class and of its private members; the object that `super` looks from.
  if (known.scope.kind === 'class' || known.scope.kind === 'object') return {script: known.script, unused: []}
  const slots = slotsOf(snapshot, context, known.slots)
  if (slots === undefined) return 'unnamed'
  // V8 lists no variables of scopes that a direct eval may look into.
  if (known.scope.start < 0 && known.scope.variables.size === 0 && slots.length > 0) return 'eval'
  const unused: {variable: Variable; edge: number}[] = []
  for (const {names, edge} of slots) {
    if (isNothing(snapshot, valueOfVariable(snapshot, edge))) continue
    const verdicts = names.map(name => {
      const variable = known.scope.variables.get(name)
      const isUnused =
        variable !== undefined && !variable.isExported && usersOf(uses, context, variable, 1).length === 0
      return isUnused ? variable : undefined
    })
    const first = verdicts.find(variable => variable !== undefined)
    if (first === undefined) continue
    // Which of them it is cannot be told, but if nobody uses any it does not matter.
    if (verdicts.includes(undefined)) return 'unnamed'
    unused.push({variable: first, edge})
  }
  if (unused.length === 0) return {script: known.script, unused}
  return unknownUse(uses, context, known.scope) ?? {script: known.script, unused}
}

/** Numbers and what V8 calls oddballs: nobody has to let go of them. */
function isNothing(snapshot: Snapshot, node: number): boolean {
  return node < 0 || snapshot.nodeKind[node] === NodeKind.number || oddballValue(snapshot, node) !== undefined
}
