/** What views are made of. */
import type {ComponentChildren} from 'preact'
import {useEffect, useRef, useState} from 'preact/hooks'
import type {AreaPageData, GraphPageData, PlotPageData} from '../../src/emit/page/page-data.ts'
import type {CodeLine} from '../../src/explain/places/code-frame.ts'
import {formatBytes, formatCount, plural} from '../../src/util/units.ts'
import {mountAreas} from '../area/areas.ts'
import {mountFlows} from '../flows/flows.ts'
import {mountGraph} from '../graph/graph.ts'
import type {Host} from '../host.ts'
import {mountPlot} from '../plot/plot.ts'
import {linkTo} from './store.ts'
import type {State} from './use-answer.ts'

/** The view of an answer, or what there is instead of it. */
export function Answered<T>({state, children}: {state: State<T>; children: (data: T) => ComponentChildren}) {
  switch (state.is) {
    case 'asking':
      return (
        <p class="ex-asking" role="status">
          {state.progress === '' ? 'asking…' : `${state.progress}…`}{' '}
          <button type="button" onClick={state.cancel}>
            cancel
          </button>
        </p>
      )
    case 'canceled':
      return (
        <p class="ex-none">
          canceled{' '}
          <button type="button" onClick={state.again}>
            ask again
          </button>
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

/** Makes marks of a plot links, in their order; those without one stay as they are. */
function linkMarks(picture: Element, links: readonly (string | undefined)[]): void {
  for (const [i, line] of picture.querySelectorAll('.hp-mark').entries()) {
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

const HOST: Host = {
  isPart: true,
  linksOf: id => [
    {text: `object @${id}`, href: linkTo(`show/${id}`)},
    {text: 'why it stays', href: linkTo('why', {id})},
  ],
}

function mount(kind: string | undefined, root: HTMLElement, data: unknown): (() => void) | undefined {
  switch (kind) {
    case 'graph':
      return mountGraph(root, data as GraphPageData, HOST)
    case 'areas':
      return mountAreas(root, data as AreaPageData, HOST)
    case 'flows':
      return mountFlows(root)
    case 'plot':
      mountPlot(root, data as PlotPageData)
  }
}

/**
 * A picture to look around in: the parts of the page that `-o x.html` writes, but the head of it: the view says the same above. Its scripts are these; whatever
 * else it had would be held back by the policy. `marks`: where those of a plot lead.
 */
export function Picture({page, marks = []}: {page: string; marks?: readonly (string | undefined)[]}) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const given = new DOMParser().parseFromString(page, 'text/html')
    const data: unknown = JSON.parse(given.getElementById('data')?.textContent ?? 'null')
    const main = given.querySelector('main')
    for (const part of given.querySelectorAll('script, style, header > :not(.hg-soft)')) part.remove()
    const parts = ['header', 'main', 'footer'].flatMap(name => [...(given.querySelector(name)?.children ?? [])])
    const root = box.current as HTMLDivElement
    root.replaceChildren(...parts.map(part => document.importNode(part, true)))
    linkMarks(root, marks)
    return mount(main?.dataset.picture, root, data)
  }, [page, marks.join()])
  return <div class="ex-picture" ref={box} />
}
