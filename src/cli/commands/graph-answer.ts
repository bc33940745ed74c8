/** The end of every command whose answer is a graph: the form asked for, written where it was asked for. */
import {
  drawHtml,
  drawPicture,
  editorPattern,
  formatCount,
  HeapgraphError,
  type Picture,
  plural,
  type ResultGraph,
  type SvgOptions,
  shellWord,
  toDot,
  toGexf,
  toGraphml,
  toJson,
  toMermaid,
  toPng,
  toText,
} from '../../index.ts'
import {type Context, keepingOptions, keptOptions, paint, sayNext, sayWritten} from '../answer.ts'
import type {Format, FormatFor} from '../formats.ts'
import {type OpenOptions, openPicture} from '../open-picture.ts'
import {again} from '../options.ts'
import {type OutputOptions, outputFile, writeAnswer} from '../output.ts'

/** How pictures are drawn. */
export type PictureOptions = OpenOptions &
  Pick<SvgOptions, 'rankdir' | 'theme' | 'link' | 'graphviz'> & {bare?: boolean}

/** A picture as it is written, and what is in it. */
type DrawnText = Omit<Picture, 'svg'> & {text: string; carried?: number}

/** The graph of a question about objects of a file: if it has cuts, what they free is asked next. */
export async function finishGraph(
  context: Context,
  options: OutputOptions & PictureOptions,
  format: Format,
  graph: ResultGraph,
  next: string,
  file: string,
): Promise<void> {
  await finishResultGraph(context, options, format, graph, whatIfCommand(graph, file) ?? next, file)
}

/** Any result graph, whatever it answers. `file`: the snapshot, for pages that name commands. */
export async function finishResultGraph(
  context: Context,
  options: OutputOptions & PictureOptions,
  format: Format,
  graph: ResultGraph,
  next: string,
  file = '',
): Promise<void> {
  if (format === 'svg' || format === 'png' || format === 'html') {
    const picture = await drawOrSaveDot(context, options, format, graph, file)
    await finishPicture(context, options, format, picture.text, pictureSize(picture), next)
    return
  }
  if (await writeAnswer(context.io, options, graphText(context, options, format, graph))) {
    sayWritten(context, options, format === 'dot' || format === 'mermaid' ? 'graph' : 'answer', graphSize(graph))
  }
  sayNext(context.io, keepingOptions(context, next))
}

/** Writes what is drawn, as PNG if it is to be one, and shows it if that was asked for. `size` says how much of the answer is in it. */
export async function finishPicture(
  context: Context,
  options: OutputOptions & OpenOptions,
  format: Format,
  text: string,
  size: string,
  next: string,
): Promise<void> {
  const {io} = context
  const path = outputFile(options)
  if (format === 'png' && path === undefined && io.stdout.isTTY === true) {
    throw new HeapgraphError('USAGE', 'a PNG cannot be shown in a terminal', 'write it to a file with -o')
  }
  const png = format === 'png' ? await toPng(text) : undefined
  const pixels = png === undefined ? '' : `; ${formatCount(png.width)} × ${formatCount(png.height)} pixels`
  if (await writeAnswer(io, options, png === undefined ? text : [png.bytes])) {
    sayWritten(context, options, format === 'html' ? 'page' : 'picture', `${size}; legend inside${pixels}`)
    if (options.open === true && path !== undefined) await openPicture(io, path)
  }
  sayNext(io, keepingOptions(context, next))
}

function graphSize(graph: ResultGraph): string {
  return `${plural(graph.order, 'node')}, ${plural(graph.size, 'edge')}`
}

function pictureSize({cards, objects, groups, carried = 0}: DrawnText): string {
  const grouped = groups === 0 ? '' : `; ${formatCount(groups)} grouped`
  const more = carried === 0 ? '' : `; ${plural(carried, 'more card')} in the file`
  return `${formatCount(cards)} of ${plural(objects, 'object')} drawn${grouped}${more}`
}

/** What Graphviz cannot lay out in time is still of use: to another Graphviz, or to a more patient one, and as text. */
async function drawOrSaveDot(
  {io, program}: Context,
  options: OutputOptions & PictureOptions,
  format: 'svg' | 'png' | 'html',
  graph: ResultGraph,
  file: string,
): Promise<DrawnText> {
  try {
    if (format === 'html') {
      const {editor: name} = program.opts<{editor?: string}>()
      const editor = name === undefined ? undefined : editorPattern(name)
      const more = {
        ...(editor === undefined ? {} : {editor}),
        ...(file === '' ? {} : {file: again(file) + keptOptions({program})}),
      }
      const {html, ...counts} = await drawHtml(graph, {...options, ...more})
      return {text: html, ...counts}
    }
    const {svg, ...counts} = await drawPicture(graph, options)
    return {text: svg, ...counts}
  } catch (error) {
    if (!(error instanceof HeapgraphError) || outputFile(options) === undefined) throw error
    const [dot, text] = [`${options.output}.dot`, `${options.output}.txt`]
    await writeAnswer(io, {output: dot}, toDot(graph))
    await writeAnswer(io, {output: text}, toText(graph))
    throw new HeapgraphError(
      error.code,
      error.message,
      `DOT written to ${dot}, text to ${text}; ask for less with --depth or --fan`,
    )
  }
}

type DrawnFormat = 'svg' | 'png' | 'html'

type TextWriter = (graph: ResultGraph, options: PictureOptions) => string

/** The forms of a graph that are neither drawn nor for a terminal. */
const GRAPH_WRITERS: Record<Exclude<FormatFor<'graph'>, 'text' | DrawnFormat>, TextWriter> = {
  json: toJson,
  dot: toDot,
  mermaid: toMermaid,
  gexf: toGexf,
  graphml: toGraphml,
}

function graphText(
  context: Context,
  options: OutputOptions & PictureOptions,
  format: Format,
  graph: ResultGraph,
): string {
  if (format in GRAPH_WRITERS) return GRAPH_WRITERS[format as keyof typeof GRAPH_WRITERS](graph, options)
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
