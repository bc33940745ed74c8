/** What views are made of. */
import type {ComponentChildren} from 'preact'
import {useEffect, useRef, useState} from 'preact/hooks'
import type {CodeLine} from '../../src/explain/places/code-frame.ts'
import {formatBytes, formatCount, plural} from '../../src/util/units.ts'
import {linkTo} from './store.ts'
import type {State} from './use-answer.ts'

/** The view of an answer, or what there is instead of it. */
export function Answered<T>({state, children}: {state: State<T>; children: (data: T) => ComponentChildren}) {
  switch (state.is) {
    case 'asking':
      return (
        <p class="ex-soft" role="status">
          {state.progress === '' ? 'asking…' : `${state.progress}…`}
        </p>
      )
    case 'failed':
      return (
        <p class="ex-wrong" role="alert">
          {state.text}
        </p>
      )
    case 'nothing':
      return (
        <>
          <p class="ex-none">{state.text}</p>
          <CommandLine command={state.answer.command} />
        </>
      )
    case 'answered': {
      const {limits = []} = state.data as {limits?: string[]}
      return (
        <>
          {children(state.data)}
          <Notes limits={limits} />
          <CommandLine command={state.answer.command} />
        </>
      )
    }
  }
}

function Notes({limits}: {limits: readonly string[]}) {
  if (limits.length === 0) return null
  return (
    <details class="ex-notes">
      <summary>{plural(limits.length, 'note')} on this answer</summary>
      <ul>
        {limits.map(limit => (
          <li key={limit}>{limit}</li>
        ))}
      </ul>
    </details>
  )
}

/** The same answer in a terminal. */
function CommandLine({command}: {command: string}) {
  const [isCopied, setCopied] = useState(false)
  const copy = () => {
    navigator.clipboard.writeText(command).then(
      () => setCopied(true),
      () => {},
    )
  }
  return (
    <p class="ex-command">
      <code>{command}</code>
      <button type="button" onClick={copy}>
        {isCopied ? 'copied' : 'copy'}
      </button>
    </p>
  )
}

export const Bytes = ({of}: {of: number | null}) => <>{of === null ? '' : formatBytes(of)}</>
export const Count = ({of}: {of: number}) => <>{formatCount(of)}</>

export function ObjectLink({id}: {id: number}) {
  return <a href={linkTo(`show/${id}`)}>@{id}</a>
}

export function TypeLink({type}: {type: string}) {
  return <a href={linkTo('list', {type})}>{type}</a>
}

/** Lines of code with the one meant marked. */
export function Code({lines, place}: {lines: readonly CodeLine[]; place: string}) {
  if (lines.length === 0) return null
  const meant = Number(/:(\d+)$/.exec(place)?.[1])
  return (
    <pre class="ex-code">
      {lines.map(({line, text}) => (
        <div key={line} class={line === meant ? 'ex-meant' : ''}>
          <span>{line}</span>
          {text}
        </div>
      ))}
    </pre>
  )
}

/** The style sheet of a picture, which no name can look like: `<` is escaped in all of them. */
const STYLE = /<style>[^<]*<\/style>/

/** Makes marks of a plot links, in their order; those without one stay as they are. */
function linkMarks(svg: Element, links: readonly (string | undefined)[]): void {
  for (const [i, line] of svg.querySelectorAll('.hp-mark').entries()) {
    const mark = line.parentElement
    const href = links[i]
    if (href === undefined || mark === null) continue
    const link = document.createElementNS('http://www.w3.org/2000/svg', 'a')
    link.setAttribute('href', href)
    // Its name has what is seen of it: the number.
    link.setAttribute('aria-label', `${mark.textContent} ${mark.getAttribute('aria-label') ?? ''}`)
    for (const name of ['role', 'aria-label']) mark.removeAttribute(name)
    // A line of one pixel is not to be hit.
    const around = line.cloneNode() as Element
    around.setAttribute('class', 'ex-hit')
    mark.replaceWith(link)
    link.append(mark, around)
  }
}

/** A picture of ours. This page has its style sheet already, and its policy allows no other; nothing else of it runs. `fits`: as wide as the window; `marks`: where those of a plot lead. */
export function Picture({
  svg,
  fits = false,
  marks = [],
}: {
  svg: string
  fits?: boolean
  marks?: readonly (string | undefined)[]
}) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const {documentElement} = new DOMParser().parseFromString(svg.replace(STYLE, ''), 'image/svg+xml')
    for (const part of documentElement.querySelectorAll('style, script, foreignObject')) part.remove()
    for (const link of documentElement.querySelectorAll('a')) {
      link.removeAttribute('target')
      // What is a link here is no symbol around one, too: its words are the link's.
      const node = link.closest('.hg-node')
      if (link.textContent === '') link.setAttribute('aria-label', node?.getAttribute('aria-label') ?? 'object')
      for (const name of ['tabindex', 'role', 'aria-label']) node?.removeAttribute(name)
    }
    linkMarks(documentElement, marks)
    box.current?.replaceChildren(document.importNode(documentElement, true))
  }, [svg, marks.join()])
  return <div class={fits ? 'ex-picture ex-fits' : 'ex-picture'} ref={box} />
}
