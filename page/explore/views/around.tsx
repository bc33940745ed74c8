/** What is around objects, as wide as a window takes: thousands of nodes, and the same as a list. */
import {useEffect, useRef, useState} from 'preact/hooks'
import {aroundQuestion} from '../../../src/emit/page/explore-questions.ts'
import {formatCount, plural} from '../../../src/util/units.ts'
import {pause} from '../../pause.ts'
import type {WideGraph, WidePicture} from '../../webgl/main.ts'
import {Answered, Bytes, ObjectLink} from '../parts.tsx'
import {change, linkTo, route} from '../store.ts'
import {type Column, Table} from '../table.tsx'
import {useAnswer} from '../use-answer.ts'
import {webgl} from '../webgl.ts'
import {selector} from './list.tsx'

/** What this view reads of the answer: schemas/result.schema.json. */
interface Around {
  subject: string
  nodes: AroundNode[]
  edges: {source: string; target: string; label: string; count: number}[]
}

interface AroundNode {
  key: string
  role: 'target' | 'root' | 'node' | 'more'
  type: string
  id: number | null
  count: number
  selfBytes: number
  preview: string
  place: string
  code: string
  level: number
}

/** Nodes drawn and listed, those nearest to what was asked about; the others are counted. */
const MOST_NODES = 3000

/** A node, where it was found from, and by what. */
interface Found extends AroundNode {
  /** Place in the list; -1 for the first. */
  parent: number
  label: string
}

/** Nearest first. Edges lead from holders to held: backwards, a node is found from what it holds. */
function foundOf({nodes, edges}: Around, isBackward: boolean): Found[] {
  const near = nodes.filter(({role}) => role !== 'more').sort((a, b) => a.level - b.level)
  const place = new Map(near.slice(0, MOST_NODES).map(({key}, i) => [key, i]))
  const found = near.slice(0, MOST_NODES).map((node): Found => ({...node, parent: -1, label: ''}))
  for (const {source, target, label} of edges) {
    const [from, to] = (isBackward ? [target, source] : [source, target]).map(key => place.get(key))
    if (from === undefined || to === undefined || to === 0 || found[to].parent >= 0 || from >= to) continue
    found[to].parent = from
    found[to].label = label
  }
  // What nothing before it leads to stands beside the first.
  for (const node of found.slice(1)) if (node.parent < 0) node.parent = 0
  return found
}

function wordsOf({type, count, preview}: AroundNode): string {
  return [type, count > 1 ? `×${formatCount(count)}` : '', preview].filter(text => text !== '').join(' ')
}

function columnsOf(found: readonly Found[]): Column<Found>[] {
  return [
    {title: 'level', isNumber: true, by: row => row.level, cell: row => row.level},
    {title: 'objects', isNumber: true, by: row => row.count, cell: row => formatCount(row.count)},
    {title: 'self', isNumber: true, by: row => row.selfBytes, cell: row => <Bytes of={row.selfBytes} />},
    {title: 'one of them', isNumber: true, cell: row => (row.id === null ? '' : <ObjectLink id={row.id} />)},
    {title: 'what', wide: 3, by: row => row.type, cell: wordsOf},
    {title: 'by', wide: 1, by: row => row.label, cell: row => row.label},
    {title: 'from', wide: 2, cell: row => (row.parent < 0 ? '' : wordsOf(found[row.parent]))},
    {title: 'source', wide: 2, by: row => row.place, cell: row => row.place},
  ]
}

export function Around() {
  const {params} = route.value
  const chosen = selector(params)
  const way = params.get('way') === 'refs' ? 'refs' : 'backrefs'
  const depth = params.get('depth') ?? '5'
  const state = useAnswer<Around>(chosen.length === 0 ? undefined : aroundQuestion(chosen, way, depth))
  if (chosen.length === 0) return <h1>Around: choose objects first</h1>
  return (
    <>
      <h1>Around</h1>
      <form class="ex-filters" onSubmit={event => event.preventDefault()}>
        <label>
          shown are{' '}
          <select value={way} onChange={event => change({way: event.currentTarget.value})}>
            <option value="backrefs">who holds them</option>
            <option value="refs">what they hold</option>
          </select>
        </label>
        <label>
          levels{' '}
          <input
            type="number"
            min="1"
            max="12"
            value={depth}
            onChange={event => change({depth: event.currentTarget.value})}
          />
        </label>
      </form>
      <Answered state={state}>{answer => <Wide answer={answer} isBackward={way === 'backrefs'} />}</Answered>
    </>
  )
}

function Wide({answer, isBackward}: {answer: Around; isBackward: boolean}) {
  const found = foundOf(answer, isBackward)
  const all = answer.nodes.filter(({role}) => role !== 'more').length
  const left = all - found.length
  return (
    <>
      <p>
        {answer.subject}: {plural(found.length, 'node')}, merged by type, up to{' '}
        {plural(found[found.length - 1].level, 'reference')} away
        {left > 0 ? `; ${formatCount(left)} farther ones are left out: ask for fewer levels` : ''}
      </p>
      <Canvas found={found} edges={answer.edges} key={`${answer.subject} ${found.length} ${isBackward}`} />
      <h2>The same as a list</h2>
      <Table label="nodes" columns={columnsOf(found)} rows={found} />
    </>
  )
}

