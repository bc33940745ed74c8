/**
 * SVG by graphviz-cli, or by a Graphviz of the caller's choice. A render cannot be cancelled from inside, and some
 * take hours, so it runs in a process of its own that can be killed. (graphviz-cli fails in worker threads besides.)
 */
import type {ChildProcessWithoutNullStreams} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import type {ResultGraph} from '../graph/result.ts'
import {HeapgraphError} from '../util/errors.ts'
import {formatCount, plural} from '../util/units.ts'
import {forTerminal, forXml} from './clean.ts'
import {captionTitle, countDotNodes, type DotOptions, toDot} from './dot.ts'

export interface SvgOptions {
  /** Measured: 500 nodes with labelled edges take 0.8 s, 2,000 more than a minute. */
  timeoutMs?: number
  maxNodes?: number
  /** Path of a native `dot` to use instead of graphviz-cli. */
  graphviz?: string
  title?: string
}

const defaultTimeoutMs = 20_000
const defaultMaxNodes = 300
const widestComplaint = 200
const howToShrink = 'ask for less with --depth or --fan; the DOT form (.dot) still works, for another Graphviz'

export function toSvg(graph: ResultGraph, options: SvgOptions & DotOptions = {}): Promise<string> {
  return renderSvg(toDot(graph, options), {title: captionTitle(graph.getAttributes()), ...options})
}

/** Lays out and draws DOT written by `toDot`. */
export async function renderSvg(dot: string, options: SvgOptions = {}): Promise<string> {
  const {timeoutMs = defaultTimeoutMs, maxNodes = defaultMaxNodes, title = 'heapgraph'} = options
  const nodeCount = countDotNodes(dot)
  if (nodeCount > maxNodes) {
    const message = `A diagram of ${plural(nodeCount, 'node')} is more than the ${formatCount(maxNodes)} that can be drawn legibly`
    throw new HeapgraphError('RENDER', message, howToShrink)
  }
  const svg = await run(await startGraphviz(options.graphviz), dot, nodeCount, timeoutMs)
  return finishSvg(svg, title)
}

async function startGraphviz(graphviz: string | undefined): Promise<ChildProcessWithoutNullStreams> {
  // Of all answers, only pictures need it.
  const {spawn} = await import('node:child_process')
  // A debugger port or a loader meant for this process is not meant for that one.
  const {NODE_OPTIONS: _options, ...env} = process.env
  if (graphviz !== undefined) return spawn(graphviz, ['-Tsvg'], {env})
  return spawn(process.execPath, [graphvizCliProgram(), '-Tsvg'], {env})
}

/** The package does not export its program, only the library beside it. */
function graphvizCliProgram(): string {
  return fileURLToPath(new URL('../bin/graphviz.cjs', import.meta.resolve('graphviz-cli')))
}

function run(
  child: ChildProcessWithoutNullStreams,
  dot: string,
  nodeCount: number,
  timeoutMs: number,
): Promise<string> {
  const failed = (what: string) =>
    new HeapgraphError('RENDER', `Graphviz ${what}: a diagram of ${plural(nodeCount, 'node')}`, howToShrink)
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let complaints = ''
    let outOfTime = false
    const giveUp = () => {
      child.stdout.destroy()
      child.stderr.destroy()
      reject(failed(`did not finish within ${timeoutMs / 1000} s`))
    }
    const hasExited = () => child.exitCode !== null || child.signalCode !== null
    const timer = setTimeout(() => {
      outOfTime = true
      if (hasExited()) giveUp()
      else child.kill('SIGKILL')
    }, timeoutMs)
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaints = (complaints + text).slice(-10_000)
    })
    child.on('error', error => {
      clearTimeout(timer)
      reject(new HeapgraphError('RENDER', `Graphviz could not be started: ${error.message}`, howToShrink))
    })
    // Not 'close' alone: a process that Graphviz had started may hold the pipes open.
    child.on('exit', () => {
      if (outOfTime) giveUp()
    })
    child.on('close', code => {
      clearTimeout(timer)
      const svg = Buffer.concat(chunks).toString('utf8')
      if (code === 0 && svg.includes('</svg>')) resolve(svg)
      else reject(failed(`failed (${complaint(complaints) || `exit code ${code}`})`))
    })
    // If Graphviz goes away early, its exit tells why; the broken pipe does not.
    child.stdin.on('error', () => {})
    child.stdin.end(dot)
  })
}

/** The first line that is not graphviz-cli's harmless remark about widths of characters outside of ASCII. */
function complaint(stderr: string): string {
  const lines = stderr.split('\n').filter(line => line !== '' && !line.includes('no value for width of non-ASCII'))
  return forTerminal(lines[0] ?? '', widestComplaint)
}

/** Characters that XML 1.0 has no place for, written plainly or as a reference. */
const forbiddenCharacter = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu
const characterReference = /&#(?:x([0-9a-f]+)|([0-9]+));/gi
const strayAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-f]+);)/gi

/** Graphviz's way to write Helvetica. Where there is none, a font of the same widths should stand in. */
const graphvizFonts = 'font-family="Helvetica,sans-Serif"'

/**
 * toDot lets nothing through that Graphviz turns into broken XML; this is for Graphviz versions not met yet. The
 * document type goes: it is a reference to another server. The comments only repeat the names of nodes.
 */
function finishSvg(svg: string, title: string): string {
  return svg
    .replace(/<!DOCTYPE[^>]*>\s*/, '')
    .replace(/<!--.*?-->\s*/gs, '')
    .replace(characterReference, (reference, hex, decimal) =>
      isXmlCharacter(hex ? Number.parseInt(hex, 16) : Number(decimal)) ? reference : '',
    )
    .replace(strayAmpersand, '&amp;')
    .replace(forbiddenCharacter, '')
    .replaceAll(graphvizFonts, 'font-family="Helvetica,Arial,Liberation Sans,sans-serif"')
    .replace(/<svg\b[^>]*>/, opening => `${opening}\n<title>${forXml(title)}</title>`)
}

function isXmlCharacter(code: number): boolean {
  if (code > 0x10ffff) return false
  return String.fromCodePoint(code).search(forbiddenCharacter) === -1
}
