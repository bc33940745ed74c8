/** The command palette: every view, every type by name, every object by its id, by keys alone. */
import {signal} from '@preact/signals'
import {useEffect, useRef, useState} from 'preact/hooks'
import {typesQuestion} from '../../src/emit/page/explore-questions.ts'
import type {TypesView} from '../../src/graph/views/views.ts'
import {formatCount, plural} from '../../src/util/units.ts'
import {linkTo} from './store.ts'
import {useAnswer} from './use-answer.ts'

export const isPaletteOpen = signal(false)

export interface Entry {
  text: string
  /** What it leads to, in a word or two. */
  what: string
  link: string
  /** Where Shift+Enter leads. */
  other?: string
}

/** Entries shown; the rest is counted. */
const SHOWN = 12

export function Palette({views}: {views: readonly Entry[]}) {
  const [wanted, setWanted] = useState('')
  const [at, setAt] = useState(0)
  const box = useRef<HTMLDialogElement>(null)
  const types = useAnswer<TypesView>(typesQuestion())
  useEffect(() => box.current?.showModal(), [])
  const found = matching(wanted, [...views, ...(types.is === 'answered' ? types.data.rows.map(typeEntry) : [])])
  const shown = found.slice(0, SHOWN)
  const chosen = Math.min(at, shown.length - 1)
  const close = () => {
    isPaletteOpen.value = false
  }
  const onKey = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {ArrowDown: 1, ArrowUp: -1}
    if (event.key in steps) {
      event.preventDefault()
      setAt((chosen + steps[event.key] + shown.length) % Math.max(1, shown.length))
    }
    if (event.key === 'Enter' && shown[chosen] !== undefined) {
      event.preventDefault()
      const {link, other} = shown[chosen]
      location.hash = event.shiftKey && other !== undefined ? other : link
      close()
    }
  }
  return (
    <dialog class="ex-palette" aria-label="Go to" ref={box} onClose={close}>
      <input
        type="text"
        role="combobox"
        aria-label="view, type or @id"
        aria-expanded="true"
        aria-controls="ex-entries"
        aria-activedescendant={chosen < 0 ? undefined : `ex-entry-${chosen}`}
        placeholder="view, type or @id"
        value={wanted}
        onInput={event => {
          setWanted(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKey}
      />
      <div role="listbox" id="ex-entries" aria-label="found">
        {shown.map(({text, what, link}, i) => (
          <a
            key={link}
            id={`ex-entry-${i}`}
            role="option"
            aria-selected={i === chosen}
            tabIndex={-1}
            href={link}
            onClick={close}
          >
            <span>{text}</span> <span class="ex-soft">{what}</span>
          </a>
        ))}
      </div>
      <p class="ex-soft" role="note">
        {types.is === 'asking' ? 'types are read… ' : ''}
        {found.length === 0 ? 'nothing is called so. ' : ''}
        {found.length > SHOWN ? `${formatCount(found.length - SHOWN)} more. ` : ''}
        Enter goes there, Shift+Enter to why objects of a type stay, Escape closes.
      </p>
    </dialog>
  )
}

function typeEntry({type, count}: TypesView['rows'][number]): Entry {
  return {
    text: type,
    what: plural(count, 'object'),
    link: linkTo('list', {type}),
    other: linkTo('why', {type}),
  }
}

/** What begins so first, then what has it, then what has its letters in order. */
function matching(wanted: string, entries: readonly Entry[]): Entry[] {
  const text = wanted.trim().toLowerCase()
  const id = /^@?(\d+)$/.exec(text)?.[1]
  const object = id === undefined ? [] : [{text: `@${id}`, what: 'object', link: linkTo(`show/${id}`)}]
  const ranked = entries.map(entry => ({entry, rank: rankOf(entry.text.toLowerCase(), text)}))
  const kept = ranked.filter(({rank}) => rank < NONE).sort((a, b) => a.rank - b.rank)
  return [...object, ...kept.map(({entry}) => entry)]
}

const NONE = 3

function rankOf(name: string, text: string): number {
  if (name.startsWith(text)) return 0
  if (name.includes(text)) return 1
  let from = 0
  for (const letter of text) {
    from = name.indexOf(letter, from) + 1
    if (from === 0) return NONE
  }
  return 2
}
