/** `heapgraph mcp`: tools for agents, by the Model Context Protocol. */
import type {Readable, Writable} from 'node:stream'
import {type Command, Option} from 'commander'
import {HeapgraphError} from '../../index.ts'
import type {Context} from '../answer.ts'
import {durationArgument} from '../options.ts'
import {endAs, untilFirstSignal} from '../signals.ts'

const MINUTE = 60_000

interface McpCommandOptions {
  out?: string
  texts?: boolean
  idle: number
}

export function addMcp(context: Context, command: Command): void {
  const {io} = context
  command
    .argument(
      '[folders...]',
      'snapshots below these folders can be read, and no other file; the current one unless given',
    )
    .option('--out <folder>', 'where pictures as SVG may be written; none are unless given')
    .option('--texts', 'let answers have what strings of the program say, too; names and code they have anyway')
    .addOption(
      new Option('--idle <time>', 'let go of the open snapshot after this time without a question')
        .argParser(durationArgument)
        .default(10 * MINUTE, '10m'),
    )
    .action(async (folders: string[], {out, texts = false, idle}: McpCommandOptions) => {
      if (!isStream(io.stdin) || !isWritable(io.stdout))
        throw new HeapgraphError('USAGE', 'mcp speaks on standard input and output', 'a client starts it')
      const {stdin, stdout} = io
      const {serveMcp} = await import('../mcp/server.ts')
      const {received} = await untilFirstSignal(async signal => {
        const given = folders.length === 0 ? ['.'] : folders
        const server = await serveMcp({
          folders: given,
          texts,
          idleMs: idle,
          stdin,
          stdout,
          ...(out !== undefined && {out}),
        })
        await Promise.race([server.ended, new Promise(done => signal.addEventListener('abort', done, {once: true}))])
        await server.close()
      })
      if (received !== undefined) endAs(context, received)
    })
}

function isStream(stream: unknown): stream is Readable {
  return typeof (stream as Readable | undefined)?.on === 'function'
}

function isWritable(stream: unknown): stream is Writable {
  return typeof (stream as Writable).end === 'function'
}
