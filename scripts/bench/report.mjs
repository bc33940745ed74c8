/** The figures as Markdown. */
import {causes, goals} from './goals.mjs'
import {method} from './measure.mjs'

const OURS = 'heapgraph'
/** Of what `merged` of pieces.mjs returns. */
export function markdown({machines, loads, versions, rules, files, results, stages}) {
  const goalRows = goals(results, files)
  return `${[
    '# Benchmarks',
    'Written by `npm run bench`; do not edit. Ratios are what counts: all tools took turns on the same files, each file in one run on one machine.',
    [
      `- Machine: ${machines.join('; ')}. Load at the start and the end of each run ${loads.join('; ')}.`,
      `- Versions: ${versions.join('; ')}.`,
      '- Rounds after the file was read once (small files: after a round that is not counted); who has taken so long in all is not run',
      `  again, and one run has a limit: ${rules.join('; ')}. Figures are min / **median** / max.`,
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
