/** The program: real streams, real exit code. */
import type {Io} from './io.ts'
import {executeCli} from './main.ts'

/** Runs the process's own command line. Sets the exit code and lets the process end by itself, so that pipes are emptied. */
export async function runAsProgram(): Promise<void> {
  // A closed pipe (`| head`) is no failure: whoever closed it has what they wanted.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit()
      throw error
    })
  }
  const io: Io = {stdout: process.stdout, stderr: process.stderr, env: process.env}
  process.exitCode = await executeCli(process.argv.slice(2), io)
}
