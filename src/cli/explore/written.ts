/** What a command line writes, as texts. */
import type {Io} from '../io.ts'

export interface Written {
  code: number
  stdout: string
  stderr: string
}

export async function written(
  line: readonly string[],
  run: (args: readonly string[], io: Io) => Promise<number>,
): Promise<Written> {
  const texts = {stdout: '', stderr: ''}
  const stream = (name: keyof typeof texts) => ({
    write(text: string | Uint8Array) {
      texts[name] += text
    },
  })
  const code = await run(line, {stdout: stream('stdout'), stderr: stream('stderr'), env: process.env})
  return {code, ...texts}
}
