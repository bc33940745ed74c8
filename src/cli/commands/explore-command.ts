/** `heapgraph explore`: look around in snapshots, in the browser. */
import {existsSync} from 'node:fs'
import {type Command, Option} from 'commander'
import {HeapgraphError} from '../../index.ts'
import type {Context} from '../answer.ts'
import {notesOf} from '../explore/notes.ts'
import {partRecordings} from '../explore/recordings.ts'
import {serveExplorer} from '../explore/server.ts'
import {knownOption} from '../known-file.ts'
import {openAddress} from '../open-picture.ts'
import {durationArgument, positiveNumber} from '../options.ts'
import {endAs, untilFirstSignal} from '../signals.ts'

const MINUTE = 60_000

interface ExploreCommandOptions {
  port?: number
  idle: number
  open?: boolean
  known?: string
}

export function addExplore(context: Context, command: Command): void {
  const {io} = context
  command
    .argument(
      '<snapshots...>',
      'one, or several of one process in the order in which they were taken; recordings of heapgraph record, too',
    )
    .option('--port <n>', 'to listen on, for this machine only; default: any free port', positiveNumber)
    .addOption(
      new Option('--idle <time>', 'stop after this time without a request')
        .argParser(durationArgument)
        .default(30 * MINUTE, '30m'),
    )
    .option('--open', 'show it in the browser')
    .addOption(knownOption('what you say of suspects is kept in this file; beside the index unless given'))
    .action(async (given: string[], {port, idle, open, known}: ExploreCommandOptions) => {
      const missing = given.find(file => !existsSync(file))
      if (missing !== undefined) {
        throw new HeapgraphError(
          'UNREADABLE',
          `${missing}: no such file`,
          'explore needs a file: standard input can be read only once',
        )
      }
      const {files, recordings} = partRecordings(given)
      const notes = notesOf(files, io.env, known)
      const {received} = await untilFirstSignal(async signal => {
        const server = await serveExplorer({
          files,
          recordings,
          idleMs: idle,
          signal,
          ...(port !== undefined && {port}),
          ...(notes && {notes}),
        })
        const address = server.address()
        io.stdout.write(`${address}\n`)
        io.stderr.write('the address works once, on this machine only; press Ctrl+C to stop\n')
        if (open === true) await openAddress(io, address)
        if ((await server.ended) === 'idle')
          io.stderr.write('stopped, because there were no requests; --idle sets how long to wait\n')
      })
      if (received !== undefined) endAs(context, received)
    })
}
