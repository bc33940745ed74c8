/**
 * What each question's answer can be turned into. An answer is known by who has given it: the questions of this folder note theirs here, so
 * that nothing else is taken for one.
 */
import {freemem} from 'node:os'
import type {DetachedAnswer} from '../analyze/answers/detached.ts'
import type {ListAnswer, ShowAnswer} from '../analyze/answers/objects.ts'
import type {TypesAnswer} from '../analyze/answers/types.ts'
import type {WhatIfAnswer} from '../analyze/cuts/what-if.ts'
import type {AsyncAnswer} from '../analyze/waiting/census.ts'
import type {StringsAnswer} from '../analyze/waste/string-waste.ts'
import type {UnusedVariablesAnswer} from '../analyze/waste/unused-variables.ts'
import type {WasteAnswer} from '../analyze/waste/waste.ts'
import {drawMakersPage} from '../emit/page/makers-html.ts'
import {drawMakers} from '../emit/picture/makers-svg.ts'
import type {Theme} from '../emit/picture/picture-style.ts'
import {toJson as graphJson} from '../emit/safe/json.ts'
import {plainPaint} from '../emit/safe/paint.ts'
import {allocationsJson, allocationsText} from '../emit/text/allocations.ts'
import {assertJson, assertText} from '../emit/text/assert.ts'
import {asyncJson, asyncText} from '../emit/text/async.ts'
import {closuresJson, closuresText} from '../emit/text/closures.ts'
import {growthJson, growthText} from '../emit/text/growth.ts'
import {growthMarkdown, leaksMarkdown} from '../emit/text/growth-markdown.ts'
import {leaksJson, leaksText, suspectsJson, suspectsText} from '../emit/text/leaks.ts'
import {makersJson, makersText} from '../emit/text/makers.ts'
import {SQL_ROWS, sqlJson, sqlText} from '../emit/text/sql.ts'
import {
  detachedJson,
  detachedText,
  infoJson,
  infoText,
  listJson,
  listText,
  showJson,
  showText,
  typesJson,
  typesText,
} from '../emit/text/tables.ts'
import {toText as graphText, type TextOptions} from '../emit/text/text-tree.ts'
import {stringsJson, stringsText, wasteJson, wasteText} from '../emit/text/waste.ts'
import {whatIfJson, whatIfText} from '../emit/text/what-if.ts'
import type {ResultGraph} from '../graph/answer/result.ts'
import {type GraphAnswer, toGraph} from '../graph/answer/to-graph.ts'
import {whatIfGraph} from '../graph/answer/what-if-graph.ts'
import {whatIfView} from '../graph/answer/what-if-view.ts'
import type {SqlAnswer} from '../graph/rows/row-table.ts'
import type {AllocationsAnswer} from '../graph/views/allocations-view.ts'
import type {AssertView} from '../graph/views/assert-view.ts'
import {asyncView} from '../graph/views/async-view.ts'
import {closuresView} from '../graph/views/closures-view.ts'
import {assertFindings, type Finding, suspectFindings} from '../graph/views/findings.ts'
import type {GrowthView} from '../graph/views/growth-view.ts'
import type {LeaksAnswer} from '../graph/views/leak-suspects.ts'
import {leaksGraph} from '../graph/views/leaks-graph.ts'
import {leaksView} from '../graph/views/leaks-view.ts'
import type {MakersView} from '../graph/views/makers-view.ts'
import type {SuspectsView} from '../graph/views/suspects-view.ts'
import {detachedView, type InfoView, listView, showView, typesView} from '../graph/views/views.ts'
import {stringsView, wasteView} from '../graph/views/waste-view.ts'
import {Snapshot} from '../snapshot/columns/snapshot.ts'
import {type ArgumentChecks, type Check, checked, checkedLater, fitting, isObject} from '../util/arguments.ts'

/** What can be drawn: answers that are graphs, and such graphs themselves. */
export type DrawableAnswer = GraphAnswer | WhatIfAnswer | LeaksAnswer | ResultGraph

/** Answers that find fault. */
export type FoundAnswer = LeaksAnswer | SuspectsView | AssertView

