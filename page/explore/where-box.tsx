/** Where a person writes `--where`: what may stand next is proposed, and a mistake is shown where it is. */
import {useId, useState} from 'preact/hooks'
import {asProperty, asValue, type Completion, completionAt} from '../../src/analyze/select/where-completion.ts'
import {parseWhere} from '../../src/analyze/select/where-parser.ts'
import {typesQuestion} from '../../src/emit/page/explore-questions.ts'
import type {TypesView} from '../../src/graph/views/views.ts'
import {HeapgraphError} from '../../src/util/errors.ts'
import {canAsk} from './store.ts'
import {useAnswer} from './use-answer.ts'

/** Proposals shown at once. */
const SHOWN = 10

interface Mistake {
  message: string
  /** Place in the text; its length if something is missing at the end. */
  at: number
}

function mistakeOf(text: string): Mistake | undefined {
  if (text.trim() === '') return undefined
  try {
    parseWhere(text)
    return undefined
  } catch (error) {
    if (!(error instanceof HeapgraphError)) throw error
    return {message: error.message, at: error.excerpt?.at ?? 0}
  }
}

/** `among`: the objects whose properties are proposed, as an expression. */
export function WhereBox({
  value,
  among = '',
  onChange,
}: {
  value: string
  among?: string
  onChange: (text: string) => void
}) {
  const [text, setText] = useState(value)
  const [of, setOf] = useState(value)
  const [caret, setCaret] = useState<number>()
  const [chosen, setChosen] = useState(-1)
  const [isSent, setSent] = useState(false)
  const id = useId()
  if (of !== value) {
    // Another address.
    setOf(value)
    setText(value)
  }
  const completion = caret === undefined ? undefined : completionAt(text, caret)
  const words = useWords(completion, among)
  const shown = words.slice(0, SHOWN)
  const mistake = mistakeOf(text)
  // What is not written to its end yet is no mistake.
  const told = mistake !== undefined && (isSent || mistake.at < text.trimEnd().length) ? mistake : undefined
  const close = () => {
    setCaret(undefined)
    setChosen(-1)
  }
  const write = (input: HTMLInputElement) => {
    setText(input.value)
    setCaret(input.selectionStart ?? input.value.length)
    setChosen(-1)
    setSent(false)
  }
  const put = (word: string, input: HTMLInputElement) => {
    if (completion === undefined) return
    const {from, to} = completion
    input.value = text.slice(0, from) + word + text.slice(to)
    input.setSelectionRange(from + word.length, from + word.length)
    write(input)
    input.focus()
  }
  const send = () => {
    close()
    setSent(true)
    if (mistake === undefined && text !== value) onChange(text)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const input = event.currentTarget as HTMLInputElement
    const step = {ArrowDown: 1, ArrowUp: -1}[event.key]
    if (step !== undefined) {
      event.preventDefault()
      if (caret === undefined) setCaret(input.selectionStart ?? text.length)
      else if (shown.length > 0)
        setChosen((chosen + step + shown.length + (chosen < 0 && step < 0 ? 1 : 0)) % shown.length)
    } else if (event.key === 'Enter') {
      event.preventDefault()
      if (chosen >= 0 && shown[chosen] !== undefined) put(shown[chosen], input)
      else send()
    } else if (event.key === 'Escape' && caret !== undefined) {
      event.preventDefault()
      close()
    }
  }
  const isOpen = shown.length > 0
  return (
    <div class="ex-where">
      <label>
        where{' '}
        <input
          type="text"
          role="combobox"
          aria-expanded={isOpen}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={chosen >= 0 ? `${id}-${chosen}` : undefined}
          aria-invalid={told !== undefined}
          aria-describedby={told === undefined ? undefined : `${id}-mistake`}
          autocomplete="off"
          spellcheck={false}
          value={text}
          placeholder="retained>1mb"
          onInput={event => write(event.currentTarget)}
          onKeyDown={onKeyDown}
          onBlur={send}
        />
      </label>
      <div role="listbox" id={`${id}-list`} aria-label="may stand here" hidden={!isOpen}>
        {shown.map((word, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the box's
          // biome-ignore lint/a11y/useFocusableInteractive: the box keeps the focus
          <div
            key={word}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === chosen}
            onMouseDown={event => event.preventDefault()}
            onClick={event =>
              put(
                word,
                (event.currentTarget.closest('.ex-where') as HTMLElement).querySelector('input') as HTMLInputElement,
              )
            }
          >
            {word}
          </div>
        ))}
        {words.length > SHOWN && <p class="ex-soft">{words.length - SHOWN} more</p>}
      </div>
      {told !== undefined && (
        <div id={`${id}-mistake`} role="alert" class="ex-wrong">
          <code>
            {text.slice(0, told.at)}
            <mark>{text[told.at] ?? '␣'}</mark>
            {text.slice(told.at + 1)}
          </code>
          <p>{told.message}</p>
        </div>
      )}
    </div>
  )
}

/** Words that fit what is written: begin with it first, then have it in them. */
function useWords(completion: Completion | undefined, among: string): string[] {
  const asks = canAsk ? completion?.asks : undefined
  const by = asks === undefined ? undefined : 'values' in asks ? asks.values : 'shape'
  const state = useAnswer<TypesView>(
    by === undefined ? undefined : typesQuestion({by, where: by === 'shape' ? among : ''}),
  )
  if (completion === undefined) return []
  const {rows} = state.is === 'answered' && by !== undefined ? state.data : {rows: []}
  const found =
    by === 'shape'
      ? [...new Set(rows.flatMap(({properties = []}) => properties))].map(asProperty)
      : rows.map(({type}) => asValue(type))
  const written = completion.written.toLowerCase()
  const bare = (word: string) => word.replace(/^["']/, '').toLowerCase()
  const all = [...found, ...completion.words].filter(word => bare(word) !== written)
  return [
    ...all.filter(word => bare(word).startsWith(written)),
    ...all.filter(word => !bare(word).startsWith(written) && written !== '' && bare(word).includes(written)),
  ]
}
