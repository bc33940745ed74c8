/** The end of every command whose answer is a graph: the form asked for, written where it was asked for. */
import {
  drawHtml,
  drawPicture,
  formatCount,
  forTerminal,
  type GraphAnswer,
  type GraphOptions,
  HeapgraphError,
  type OwnersAnswer,
  type Picture,
  plural,
  type ResultGraph,
  type SvgOptions,
  toDot,
  toGexf,
  toGraph,
  toGraphml,
  toJson,
  toMermaid,
  toText,
} from '../index.ts'
import {type Context, paint, sayNext} from './answer.ts'
import {again, shellWord} from './options.ts'
import {type Format, type OutputOptions, outputFile, writeAnswer} from './output.ts'

/** How pictures are drawn. */
export type PictureOptions = Pick<SvgOptions, 'rankdir' | 'theme' | 'link' | 'graphviz'>

/** A picture as it is written, and what is in it. */
type DrawnText = Omit<Picture, 'svg'> & {text: string; carried?: number}

export async function finishGraph(
  context: Context,
  options: OutputOptions & PictureOptions & Pick<GraphOptions, 'raw'>,
  format: Format,
  answer: GraphAnswer,
  next: string,
  {by, file = ''}: {by?: OwnersAnswer; file?: string} = {},
): Promise<void> {
  const graph = toGraph(answer, {...options, ...(by === undefined ? {} : {by})})
  const picture =
    format === 'svg' || format === 'html' ? await drawOrSaveDot(context, options, format, graph, file) : undefined
  const text = picture?.text ?? graphText(context, options, format, graph)
  const toFile = await writeAnswer(context.io, options, text)
  if (toFile) {
    const what =
      format === 'html'
        ? 'page'
        : picture !== undefined
          ? 'picture'
          : format === 'dot' || format === 'mermaid'
            ? 'graph'
            : 'answer'
    const size = picture === undefined ? graphSize(graph) : pictureSize(picture)
    context.io.stderr.write(`${forTerminal(`${what} written to ${options.output} (${size})`)}\n`)
  }
  sayNext(context.io, whatIfCommand(graph, file) ?? next)
}

function graphSize(graph: ResultGraph): string {
  return `${plural(graph.order, 'node')}, ${plural(graph.size, 'edge')}`
}

function pictureSize({cards, objects, groups, carried = 0}: DrawnText): string {
  const grouped = groups === 0 ? '' : `; ${formatCount(groups)} grouped`
  const more = carried === 0 ? '' : `; ${plural(carried, 'more card')} in the file`
  return `${formatCount(cards)} of ${plural(objects, 'object')} drawn${grouped}${more}; legend inside`
}

/** What Graphviz cannot lay out in time is still of use to another Graphviz, or to a more patient one. */
async function drawOrSaveDot(
  {io}: Context,
  options: OutputOptions & PictureOptions,
  format: 'svg' | 'html',
  graph: ResultGraph,
  file: string,
): Promise<DrawnText> {
  try {
    if (format === 'html') {
      const {html, ...counts} = await drawHtml(graph, {...options, ...(file === '' ? {} : {file: again(file)})})
      return {text: html, ...counts}
    }
    const {svg, ...counts} = await drawPicture(graph, options)
    return {text: svg, ...counts}
  } catch (error) {
    if (!(error instanceof HeapgraphError) || outputFile(options) === undefined) throw error
    const output = `${options.output}.dot`
    await writeAnswer(io, {output}, toDot(graph))
    throw new HeapgraphError(error.code, error.message, `DOT written to ${output}; ask for less with --depth or --fan`)
  }
}

function graphText(
  context: Context,
  options: OutputOptions & PictureOptions,
  format: Format,
  graph: ResultGraph,
): string {
  if (format === 'json') return toJson(graph)
  if (format === 'dot') return toDot(graph, options)
  if (format === 'mermaid') return toMermaid(graph, options)
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
