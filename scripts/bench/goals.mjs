/** What we want to reach, beside what was measured: medians of one run over the same files. */
import {hasIndex, typesOf} from './ours.mjs'

const MB = 1e6
/** Below this size it is the start that is measured. */
const SMALL_BYTES = 8 * MB
/** From this size on memory is what is short. */
const LARGE_BYTES = 2500 * MB
const OURS = 'heapgraph'
const BARE = {tool: 'node', question: 'node -e 0'}
const PEER_LIMITS = [
  ['Rust tool', 0.4],
  ['DevTools worker', 0.1],
  ['memlab', 0.1],
]
const WARM = ['types', 'show', 'list']
/** What is asked who keeps objects alive by, against the table of types: cold, in CPU and wall time. */
const HOLDERS = ['backrefs', 'why', 'what-if', 'suspects']
/** Where everything refers to anything there is more to search. */
const HOLDERS_LIMIT = {crosslinked: 2.5}
const HOLDERS_WARM = ['backrefs', 'why', 'path', 'refs', 'dominators']

/** What keeps us from the goals, as far as it was measured (docs/decisions/what-was-tried-for-speed.md). */
const CAUSES = {
  backrefs:
    'a file of 5 MB is answered by code that V8 has only begun to compile: starting Node and loading the program take about a third, the rest is spread over some thirty functions; less inlining and later optimizing took a fifth of it, other tiers, baseline code and eager feedback gave nothing.',
  holders:
    'besides what `types` needs, who holds an object needs the retainers, the cheapest named path to every node (a search over all edges with costs) and the sets of owners, each of which visits memory at random places; `suspects` also puts the paths to up to 20,000 places into words, and parses the scripts of the variables it names.',
  leaks:
    'besides a table of each of the three, the place of every object in the program is put into words (up to 20,000 places a snapshot), which needs the cheapest named path to every node.',
  types:
    'on small files the start of Node, of the program and of its compiled code is most of the time, and native tools have none of that; on large ones about half is the dominator tree, which waits for memory at random places, and has no second thread to help. Parsing alone builds no graph: simdjson is ahead as long as its copy of all values fits the caches and the memory.',
  memory:
    'Node takes some 45 MB, and the dominators need 54 bytes a node and 14.5 an edge at once, of which the file has some 65 a node: narrower columns would have to be left out while the tree is made.',
  warm: 'starting Node and loading the program takes 0.1 s by itself, which is more than a tenth of a cold run on files below some 150 MB; `list` and `show` look at some columns whole (types, ids, sizes; all edges for what an object reaches).',
  edge: 'loading the program and compiling it is most of the smallest file; from 100 MB on the time an edge follows how much of the heap fits the caches.',
}

const causeOf = goal => {
  if (goal.startsWith('leaks')) return CAUSES.leaks
  if (goal.includes('peak memory')) return CAUSES.memory
  if (goal.includes(', warm')) return CAUSES.warm
  if (goal.includes('an edge')) return CAUSES.edge
  if (HOLDERS.some(question => goal === `${question} : types`)) return CAUSES.holders
  return goal.startsWith('backrefs') ? CAUSES.backrefs : goal.startsWith('types') ? CAUSES.types : undefined
}

/** Sentences on the goals that were missed: `{goals, cause}`, each cause once. */
export function causes(rows) {
  const found = new Map()
  for (const {goal, met} of rows) {
    const cause = met === false ? causeOf(goal) : undefined
    if (cause !== undefined) found.set(cause, (found.get(cause) ?? new Set()).add(goal))
  }
  return Array.from(found, ([cause, names]) => ({goals: [...names], cause}))
}

/**
 * `results`: `{file, tool, question, wall, cpu, peak}`, `file` undefined for what needs none; `files`: `{label, shape, bytes,
 * edges}`. Returns rows `{goal, file, limit, measured, cpu, met}`; `met` is undefined where something is missing.
 */
