/** What an owner is called: the way to the objects as code, the holder in a few words, and the line where it is written. */

import {exportCells, exportName} from '../analyze/cut-variables.ts'
import type {Owner, OwnersAnswer} from '../analyze/owners.ts'
import {globalObjects} from '../analyze/roots.ts'
import {variableName} from '../snapshot/block-variables.ts'
import {codeOf, originOfScript} from '../snapshot/code-origin.ts'
import {declaration, declarationIn, globalDeclaration} from '../snapshot/declarations.ts'
import {moduleExports} from '../snapshot/module-exports.ts'
import {placeOfRow} from '../snapshot/places.ts'
import {EdgeKind, NodeKind} from '../snapshot/schema.ts'
import {scopes} from '../snapshot/scopes.ts'
import type {Snapshot} from '../snapshot/snapshot.ts'
import {formatCount, plural} from '../util/units.ts'
import {type CodeStep, codePath, codePathText} from './code-path.ts'
import {describe} from './describe.ts'
import type {MeasuredCuts} from './owner-cut.ts'
import {codePlaceOf, placeText, sourcePlace} from './source-place.ts'

export interface OwnerWords {
  /** `module src/cache.js · byId.get("u1")`: the example's. */
  path: string
  /** `module src/cache.js · byId.get(…)`: that of all objects held so. */
  pattern: string
  /** `byId`, `onFlush()`, `(Stack roots)`. */
  holder: string
  /** `src/cache.js:13`: a line of the holder's; '' if the file does not say. */
  place: string
}

export function ownerWords(snapshot: Snapshot, owner: Owner): OwnerWords {
  const steps = codePath(snapshot, owner.start, owner.edges)
  const callback = lastFunction(snapshot, owner, steps)
  const object = callback === undefined ? ownersClass(snapshot, owner) : undefined
  const place =
    callback !== undefined
      ? sourcePlace(snapshot, callback)
      : object !== undefined
        ? sourcePlace(snapshot, object)
        : timerPlace(steps) || startPlace(snapshot, owner)
  // Of what the runtime keeps: the nearest function of people's own, which waits or is called.
  const line = isRuntimes(place) ? (steps.findLast(step => !isRuntimes(step.place))?.place ?? place) : place
  const isWhole = line !== place
  return {
    path: codePathText(steps),
    pattern: codePathText(steps, {pattern: true, places: true}),
    holder:
      callback !== undefined && isCalled(steps, owner.cut)
        ? describe(snapshot, callback).preview
        : holderName(steps, owner.cut, isWhole),
    place: line,
  }
}

function isRuntimes(place: string): boolean {
  return place === '' || originOfScript(place).code === 'runtime'
}

/** The function of people's own that holds the objects: a listener, a callback, nearest to them. */
function lastFunction(snapshot: Snapshot, {edges, cut}: Owner, steps: readonly CodeStep[]): number | undefined {
  // The object's own place is no holder's; a function that the owner's name passes through is part of the name.
  for (let i = steps.length - 2; i > 0 && steps[i].endEdge > cut; i--) {
    for (let edge = steps[i].endEdge - 1; edge >= Math.max(cut, steps[i].firstEdge); edge--) {
      const node = snapshot.edgeTarget[edges[edge]]
      if (snapshot.nodeKind[node] === NodeKind.closure && isPeoples(snapshot, node)) return node
    }
  }
  return undefined
}

/** Whether the objects are held for the sake of a function that something calls: that is what must be taken off. */
function isCalled(steps: readonly CodeStep[], cut: number): boolean {
  return steps.some(({text, endEdge}) => endEdge > cut && / listener(?: |$)|\._on(?:Timeout|Immediate)/.test(text))
}

/** The object of a class of people's own that the owner is part of, nearest to the objects. */
function ownersClass(snapshot: Snapshot, {edges, cut}: Owner): number | undefined {
  const {edgeTarget, nodeKind} = snapshot
  for (let i = cut - 1; i >= 0; i--) {
    const node = edgeTarget[edges[i]]
    const isNamed = nodeKind[node] === NodeKind.closure || nodeKind[node] === NodeKind.object
    if (isNamed && !scopes(snapshot).isScope(node) && isPeoples(snapshot, node)) return node
  }
  return undefined
}

function isPeoples(snapshot: Snapshot, node: number): boolean {
  return codeOf(snapshot, node) === 'application'
}

/** Of a timer its callback's: the path names it. */
function timerPlace([first]: readonly CodeStep[]): string {
  return first.text.startsWith('module ') ? '' : first.place
}

/** Of a module's variable the line that declares it, or the module's file where the snapshot does not tell; of a call, its function's. */
function startPlace(snapshot: Snapshot, {start: node, edges}: Owner): string {
  const {isScope, kind, inner, function: functionOf, locationRow} = scopes(snapshot)
  const exporter = moduleExports(snapshot).get(node) ?? exportCells(snapshot).get(node)
  if (exporter !== undefined) {
    const name = exportName(snapshot, edges[0]) ?? propertyName(snapshot, edges[0])
    const declared = declarationIn(snapshot, exporter, name)
    return declared === undefined ? fileOnly(snapshot, exporter) : placeText(codePlaceOf(snapshot, declared))
  }
  if (!isScope(node)) return sourcePlace(snapshot, node) || globalPlace(snapshot, node, edges)
  if (kind(node) !== 'module' && functionOf(node) >= 0) return sourcePlace(snapshot, functionOf(node))
  const place = placeOfRow(snapshot, locationRow(node))
  if (kind(node) !== 'module') return place === undefined ? '' : placeText(codePlaceOf(snapshot, place))
  const name = variableName(snapshot, edges[0])
  const declared =
    name === ''
      ? undefined
      : inner(node) < 0
        ? globalDeclaration(snapshot, name)
        : declaration(snapshot, inner(node), name, node)
  if (declared !== undefined) return placeText(codePlaceOf(snapshot, declared))
  return place === undefined ? '' : fileOnly(snapshot, place.script)
}