/** Every answer that the questions of the library give, and the graphs made of them. */
export type Answer =
  | DrawableAnswer
  | InfoView
  | TypesAnswer
  | ListAnswer
  | ShowAnswer
  | DetachedAnswer
  | GrowthView
  | SuspectsView
  | MakersView
  | AllocationsAnswer
  | StringsAnswer
  | WasteAnswer
  | UnusedVariablesAnswer
  | AsyncAnswer
  | AssertView
  | SqlAnswer

interface Forms<A> {
  text: (answer: A, options: TextOptions) => string
  json: (answer: A) => string
  markdown?: (answer: A) => string
  graph?: (answer: A) => ResultGraph
  /** `snapshot`: the one that was asked. */
  findings?: (answer: A, snapshot: Snapshot) => Finding[]
  /** Of what is drawn without being a graph. */
  picture?: {svg: (answer: A, theme: Theme) => string; html: (answer: A, theme: Theme) => Promise<string>}
}

/** Each is asked for the answers of its own question only: see `formsFor`. */
function formsOf<A>(forms: Forms<A>): Forms<Answer> {
  return forms as unknown as Forms<Answer>
}

/** A table, by its view. */
function table<A, V>(
  view: (answer: A) => V,
  text: (view: V, paint?: TextOptions['paint']) => string,
  json: (view: V) => string,
): Forms<A> {
  return {
    text: (answer, {paint = plainPaint}) => text(view(answer), paint),
    json: answer => json(view(answer)),
  }
}

function itself<V>(view: V): V {
  return view
}

const GRAPH: Forms<GraphAnswer> = {
  text: (answer, options) => graphText(toGraph(answer), options),
  json: answer => graphJson(toGraph(answer)),
  graph: answer => toGraph(answer),
}

/** By question. */
const FORMS = {
  info: formsOf(table<InfoView, InfoView>(itself, (view, paint) => infoText(view, freemem(), paint), infoJson)),
  types: formsOf(table(typesView, typesText, typesJson)),
  list: formsOf(table(listView, listText, listJson)),
  show: formsOf(table(showView, showText, showJson)),
  detached: formsOf(table(detachedView, detachedText, detachedJson)),
  graph: formsOf(GRAPH),
  whatIf: formsOf({...table(whatIfView, whatIfText, whatIfJson), graph: whatIfGraph}),
  growth: formsOf({...table<GrowthView, GrowthView>(itself, growthText, growthJson), markdown: growthMarkdown}),
  leaks: formsOf({
    ...table(leaksView, leaksText, leaksJson),
    markdown: (answer: LeaksAnswer) => leaksMarkdown(leaksView(answer)),
    graph: (answer: LeaksAnswer) => leaksGraph(answer, 'leaks'),
    findings: (answer: LeaksAnswer) => suspectFindings(answer.snapshot, leaksView(answer)),
  }),
  suspects: formsOf({
    ...table<SuspectsView, SuspectsView>(itself, suspectsText, suspectsJson),
    findings: (answer: SuspectsView, snapshot: Snapshot) => suspectFindings(snapshot, answer),
  }),
  strings: formsOf(table(stringsView, stringsText, stringsJson)),
  waste: formsOf(table((answer: WasteAnswer) => wasteView(answer), wasteText, wasteJson)),
  makers: formsOf({
    ...table<MakersView, MakersView>(itself, makersText, makersJson),
    picture: {
      svg: (view: MakersView, theme: Theme) => drawMakers(view, {theme}).svg,
      html: async (view: MakersView, theme: Theme) => (await drawMakersPage(view, {theme})).html,
    },
  }),
  allocations: formsOf(table(({view}: AllocationsAnswer) => view, allocationsText, allocationsJson)),
  async: formsOf(table(asyncView, asyncText, asyncJson)),
  closures: formsOf(table(closuresView, closuresText, closuresJson)),
  assert: formsOf({...table<AssertView, AssertView>(itself, assertText, assertJson), findings: assertFindings}),
  sql: formsOf<SqlAnswer>({
    text: (answer, {paint}) => sqlText(answer, SQL_ROWS, paint),
    json: answer => sqlJson(answer, SQL_ROWS),
  }),
}

export type Question = keyof typeof FORMS

const questionOf = new WeakMap<object, Question>()
/** The snapshot that was asked, of answers that do not have it. */
const snapshotOf = new WeakMap<object, Snapshot>()

