/** `heapgraph explore`: look around in snapshots, in the browser. */
import {existsSync} from 'node:fs'
import type {Command} from 'commander'
import {HeapgraphError} from '../../index.ts'
import type {Context} from '../answer.ts'
import {notesOf} from '../explore/notes.ts'
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
    .argument('<snapshots...>', 'one, or several of one process in the order in which they were taken')
    .option('--port <n>', 'of this machine only; any that is free unless given', positiveNumber)
    .option('--idle <time>', 'end when nothing was asked for so long', durationArgument, 30 * MINUTE)
    .option('--open', 'show it in the browser')
    .addOption(knownOption('what you say of suspects is kept in this file; beside the index unless given'))
    .action(async (files: string[], {port, idle, open, known}: ExploreCommandOptions) => {
      const missing = files.find(file => !existsSync(file))
      if (missing !== undefined) {
        throw new HeapgraphError(
          'UNREADABLE',
          `${missing}: no such file`,
          'a snapshot that is piped in cannot be looked around in',
        )
      }
      const notes = notesOf(files, io.env, known)
      const {received} = await untilFirstSignal(async signal => {
        const server = await serveExplorer({
          files,
          idleMs: idle,
          signal,
          ...(port !== undefined && {port}),
          ...(notes && {notes}),
        })
        const address = server.address()
        io.stdout.write(`${address}\n`)
        io.stderr.write('the address is good once and for this machine only; Ctrl+C ends it\n')
        if (open === true) await openAddress(io, address)
        if ((await server.ended) === 'idle')
          io.stderr.write('ended, since nothing was asked: --idle sets for how long\n')
      })
      if (received !== undefined) endAs(context, received)
    })
}
