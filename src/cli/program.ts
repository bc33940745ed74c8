/** The program: real streams, real exit code. */
import {EXIT, type Io} from './io.ts'
import {executeCli} from './main.ts'

/** Runs the process's own command line. Sets the exit code and lets the process end by itself, so that pipes are emptied. */
export async function runAsProgram(): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    // A closed pipe (`| head`) is no failure: whoever closed it has what they wanted.
    if (error.code === 'EPIPE') process.exit(EXIT.answered)
    const full = error.code === 'ENOSPC' ? 'the disk is full' : error.message
    process.stderr.write(`heapgraph: standard output cannot be written: ${full}\n`)
    process.exit(EXIT.misuse)
  })
  // Nobody listens to remarks and errors; the answer may still be wanted.
  process.stderr.on('error', () => {})
  const io: Io = {
    // Opened only by who reads it: a snapshot may be on it, too.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
  }
  process.exitCode = await executeCli(process.argv.slice(2), io)
}
