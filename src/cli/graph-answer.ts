/** The end of every command whose answer is a graph: the form asked for, written where it was asked for. */
import {
  forTerminal,
  type GraphAnswer,
  type GraphOptions,
  type OwnersAnswer,
  plural,
  type ResultGraph,
  toDot,
  toGexf,
  toGraph,
  toGraphml,
  toJson,
  toSvg,
  toText,
} from '../index.ts'
import {type Context, paint, sayNext} from './answer.ts'
import {again, shellWord} from './options.ts'
import {type Format, type OutputOptions, outputFile, writeAnswer} from './output.ts'

export async function finishGraph(
  context: Context,
  options: OutputOptions & Pick<GraphOptions, 'raw'>,
  format: Format,
  answer: GraphAnswer,
  next: string,
  {by, file = ''}: {by?: OwnersAnswer; file?: string} = {},
): Promise<void> {
  const graph = toGraph(answer, {...options, ...(by === undefined ? {} : {by})})
  const text = await graphText(context, options, format, graph)
  const toFile = await writeAnswer(context.io, options, text)
  if (toFile) {
    const what = format === 'svg' ? 'picture' : format === 'dot' ? 'graph' : 'answer'
    const size = `${plural(graph.order, 'node')}, ${plural(graph.size, 'edge')}`
    context.io.stderr.write(`${forTerminal(`${what} written to ${options.output} (${size})`)}\n`)
  }
  sayNext(context.io, whatIfCommand(graph, file) ?? next)
}

function graphText(
  context: Context,
  options: OutputOptions,
  format: Format,
  graph: ResultGraph,
): string | Promise<string> {
  if (format === 'json') return toJson(graph)
  if (format === 'dot') return toDot(graph)
  if (format === 'svg') return toSvg(graph)
  if (format === 'gexf') return toGexf(graph)
  if (format === 'graphml') return toGraphml(graph)
  // A file must not depend on how wide the window was.
  const columns = outputFile(options) === undefined ? context.io.stdout.columns : undefined
  return toText(graph, {paint: paint(context, options), ...(columns === undefined ? {} : {width: columns})})
}

/** Asks what letting go of the owners frees, where the answer has owners and words for them. */
function whatIfCommand(graph: ResultGraph, file: string): string | undefined {
  const cuts = graph.getAttribute('owners')?.cuts ?? []
  if (cuts.length === 0 || file === '') return undefined
  return `heapgraph what-if ${cuts.map(cut => `--cut ${shellWord(cut)}`).join(' ')} ${again(file)}`
}
