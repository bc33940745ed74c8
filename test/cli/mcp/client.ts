/** The official client, over real standard streams, to a server of ours. */
import {join} from 'node:path'
import {after} from 'node:test'
import {Client} from '@modelcontextprotocol/client'
import {StdioClientTransport} from '@modelcontextprotocol/client/stdio'
import {plainEnv} from '../../capture/processes.ts'
import {HANG_MS} from '../../support/limits.ts'
import {ROOT} from '../cli.ts'

export interface Answer {
  text: string
  isError: boolean
}

export interface Connection {
  client: Client
  /** What a tool answers. `signal`: gives it up. */
  ask(name: string, args: Record<string, unknown>, signal?: AbortSignal): Promise<Answer>
  /** Bytes that were asked and answered so far, with names of tools and arguments. */
  readonly calls: {name: string; bytes: number}[]
}

export async function connect(args: readonly string[], env: Record<string, string> = {}): Promise<Connection> {
  const client = new Client({name: 'test', version: '1'})
  const transport = new StdioClientTransport({
    command: process.execPath,
    args: [join(ROOT, 'bin', 'heapgraph.js'), 'mcp', ...args],
    env: plainEnv(env) as Record<string, string>,
    stderr: 'ignore',
  })
  await client.connect(transport)
  after(() => client.close(), {timeout: HANG_MS})
  const calls: Connection['calls'] = []
  return {
    client,
    calls,
    async ask(name, given, signal) {
      const result = await client.callTool({name, arguments: given}, signal === undefined ? {} : {signal})
      const content = result.content as {type: string; text: string}[]
      const text = content.map(part => part.text).join('\n')
      calls.push({name, bytes: Buffer.byteLength(JSON.stringify(given) + text)})
      return {text, isError: result.isError === true}
    },
  }
}

/** What stands between the marks, and what is around it. */
export function partsOf({text}: Answer): {data: string; around: string} {
  const [, mark] = /^<(heap-data-[0-9a-f]{8})>\n/.exec(text) ?? []
  if (mark === undefined) return {data: '', around: text}
  const end = text.indexOf(`\n</${mark}>`)
  return {data: text.slice(mark.length + 3, end), around: text.slice(end + mark.length + 4)}
}