export function goals(results, files) {
  const rows = []
  const find = ({file, tool = OURS, question}) =>
    results.find(one => one.file === file && one.tool === tool && one.question === question)
  const median = (what, field = 'wall') => find(what)?.[field]?.median

  const add = (goal, file, limit, value, text, isMet, cpu = '') => {
    if (value === undefined) rows.push({goal, file, limit, measured: 'not measured', cpu, met: undefined})
    else rows.push({goal, file, limit, measured: text(value), cpu, met: isMet(value)})
  }
  /** Times are compared by CPU, too: other programs disturb that less. */
  const ratio = (goal, limit, ours, theirs, field = 'wall') => {
    const of = which => divide(median(ours, which), median(theirs, which))
    const cpu = field === 'wall' ? of('cpu') : undefined
    const isMet = value => value <= limit
    add(goal, ours.file ?? '', `≤ ${limit} ×`, of(field), times, isMet, cpu === undefined ? '' : times(cpu))
  }

  /** Of one question to what others take together. */
  const ratioOfSum = (goal, limit, file, question, parts) => {
    const of = field =>
      divide(median({file, question}, field), sum(parts.map(part => median({file, question: part}, field))))
    const cpu = of('cpu')
    add(goal, file, `≤ ${limit} ×`, of('wall'), times, value => value <= limit, cpu === undefined ? '' : times(cpu))
  }

  for (const question of ['--version', '--help']) ratio(`${question} : bare node`, 1.5, {question}, BARE)
  for (const {label: file, shape, bytes} of files) {
    if (shape === 'leaking') {
      ratioOfSum('leaks of three : types of each', 1.3, file, 'leaks', typesOf)
      continue
    }
    if (bytes < SMALL_BYTES) {
      ratio('backrefs : bare node', 4, {file, question: 'backrefs'}, BARE)
      ratio('types : bare node', 2.5, {file, question: 'types'}, BARE)
      continue
    }
    const types = {file, question: 'types'}
    for (const [tool, limit] of PEER_LIMITS) ratio(`types : ${tool}`, limit, types, {...types, tool})
    ratio('types : simdjson merely parsing', 1, types, {file, tool: 'simdjson', question: 'parse'})
    ratio('types : Rust tool, peak memory', 0.6, types, {...types, tool: 'Rust tool'}, 'peak')
    const peak = median(types, 'peak')
    const above = peak === undefined ? undefined : (peak - bytes) / MB
    const aboveText = value => `file ${value < 0 ? '−' : '+'} ${Math.abs(value).toFixed(0)} MB`
    add('types, peak memory', file, '≤ file + 100 MB', above, aboveText, value => value <= 100)
    for (const question of HOLDERS) ratio(`${question} : types`, HOLDERS_LIMIT[shape] ?? 1.5, {file, question}, types)
    ratio('backrefs : types, peak memory', 1.15, {file, question: 'backrefs'}, types, 'peak')
    if (bytes >= LARGE_BYTES) {
      const peak = median({file, question: 'backrefs'}, 'peak')
      const above = peak === undefined ? undefined : (peak - bytes) / MB
      add('backrefs, peak memory', file, '≤ file + 1,500 MB', above, aboveText, value => value <= 1500)
    }
    if (!hasIndex) continue
    for (const [questions, limit] of [
      [WARM, 0.3],
      [HOLDERS_WARM, 1],
    ]) {
      for (const question of questions) {
        const warm = {file, question: `${question}, warm`}
        ratio(`${question}, warm : cold`, 0.1, warm, {file, question})
        if (bytes < 400 * MB || bytes > 510 * MB) continue
        const seconds = value => `${value.toFixed(2)} s`
        add(`${question}, warm`, file, `< ${limit} s`, median(warm), seconds, value => value < limit)
      }
    }
  }
  if (!hasIndex) {
    rows.push({
      goal: 'warm runs',
      file: '',
      limit: '≤ 0.1 × cold, < 0.3 s',
      measured: 'no index in this build',
      cpu: '',
    })
  }
  for (const [shape, question] of shapesAndQuestions(files)) {
    const alike = files.filter(file => file.shape === shape && file.bytes >= SMALL_BYTES)
    if (shape === undefined || alike.length < 2) continue
    const perEdge = alike.map(({label, edges}) => {
      const seconds = median({file: label, question})
      return seconds === undefined ? undefined : ((seconds - (median(BARE) ?? 0)) / edges) * 1e9
    })
    const known = perEdge.filter(value => value !== undefined)
    const apart = known.length < 2 ? undefined : Math.max(...known) / Math.min(...known) - 1
    const text = value => `${(100 * value).toFixed(0)} % (${known.map(ns => ns.toFixed(0)).join(', ')} ns)`
    const span = `${alike[0].label} to ${alike.at(-1).label}`
    add(`${question}, time an edge less bare node`, span, 'within 25 %', apart, text, value => value <= 0.25)
  }
  return rows
}

function shapesAndQuestions(files) {
  const shapes = [...new Set(files.map(file => file.shape))]
  return shapes.flatMap(shape => ['types', 'backrefs'].map(question => [shape, question]))
}

const times = value => `${value.toFixed(2)} ×`

/** undefined if one of them is. */
function sum(values) {
  return values.some(value => value === undefined) ? undefined : values.reduce((all, value) => all + value, 0)
}

function divide(one, other) {
  return one === undefined || other === undefined ? undefined : one / other
}
