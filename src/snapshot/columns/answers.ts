/** Whole answers that may lie ready beside an index: the one way for questions to ask first. */
import {createHash} from 'node:crypto'
import {settingsKey, textsBeside} from './settings.ts'
import type {Snapshot} from './snapshot.ts'

/** An answer as it is kept. */
interface KeptAnswer {
  /** Texts beside the snapshot that had been looked for when it was made, each with its key; null for one that was not there. */
  texts: [name: string, key: string | null][]
  answer: unknown
}

/** Longer ones are not kept. */
export const LONGEST_ANSWER_BYTES = 1 << 20

/** What a question was: its name, what it was asked of, and all options on which the answer depends. */
export interface AskedQuestion {
  question: string
  options: unknown
  of: readonly {subject: string; nodes: Uint32Array}[]
}

/**
 * The answer to a question as plain data, which JSON can write: as `compute` has it, or as it was when the same was asked of the same file by
 * the same code. It has always been through JSON, so that it does not matter which.
 */
export function savedAnswer<Answer>(snapshot: Snapshot, asked: AskedQuestion, compute: () => Answer): Answer {
  const {answers} = snapshot
  const key = answers.isKept ? keyOf(snapshot, asked) : undefined
  if (key === undefined) return JSON.parse(JSON.stringify(compute())) as Answer
  const known = read(answers.get(key))
  if (known !== undefined && areSame(snapshot, known.texts)) return known.answer as Answer
  const answer = compute()
  const texts = [...(textsBeside(snapshot)?.read ?? [])]
  const bytes = new TextEncoder().encode(JSON.stringify({texts, answer} satisfies KeptAnswer))
  if (bytes.length <= LONGEST_ANSWER_BYTES) answers.made.set(key, bytes)
  return (read(bytes) as KeptAnswer).answer as Answer
}

/** Undefined where what is set for the snapshot, or what is hidden in it, cannot be told by a key. */
function keyOf(snapshot: Snapshot, {question, options, of}: AskedQuestion): string | undefined {
  const settings = settingsKey(snapshot)
  if (settings === undefined || snapshot.strings.isHiding || snapshot.isShapedOtherwise || snapshot.remarks.length > 0)
    return undefined
  const hash = createHash('sha256').update(
    JSON.stringify([snapshot.name, question, options, settings, of.map(({subject, nodes}) => [subject, nodes.length])]),
  )
  for (const {nodes} of of) hash.update(new Uint8Array(nodes.buffer, nodes.byteOffset, nodes.byteLength))
  return hash.digest('hex').slice(0, 32)
}

function read(bytes: Uint8Array | undefined): KeptAnswer | undefined {
  return bytes && (JSON.parse(new TextDecoder().decode(bytes)) as KeptAnswer)
}

function areSame(snapshot: Snapshot, texts: KeptAnswer['texts']): boolean {
  const beside = textsBeside(snapshot)
  return texts.every(([name, key]) => beside !== undefined && beside.keyOf(name) === key)
}