/** A question: its arguments are checked, and its answer is noted as one of its kind. */
export function question<Arguments extends unknown[], A extends object>(
  kind: Question,
  checks: ArgumentChecks<Arguments>,
  ask: (...all: Arguments) => A,
): (...all: Arguments) => A {
  return checked(checks, (...all) => {
    const answer = noted(kind, ask(...all))
    if (all[0] instanceof Snapshot) snapshotOf.set(answer, all[0])
    return answer
  })
}

/** The same for one that reads files. */
export function questionLater<Arguments extends unknown[], A extends object>(
  kind: Question,
  checks: ArgumentChecks<Arguments>,
  ask: (...all: Arguments) => Promise<A>,
): (...all: Arguments) => Promise<A> {
  return checkedLater(checks, async (...all) => noted(kind, await ask(...all)))
}

function noted<A extends object>(kind: Question, answer: A): A {
  questionOf.set(answer, kind)
  return answer
}

/** A graph that `toGraph` has made: graphology's, with what answers have. */
export function isResultGraph(value: unknown): value is ResultGraph {
  return (
    isObject(value) &&
    typeof value.getAttribute === 'function' &&
    typeof (value as unknown as ResultGraph).getAttribute('question') === 'string'
  )
}

const RESULT_GRAPH = formsOf<ResultGraph>({text: graphText, json: graphJson, graph: itself})

function formsFor(answer: unknown): Forms<Answer> | undefined {
  if (isResultGraph(answer)) return RESULT_GRAPH
  const kind = isObject(answer) ? questionOf.get(answer) : undefined
  return kind === undefined ? undefined : FORMS[kind]
}

export const anAnswer: Check = fitting(
  'the answer to a question, or a graph of toGraph',
  value => formsFor(value) !== undefined,
)

export const aDrawable: Check = fitting(
  'an answer that is a graph (of backrefs, refs, why, path, cycles, dominators, whatIf, leaks), or a graph of toGraph',
  value => formsFor(value)?.graph !== undefined,
)

export const aPicture: Check = fitting(
  'an answer of makers, or one that is a graph (of backrefs, refs, why, path, cycles, dominators, whatIf, leaks, toGraph)',
  value => formsFor(value)?.graph !== undefined || formsFor(value)?.picture !== undefined,
)

/** How an answer is drawn that is no graph. */
export function pictureOf(answer: MakersView | DrawableAnswer): Forms<Answer>['picture'] {
  return formsFor(answer)?.picture
}

/** Of a graph as `dominators`, `why` and the like give them. */
export const aGraphAnswer: Check = fitting('an answer of backrefs, refs, why, path, cycles or dominators', isNoted)

export const aWhatIf: Check = fitting(
  'an answer of whatIf',
  value => isObject(value) && questionOf.get(value) === 'whatIf',
)

export function isDominators(value: unknown): boolean {
  return isNoted(value) && value.question === 'dominators'
}

function isNoted(value: unknown): value is GraphAnswer {
  return isObject(value) && questionOf.get(value) === 'graph'
}

export const aComparison: Check = fitting(
  'an answer of growth or leaks',
  value => formsFor(value)?.markdown !== undefined,
)

export const aFinding: Check = fitting(
  'an answer of leaks, suspects or assert',
  value => formsFor(value)?.findings !== undefined,
)

/** What an answer finds fault with, and the name of the file that was asked. */
export function findingsOf(answer: FoundAnswer): {findings: Finding[]; file: string} {
  const snapshot = 'steps' in answer ? answer.snapshot : snapshotOf.get(answer)!
  return {findings: formsFor(answer)!.findings!(answer, snapshot), file: snapshot.name}
}

export function textOf(answer: Answer, options: TextOptions = {}): string {
  return formsFor(answer)!.text(answer, options)
}

export function jsonOf(answer: Answer): string {
  return formsFor(answer)!.json(answer)
}

export function markdownOf(answer: GrowthView | LeaksAnswer): string {
  return formsFor(answer)!.markdown!(answer)
}

export function graphOf(answer: DrawableAnswer): ResultGraph {
  return formsFor(answer)!.graph!(answer)
}
