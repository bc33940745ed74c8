/** The figures as Markdown. */
import {arch, cpus, loadavg, release, totalmem, type} from 'node:os'
import {causes, goals} from './goals.mjs'
import {method} from './measure.mjs'
import {version} from './ours.mjs'

const OURS = 'heapgraph'
const load = () =>
  loadavg()
    .map(value => value.toFixed(1))
    .join(', ')
const loadAtStart = load()

/** `settings`: `{runs, limitSeconds, budget, cores}`; `peers`: as of peers.mjs; `stages`: Map from label to rows. */
export function markdown({settings, peers, files, results, stages}) {
  const named = peers.filter(({version}) => version !== undefined).map(({tool, version}) => `${tool} ${version}`)
  const versions = [`heapgraph ${version}`, `Node ${process.versions.node}`, ...new Set(named)]
  const {runs, limitSeconds, budget} = settings
  const goalRows = goals(results, files)
  const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} threads, ${gigabytes(totalmem())} of memory`
  return `${[
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Ratios are what counts: all tools took turns on the same files, in one run on one machine.',
    [
      `- Machine: ${machine}; ${type()} ${release()}, ${arch()}. Load at the start ${loadAtStart}, at the end ${load()}.`,
      `- Versions: ${versions.join('; ')}.`,
      `- Up to ${runs} rounds after the file was read once (small files: after a round that is not counted); who has taken ${budget} s`,
      `  in all is not run again, and ${limitSeconds} s are the limit of one run. Figures are min / **median** / max.`,
      `- Wall time by our own clock, start of the process included; CPU (user + system, all threads) and peak memory by ${method}.`,
      "- `×` is a tool's median wall time in ours for the same question and file. JavaScript peers run with V8's heap limit raised to",
      '  80 % of the memory, heapgraph without. memlab has no table of types: it loads with retained sizes and adds up by name.',
    ].join('\n'),
    '## Files',
    table(['file', 'size', 'nodes', 'edges'], files.map(fileRow), 'lrrr'),
    '## Goals',
    table(['goal', 'file', 'limit', 'measured', 'by CPU', ''], goalRows.map(goalRow), 'llrrrl'),
    ...causeSection(goalRows),
    '## Figures',
    table(
      ['file', 'question', 'tool', 'runs', 'wall, s', 'CPU, s', 'peak, MB', '×'],
      results.map(result => figureRow(result, results)),
      'lllrrrrr',
    ),
    ...stageSection(stages),
  ].join('\n\n')}\n`
}

const fileRow = ({label, bytes, nodes, edges}) => [label, megabytes(bytes), count(nodes), count(edges)]
const goalRow = ({goal, file, limit, measured, cpu, met}) => [
  goal,
  file,
  limit,
  measured,
  cpu,
  met === undefined ? '?' : met ? 'met' : '**not met**',
]

function causeSection(rows) {
  const missed = causes(rows)
  if (missed.length === 0) return []
  return ['### Why goals are missed', missed.map(({goals, cause}) => `- ${goals.join('; ')}: ${cause}`).join('\n')]
}

function figureRow({file = '', tool, question, runs, failure, wall, cpu, peak}, results) {
  const label = [file, question, tool]
  if (wall === undefined) return [...label, '', failure ?? 'not run', '', '', '']
  const ours = results.find(one => (one.file ?? '') === file && one.question === question && one.tool === OURS)?.wall
  const times = tool === OURS || ours === undefined ? '' : (wall.median / ours.median).toFixed(1)
  const remark = failure === undefined ? '' : ` (then: ${failure})`
  return [
    ...label,
    String(runs),
    three(wall, seconds) + remark,
    three(cpu, seconds),
    three(peak, value => (value / 1e6).toFixed(0)),
    times,
  ]
}

function stageSection(stages) {
  if (stages.size === 0) return []
  const labels = [...stages.keys()]
  const names = [...new Set([...stages.values()].flatMap(rows => rows.map(({name}) => name)))]
  const rows = names.map(name => [
    name,
    ...labels.map(label => {
      const row = stages.get(label).find(one => one.name === name)
      return row === undefined ? '' : `${seconds(row.seconds)} (${(row.peakBytes / 1e6).toFixed(0)})`
    }),
  ])
  return [
    '## Stages of `types`',
    'Seconds of wall time (peak memory so far, in MB), medians, in one process of the built library.',
    table(['stage', ...labels], rows, `l${'r'.repeat(labels.length)}`),
  ]
}

const seconds = value => value.toFixed(value < 1 ? 3 : 2)
const megabytes = bytes => `${(bytes / 1e6).toFixed(1)} MB`
const gigabytes = bytes => `${(bytes / 1e9).toFixed(0)} GB`
const count = value => (value === undefined ? '?' : String(value).replace(/\B(?=(\d{3})+$)/g, ','))

function three(spread, format) {
  if (spread === undefined) return '?'
  return `${format(spread.min)} / **${format(spread.median)}** / ${format(spread.max)}`
}

/** `align`: a letter a column. */
function table(head, rows, align) {
  const line = cells => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [
    line(head),
    `| ${[...align].map(side => (side === 'r' ? '---:' : '---')).join(' | ')} |`,
    ...rows.map(line),
  ].join('\n')
}