function propertyName({edgeKind, edgeName, strings}: Snapshot, edge: number): string {
  return edgeKind[edge] === EdgeKind.property ? strings.get(edgeName[edge]) : ''
}

/** Of what the file has no line for: a line that is not the right one sends people astray. */
function fileOnly(snapshot: Snapshot, script: string): string {
  return script === '' ? '' : codePlaceOf(snapshot, {script, line: 0, column: 0}).shown
}

/** Where a property of a global object is made. */
function globalPlace(snapshot: Snapshot, node: number, edges: readonly number[]): string {
  const {edgeKind, edgeName, strings} = snapshot
  if (!globalObjects(snapshot).includes(node) || edgeKind[edges[0]] !== EdgeKind.property) return ''
  const place = globalDeclaration(snapshot, strings.get(edgeName[edges[0]]))
  return place === undefined ? '' : placeText(codePlaceOf(snapshot, place))
}

/** What the objects, or what they are parts of, must be taken out of: without the module that it stands in. */
function holderName(steps: readonly CodeStep[], cut: number, isWhole: boolean): string {
  const inModule = steps.length > 1 && steps[0].text.startsWith('module ')
  let end = steps.length
  while (end > 2 && steps[end - 1].firstEdge > cut && isProperty(steps[end - 1])) end--
  // What comes behind a promise, a WeakMap's key and the like is the runtime's way.
  const onward = steps.findIndex(
    (step, i) => i > (inModule ? 1 : 0) && step.firstEdge > cut && step.text.startsWith(' · '),
  )
  if (!isWhole && onward > 0 && onward < end) end = onward
  const exported = steps[0].text.endsWith(' · exports') ? 'exports' : ''
  const name = codePathText(steps.slice(inModule ? 1 : 0, end), {pattern: true})
  return exported + name.replace(/^ · (scope var )?/, '')
}

/** Of `byId.get(…)` and `byId · key of Map entry` the collection, `byId`; of `first(.next) ×60` where the chain begins. */
export function containerOf(holder: string): string {
  const container = holder
    .replace(/(?:\.get\(…\)|\[[i…]\]| · key of Map entry| · Set entry)+(?:\.[\w$#.]+)?$/, '')
    .replace(/\((?:\.| · ).*\) ×[\d,]+$/s, '')
  return container === '' ? holder : container
}

function isProperty({pattern}: CodeStep): boolean {
  return /^\.[^(]*$/.test(pattern) && !pattern.endsWith('…')
}

/** Owners named in a headline; the others are counted. */
const NAMED = 3

/** `held 3 ways: by byId (src/cache.js:13), onFlush() (src/server.js:10) and refresh() (src/server.js:16)`. */
export function ownersSentence(answer: OwnersAnswer, words: readonly OwnerWords[]): string {
  const {owners, total, unheld, target} = answer
  if (owners.length === 0) return unheld === target.nodes.length ? 'held by nothing: garbage, or held weakly only' : ''
  const names = words.slice(0, NAMED).map(({holder, place}) => (place === '' ? holder : `${holder} (${place})`))
  const rest = total.owners - names.length
  if (rest > 0) names.push(`${formatCount(rest)} more`)
  const list = names.length === 1 ? names[0] : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`
  return total.owners === 1 ? `held by ${list}` : `held ${plural(total.owners, 'way')}: by ${list}`
}

/** What must let go for the objects to be freed, as far as cutting it frees them: see `measuredCuts`. */
export function verdict(answer: OwnersAnswer, words: readonly OwnerWords[], cuts: MeasuredCuts): string {
  const {owners, total, unheld, shared, target, isCut} = answer
  const held = target.nodes.length - unheld
  if (owners.length === 0) return ''
  const {areAll, atOnce} = cuts
  const best = cuts.best ?? {owner: 0, frees: 0}
  const whole = held === 1 ? 'it' : `all ${formatCount(held)}`
  if (best.frees >= held) return `one cut frees ${whole}: ${words[best.owner].holder}`
  const parts = []
  if (best.frees > 0) {
    parts.push(`one cut frees ${formatCount(best.frees)} of ${formatCount(held)}: ${words[best.owner].holder}`)
  }
  const everyone = owners.length === total.owners && owners.every(({count}) => count === held)
  const owned = formatCount(total.owners)
  const isNoneAlone = total.owners > 1 && best.frees === 0
  if (isNoneAlone && everyone && (areAll ?? !isCut)) {
    return `freed only if all ${owned} let go${atOnce === '' ? '' : `, or at once: ${atOnce}`}`
  }
  if (isNoneAlone && areAll === true) return `no one cut frees any; all ${owned} together free ${whole}`
  if (shared > 0) parts.push(`${plural(shared, 'object is', 'objects are')} freed only if several let go`)
  const isMore = isCut || areAll === false
  if (isMore) parts.push('some are held in more ways than were followed')
  return parts.join('; ')
}

/** What to give to `what-if --cut`, so that what the verdict promises is freed; none if there are no words for it. */
export function cutsOfVerdict({texts, best, areAllTold, atOnce}: MeasuredCuts): string[] {
  if (best !== undefined) return texts[best.owner]
  if (atOnce !== '') return [atOnce]
  return areAllTold ? [...new Set(texts.flat())] : []
}
