/** The program: real streams, real exit code. */
import {EXIT, type Io} from './io.ts'
import {VERSION_FLAGS, version} from './version.ts'

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
  const args = process.argv.slice(2)
  // Asked by scripts, often, and answered without the parser of all the rest.
  if (args.length === 1 && VERSION_FLAGS.split(', ').includes(args[0])) {
    process.stdout.write(`${version()}\n`)
    return
  }
  const {executeCli} = await import('./main.ts')
  const io: Io = {
    // Opened only by who reads it: a snapshot may be on it, too.
    get stdin() {
      return process.stdin
    },
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    raise: signal => process.kill(process.pid, signal),
  }
  process.exitCode = await executeCli(args, io)
}
