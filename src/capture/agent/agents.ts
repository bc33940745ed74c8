/** Processes with an agent inside that writes snapshots of their own heaps: how they are started, and where the agents report. */
import {mkdirSync, rmSync, statfsSync, statSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {makeTemporaryFolder} from '../../files/abandoned.ts'
import {packageFile} from '../../files/own-package.ts'
import {notWritable, readPart} from '../../files/private-file.ts'
import {memoryLeft} from '../../read/memory.ts'
import {formatBytes} from '../../util/units.ts'
import {type AgentConfig, CONFIG_NAME} from './watch-channel.ts'

/** A file has been seen to have up to so many bytes for each of the heap. */
const FILE_SHARE = 2

const AGENT = packageFile('dist/capture/agent/watch-agent.js').href

/** A local socket that only the owner can reach. */
export interface AgentServer {
  server: Server
  /** What a program must be started with, so that all Node processes and threads of it report here. `diagnostics`: where V8's own snapshots go. */
  environment(
    config: Omit<AgentConfig, 'socket' | 'watcher'>,
    env: NodeJS.ProcessEnv,
    diagnostics?: string,
  ): NodeJS.ProcessEnv
  close(): void
}

export async function openAgentServer(): Promise<AgentServer> {
  const folder = makeTemporaryFolder()
  const isWindows = process.platform === 'win32'
  const socket = isWindows ? `\\\\.\\pipe\\heapgraph-${process.pid}-${folder.slice(-6)}` : join(folder, 's')
  const server = createServer()
  const close = () => {
    server.close()
    rmSync(folder, {recursive: true, force: true})
  }
  try {
    await new Promise<void>((ready, failed) => server.once('error', failed).listen(socket, ready))
  } catch (error) {
    close()
    throw error
  }
  return {
    server,
    environment(config, env, diagnostics) {
      const whole: AgentConfig = {...config, socket, watcher: process.pid}
      return {...env, [CONFIG_NAME]: JSON.stringify(whole), NODE_OPTIONS: nodeOptions(env.NODE_OPTIONS, diagnostics)}
    },
    close,
  }
}

function nodeOptions(others = '', diagnostics?: string): string {
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
  const own = [others, `--import=${AGENT}`]
  if (diagnostics !== undefined) own.push(quoted(`--diagnostic-dir=${diagnostics}`))
  return own.join(' ').trim()
}

/** In the folder of the files to be, so that they can be renamed into place; to be removed at the end. */
export function partFolder(folder: string): string {
  try {
    mkdirSync(folder, {recursive: true})
    return makeTemporaryFolder({within: folder, isHidden: true})
  } catch (error) {
    throw notWritable(folder, error)
  }
}

/** What is missing for a snapshot of a heap; undefined if nothing is known to be. */
export function lackFor(heapBytes: number, folder: string): string | undefined {
  const {bytes: free} = memoryLeft()
  if (free < heapBytes) return `it needs ${formatBytes(heapBytes)} of memory, ${formatBytes(free)} are free`
  const {bavail, bsize} = statfsSync(folder)
  const space = bavail * bsize
  const file = FILE_SHARE * heapBytes
  return space < file ? `it may need ${formatBytes(file)} on the disk, ${formatBytes(space)} are free` : undefined
}

/** Whether a snapshot's file has its end. */
export function isWhole(path: string): boolean {
  const size = statSync(path, {throwIfNoEntry: false})?.size ?? 0
  const end = size > 2 ? readPart(path, size - 2, 2) : undefined
  return end !== undefined && Buffer.from(end).toString().trimEnd().endsWith('}')
}
