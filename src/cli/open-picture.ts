/** Shows a written picture in the system's viewer. */
import {randomBytes} from 'node:crypto'
import {tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {forTerminal, HeapgraphError} from '../index.ts'
import {PICTURE_FORMATS} from './formats.ts'
import type {Io} from './io.ts'
import {askedFormat, type OutputOptions, STDOUT} from './output.ts'

export interface OpenOptions {
  open?: boolean
}

/**
 * The file for `--open`: the one given, or a new one in the system's temporary folder, with a name that nobody can guess; the form is SVG
 * unless another picture is asked for. Undefined without `--open`.
 */
export function fileToOpen(options: OutputOptions & OpenOptions, name: string): string | undefined {
  const {open, output, format, json} = options
  if (open !== true) return undefined
  if (output === STDOUT) throw new HeapgraphError('USAGE', '--open needs a file', 'leave -o - out')
  const asked = output === undefined && !json ? (format ?? 'svg') : askedFormat(options)
  if (!PICTURE_FORMATS.some(form => form === asked))
    throw new HeapgraphError('USAGE', `--open shows ${PICTURE_FORMATS.join(', ')}, not ${asked}`, 'leave --open out')
  return output ?? join(tmpdir(), `heapgraph-${name}-${randomBytes(6).toString('hex')}.${asked}`)
}

/** Programs that open a file with what is meant for it. Windows' `start` is a word of its shell; the explorer takes a path. */
const OPENERS: Partial<Record<NodeJS.Platform, string>> = {darwin: 'open', win32: 'explorer.exe'}

/** How long a failure is waited for; some viewers stay until they are closed. */
const PATIENCE_MS = 1500

/** A viewer that fails is a remark: the file is written. */
export function openPicture(io: Io, path: string): Promise<void> {
  return openWith(io, resolve(path), path)
}

/** The same for the browser. */
export function openAddress(io: Io, address: string): Promise<void> {
  return openWith(io, address, address)
}

/** No shell sees what is opened, and as it is a whole path or an address it is no option. */
async function openWith({env, stderr}: Io, target: string, name: string): Promise<void> {
  const {spawn} = await import('node:child_process')
  const opener = OPENERS[process.platform] ?? 'xdg-open'
  const viewer = spawn(opener, [target], {stdio: 'ignore', detached: true, env: {...env}})
  const failure = await new Promise<string | undefined>(done => {
    const timer = setTimeout(done, PATIENCE_MS, undefined)
    viewer.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer)
      done(error.code === 'ENOENT' ? 'is not installed' : error.message)
    })
    viewer.once('exit', code => {
      clearTimeout(timer)
      // The explorer ends with 1 whatever it did.
      done(code === 0 || process.platform === 'win32' ? undefined : `failed with ${code}`)
    })
  })
  viewer.unref()
  if (failure !== undefined) stderr.write(`${forTerminal(`note: ${opener} ${failure}: open ${name} yourself`)}\n`)
}
