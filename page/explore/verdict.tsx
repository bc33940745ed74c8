/** What a person says of a suspect, or of an owner: expected, mine, ignore, and why. */
import {useState} from 'preact/hooks'
import {type KnownNote, VERDICTS} from '../../src/graph/views/known.ts'
import {notes, sayOf, takeBack} from './store.ts'

const WORDS: Record<KnownNote['verdict'], string> = {
  expected: 'expected: it is meant to stay',
  mine: 'mine: I am at it',
  ignore: 'ignore',
}

/** `names`: all by which notes know it; what is said newly is said of the first. */
export function Verdict({names}: {names: readonly string[]}) {
  const note = notes.value.notes.find(({fingerprint}) => names.includes(fingerprint))
  if (notes.value.file === null) return note === undefined ? null : <Said note={note} />
  return <Saying fingerprint={note?.fingerprint ?? names[0]} note={note} key={JSON.stringify(note)} />
}

/** In which file that is. */
export function WhereKept() {
  const {file, notes: said} = notes.value
  if (file === null || said.length === 0) return null
  return (
    <p class="ex-soft">
      What you say is kept in {file}; <code>leaks --known</code> and <code>suspects --known</code> read it.
    </p>
  )
}

function Said({note: {verdict, reason}}: {note: KnownNote}) {
  return (
    <p>
      <b>{verdict}</b>
      {reason === '' ? '' : `: ${reason}`}
    </p>
  )
}

function Saying({fingerprint, note}: {fingerprint: string; note: KnownNote | undefined}) {
  const [verdict, setVerdict] = useState<string>(note?.verdict ?? '')
  const [reason, setReason] = useState(note?.reason ?? '')
  const [trouble, setTrouble] = useState('')
  const save = (event: Event) => {
    event.preventDefault()
    const known = VERDICTS.find(one => one === verdict)
    const saved = known === undefined ? takeBack(fingerprint) : sayOf({fingerprint, verdict: known, reason})
    saved.catch(error => setTrouble(error instanceof Error ? error.message : String(error)))
  }
  const isSaid = verdict === (note?.verdict ?? '') && reason === (note?.reason ?? '')
  return (
    <form class="ex-verdict" onSubmit={save}>
      <label>
        known?{' '}
        <select value={verdict} onChange={event => setVerdict(event.currentTarget.value)}>
          <option value="">no</option>
          {VERDICTS.map(one => (
            <option key={one} value={one}>
              {WORDS[one]}
            </option>
          ))}
        </select>
      </label>
      {verdict !== '' && (
        <label>
          reason{' '}
          <input type="text" maxLength={1000} value={reason} onInput={event => setReason(event.currentTarget.value)} />
        </label>
      )}
      {!isSaid && <button type="submit">keep</button>}
      {trouble !== '' && (
        <span class="ex-wrong" role="alert">
          {trouble}
        </span>
      )}
    </form>
  )
}
