/** Ids on standard input, so that one command can ask about what another has found. */
import {HeapgraphError} from '../index.ts'
import type {Io} from './io.ts'

/** No word that is an id is longer, nor is more of another shown. */
const LONGEST_WORD = 40

/** Reads `@123` or `123`, with blanks, commas or line ends between them. Throws USAGE with the line of anything else. */
export async function idsFrom({stdin}: Io): Promise<number[]> {
  const ids: number[] = []
  let line = 1
  let word = ''
  const end = () => {
    if (word === '') return
    const id = /^@?(\d+)$/.exec(word)
    if (id === null || !Number.isSafeInteger(Number(id[1]))) {
      const shown = word.length > LONGEST_WORD ? `${word.slice(0, LONGEST_WORD)}…` : word
      const how = 'ids look like @12345; list --ids writes them'
      throw new HeapgraphError('USAGE', `standard input, line ${line}: ${shown} is not an id`, how)
    }
    ids.push(Number(id[1]))
    word = ''
  }
  const decoder = new TextDecoder()
  for await (const chunk of stdin ?? []) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, {stream: true})
    for (const char of text) {
      if (!/[\s,]/.test(char)) {
        // One character more, so that it is seen to be too long.
        if (word.length <= LONGEST_WORD) word += char
        continue
      }
      end()
      if (char === '\n') line++
    }
  }
  end()
  return ids
}
