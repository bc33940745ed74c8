/**
 * Graphviz: it cannot be cancelled from inside, and some graphs take it hours, so it runs in a process of its own that can be killed.
 * (graphviz-cli fails in worker threads besides.)
 */
import type {ChildProcessWithoutNullStreams} from 'node:child_process'
import {fileURLToPath} from 'node:url'
import {HeapgraphError} from '../../util/errors.ts'
import {plural} from '../../util/units.ts'
import {forTerminal} from '../safe/clean.ts'
import {HOW_TO_SHRINK, type LayoutOptions} from './layout-options.ts'

const DEFAULT_TIMEOUT_MS = 20_000
const MAX_COMPLAINT_WIDTH = 200

/** What Graphviz writes for `-Tjson0`; rejects with what it complained of, or that it took too long. */
export async function runGraphviz(
  dot: string,
  nodeCount: number,
  {graphviz, timeoutMs = DEFAULT_TIMEOUT_MS}: LayoutOptions = {},
): Promise<string> {
  return run(await startGraphviz(graphviz), dot, nodeCount, timeoutMs)
}

async function startGraphviz(graphviz: string | undefined): Promise<ChildProcessWithoutNullStreams> {
  // Of all answers, only pictures need it.
  const {spawn} = await import('node:child_process')
  // A debugger port or a loader meant for this process is not meant for that one.
  const {NODE_OPTIONS: _options, ...env} = process.env
  if (graphviz !== undefined) return spawn(graphviz, ['-Tjson0'], {env})
  return spawn(process.execPath, [graphvizCliProgram(), '-Tjson0'], {env})
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
    new HeapgraphError('RENDER', `Graphviz ${what}: a diagram of ${plural(nodeCount, 'node')}`, HOW_TO_SHRINK)
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
      reject(new HeapgraphError('RENDER', `Graphviz could not be started: ${error.message}`, HOW_TO_SHRINK))
    })
    // Not 'close' alone: a process that Graphviz had started may hold the pipes open.
    child.on('exit', () => {
      if (outOfTime) giveUp()
    })
    child.on('close', code => {
      clearTimeout(timer)
      const text = Buffer.concat(chunks).toString('utf8')
      if (code === 0 && text !== '') resolve(text)
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
  return forTerminal(lines[0] ?? '', MAX_COMPLAINT_WIDTH)
}
