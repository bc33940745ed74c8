/** A terminal for programs of tests, by util-linux's `script`, and what a person sees on it. */
import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {HANG_MS} from '../support/limits.ts'
import {endLater, plainEnv} from './processes.ts'

/** BSD's `script` has other options. */
export function hasTerminals(): boolean {
  return (
    process.platform === 'linux' &&
    /util-linux/.test(String(spawnSync('script', ['--version'], {timeout: HANG_MS}).stdout))
  )
}

export interface TerminalRun {
  child: ChildProcess
  /** All that came to the terminal until now, byte for byte. */
  shown(): string
  /** Types it: `\r` is Enter, `\x03` Ctrl-C. */
  type(text: string): void
  /** The exit code, as a shell counts it: 130 after Ctrl-C. */
  ended: Promise<number | null>
}

export function onTerminal(command: string[], options: {cwd: string; columns?: number}): TerminalRun {
  const words = command.map(word => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
  const line = `stty cols ${options.columns ?? 80} rows ${ROWS}; exec ${words}`
  const env = plainEnv({TERM: 'xterm', SHELL: '/bin/sh'}) as NodeJS.ProcessEnv
  const child = spawn('script', ['-qec', line, '/dev/null'], {
    cwd: options.cwd,
    env,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  endLater(child)
  let text = ''
  child.stdout!.setEncoding('utf8').on('data', data => (text += data))
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return {child, shown: () => text, type: typed => child.stdin!.write(typed), ended}
}

/** Rows of the terminals here. */
export const ROWS = 24

/** What is on a terminal of 24 rows after these bytes, without blank lines at its end. What it does not know of terminals is an error. */
export function screenOf(bytes: string): string[] {
  const lines: string[] = Array.from({length: ROWS}, () => '')
  const above: string[] = []
  let [row, column] = [0, 0]
  let saved = [0, 0]
  let bottom = ROWS - 1
  const down = () => {
    if (row !== bottom) row = Math.min(ROWS - 1, row + 1)
    else {
      above.push(...lines.splice(0, 1))
      lines.splice(bottom, 0, '')
    }
  }
  const put = (text: string) => {
    const line = lines[row].padEnd(column)
    lines[row] = line.slice(0, column) + text + line.slice(column + text.length)
    column += text.length
  }
  const region = (text: string) => {
    bottom = Number(text === '' ? ROWS : /^1;(\d+)$/.exec(text)?.[1]) - 1
    row = 0
    column = 0
  }
  for (const [token, parameters, final] of bytes.matchAll(/\u001b\[([0-9;?]*)([A-Za-z])|\u001b.|[\s\S]/gu)) {
    if (token === '\r') column = 0
    else if (token === '\n' || token === '\u001bD') down()
    else if (token === '\u001b7') saved = [row, column]
    else if (token === '\u001b8') [row, column] = saved
    else if (final === 'K' && parameters === '') lines[row] = lines[row].slice(0, column)
    else if (final === 'A' && parameters === '') row = Math.max(0, row - 1)
    else if (final === 'H') [row, column] = parameters.split(';').map(place => Number(place) - 1)
    else if (final === 'r') region(parameters)
    else if (token < ' ' || token.startsWith('\u001b')) throw new Error(`unknown here: ${JSON.stringify(token)}`)
    else put(token)
  }
  while (lines.at(-1) === '') lines.pop()
  return [...above, ...lines]
}