const WAYS: Record<string, (found: readonly Found[], at: number) => number | undefined> = {
  ArrowUp: (found, at) => (found[at].parent < 0 ? undefined : found[at].parent),
  ArrowDown: (found, at) => indexOrNone(found.findIndex(({parent}) => parent === at)),
  ArrowRight: (found, at) => indexOrNone(found.findIndex(({parent}, i) => i > at && parent === found[at].parent)),
  ArrowLeft: (found, at) => indexOrNone(found.findLastIndex(({parent}, i) => i < at && parent === found[at].parent)),
}

function indexOrNone(index: number): number | undefined {
  return index < 0 ? undefined : index
}

function Canvas({found, edges}: {found: readonly Found[]; edges: Around['edges']}) {
  const box = useRef<HTMLDivElement>(null)
  const picture = useRef<WidePicture>(undefined)
  const [trouble, setTrouble] = useState('')
  const [at, setAt] = useState(0)
  const isDark = useIsDark()
  // Somebody may walk in it before all is drawn.
  const atNow = useRef(0)
  const choose = (index: number) => {
    atNow.current = index
    setAt(index)
    picture.current?.choose(found[index].key)
  }
  const [isDrawn, setDrawn] = useState(false)
  useEffect(() => {
    const container = box.current as HTMLDivElement
    let isGone = false
    const draw = async () => {
      // The list comes first.
      await pause()
      const {drawWide} = webgl()
      await pause()
      if (isGone) return
      const wide = wideOf(found, edges, container)
      await pause()
      if (isGone) return
      const drawn = drawWide(container, wide, key => choose(found.findIndex(node => node.key === key)))
      picture.current = drawn
      await drawn.fill(pause)
      if (isGone) return
      drawn.choose(found[atNow.current].key)
      setDrawn(true)
    }
    draw().catch(error => {
      setTrouble(`This browser draws no WebGL (${error instanceof Error ? error.message : error}): the list has all.`)
    })
    return () => {
      isGone = true
      setDrawn(false)
      picture.current?.end()
      picture.current = undefined
    }
  }, [isDark])
  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const {key} = event
    const next = WAYS[key]?.(found, at)
    const {id} = found[at]
    if (next !== undefined) choose(next)
    else if (key === '+' || key === '=') picture.current?.zoom(1.4)
    else if (key === '-') picture.current?.zoom(1 / 1.4)
    else if (key === '0') picture.current?.fit()
    else if (key === 'Enter' && id !== null) location.hash = linkTo(`show/${id}`)
    else if (!(key in WAYS)) return
    event.preventDefault()
  }
  if (trouble !== '') return <p class="ex-none">{trouble}</p>
  return (
    <>
      <div
        class="ex-wide"
        ref={box}
        role="application"
        aria-label="nodes and edges"
        aria-busy={!isDrawn}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk in it
        tabIndex={0}
        onKeyDown={onKey}
      />
      <p aria-live="polite" class="ex-wide-told">
        <b>{wordsOf(found[at])}</b> {found[at].label} {found[at].place && <code>{found[at].place}</code>}{' '}
        {found[at].id !== null && <ObjectLink id={found[at].id} />}
      </p>
      <p class="ex-soft">
        Click a node, or walk by keys: ↑ back to where it was found from, ↓ farther, ← → beside it, Enter opens it, + −
        and 0 zoom; Ctrl and the wheel, too.
      </p>
    </>
  )
}

/** How much of a line's color its edges have: the rest is the page's. */
const PALE = 0.35

/** Of `#rrggbb`. WebGL adds what is transparent up to white. */
function mixed(color: string, page: string): string {
  const part = (text: string, at: number) => Number.parseInt(text.slice(at, at + 2), 16)
  const parts = [1, 3, 5].map(at => Math.round(PALE * part(color, at) + (1 - PALE) * part(page, at)))
  return `#${parts.map(value => value.toString(16).padStart(2, '0')).join('')}`
}

/** Of the text around it. */
const NAME_FONT = 6 / 7

/** More nodes than these are drawn smaller. */
const MANY_NODES = 300

/** Pixels: one object is a dot, and what stands for many is larger. */
function sizeOf({count}: AroundNode, nodes: number): number {
  return Math.min(18, 3 + 1.6 * Math.log2(1 + count)) * Math.max(0.4, Math.min(1, MANY_NODES / nodes))
}

function wideOf(found: readonly Found[], edges: Around['edges'], container: HTMLElement): WideGraph {
  const style = getComputedStyle(container)
  const color = (name: string) => style.getPropertyValue(`--${name}`).trim()
  const colorOf = ({role, code}: Found) =>
    color(role === 'target' ? 'cut' : code === 'application' ? 'path' : role === 'root' ? 'ink' : 'soft')
  const shown = new Set(found.map(({key}) => key))
  return {
    nodes: found.map(node => ({
      key: node.key,
      label: wordsOf(node),
      size: sizeOf(node, found.length),
      color: colorOf(node),
      parent: node.parent,
    })),
    edges: edges.filter(({source, target}) => shown.has(source) && shown.has(target)),
    // Thousands of lines would hide the nodes.
    colors: {edge: mixed(color('line'), color('page')), label: color('ink'), plate: color('plate')},
    font: style.fontFamily,
    fontSize: NAME_FONT * Number.parseFloat(style.fontSize),
  }
}

function useIsDark(): boolean {
  const query = matchMedia('(prefers-color-scheme: dark)')
  const [isDark, setDark] = useState(query.matches)
  useEffect(() => {
    const follow = () => setDark(query.matches)
    query.addEventListener('change', follow)
    return () => query.removeEventListener('change', follow)
  }, [])
  return isDark
}
