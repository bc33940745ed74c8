/** The explorer: views of snapshots, each with an address of its own, answered by the command line that stands below it. */
import {render} from 'preact'
import {useEffect} from 'preact/hooks'
import {Help, isHelpOpen} from './help.tsx'
import {type Entry, isPaletteOpen, Palette} from './palette.tsx'
import {shortNames} from './short-names.ts'
import {
  begin,
  change,
  files,
  isChanged,
  isReport,
  leftOut,
  linkTo,
  nameOf,
  recordings,
  remarks,
  route,
  trouble,
} from './store.ts'
import {Around} from './views/around.tsx'
import {Compare} from './views/compare.tsx'
import {Async, Closures, Cycles, Detached, Makers, Strings, Waste} from './views/findings.tsx'
import {List} from './views/list.tsx'
import {Memory} from './views/memory.tsx'
import {Overview} from './views/overview.tsx'
import {Show} from './views/show.tsx'
import {Time} from './views/time.tsx'
import {Types} from './views/types.tsx'
import {Why} from './views/why.tsx'

interface View {
  title: string
  /** For the menu; views of one thing are reached from others. */
  key?: string
  Shown: () => preact.JSX.Element
}

const VIEWS: Record<string, View> = {
  overview: {title: 'Overview', key: 'o', Shown: Overview},
  types: {title: 'Types', key: 't', Shown: Types},
  memory: {title: 'Dominators', key: 'm', Shown: Memory},
  compare: {title: 'Compare', key: 'c', Shown: Compare},
  strings: {title: 'Strings', key: 's', Shown: Strings},
  waste: {title: 'Waste', key: 'w', Shown: Waste},
  closures: {title: 'Closures', key: 'l', Shown: Closures},
  detached: {title: 'Detached DOM', key: 'd', Shown: Detached},
  async: {title: 'Async', key: 'a', Shown: Async},
  time: {title: 'Memory over time', key: 'v', Shown: Time},
  cycles: {title: 'Cycles', key: 'y', Shown: Cycles},
  makers: {title: 'Makers', key: 'b', Shown: Makers},
  list: {title: 'Objects', Shown: List},
  show: {title: 'Object', Shown: Show},
  why: {title: 'Why', Shown: Why},
  around: {title: 'Around', Shown: Around},
}

function App() {
  const {view} = route.value
  const {title, Shown} = VIEWS[view] ?? VIEWS.overview
  useEffect(() => {
    document.title = `${title} · heapgraph`
  }, [title])
  if (trouble.value !== '') {
    return (
      <main class="ex-main">
        <h1>heapgraph</h1>
        <p role="alert">{trouble.value}</p>
      </main>
    )
  }
  if (files.value.length === 0) return <main class="ex-main" />
  return (
    <>
      {isPaletteOpen.value && <Palette views={viewEntries()} />}
      {isHelpOpen.value && <Help views={viewKeys()} />}
      <nav class="ex-nav" aria-label="Views">
        <Files />
        <button type="button" class="ex-goto" onClick={() => (isPaletteOpen.value = true)}>
          <span>Go to…</span> <kbd>Ctrl K</kbd>
        </button>
        {Object.entries(VIEWS).map(
          ([name, {title, key}]) =>
            isInMenu(name) && (
              <a key={name} href={linkTo(name)} aria-current={name === view ? 'page' : undefined}>
                <span>{title}</span> <kbd>g {key}</kbd>
              </a>
            ),
        )}
        <button type="button" class="ex-goto" onClick={() => (isHelpOpen.value = true)}>
          <span>Keys</span> <kbd>?</kbd>
        </button>
      </nav>
      <main class="ex-main" data-view={view}>
        {isChanged.value && (
          <p class="ex-wrong">A file was changed while it was open: answers are of what is there now.</p>
        )}
        {remarks.value.map(remark => (
          <p key={remark} class="ex-wrong" role="status">
            {remark}
          </p>
        ))}
        <Shown />
        {isReport && leftOut.length > 0 && (
          <details class="ex-notes">
            <summary>{leftOut.length} more answers had no room in this report</summary>
            <ul>
              {leftOut.map(command => (
                <li key={command}>
                  <code>{command}</code>
                </li>
              ))}
            </ul>
          </details>
        )}
      </main>
    </>
  )
}

/** Views of one thing are reached from others; those of several files need them. */
function isInMenu(name: string): boolean {
  if (name === 'compare') return files.value.length > 1
  if (name === 'time') return recordings.value.length > 0
  return VIEWS[name].key !== undefined
}

/** The views of the menu. */
function viewEntries(): Entry[] {
  return Object.entries(VIEWS).flatMap(([name, {title}]) =>
    isInMenu(name) ? [{text: title, what: 'view', link: linkTo(name)}] : [],
  )
}

function viewKeys(): [string, string][] {
  return Object.entries(VIEWS).flatMap(([name, {title, key}]) =>
    key !== undefined && isInMenu(name) ? [[`g ${key}`, title]] : [],
  )
}

/** Which of several snapshots is shown. */
function Files() {
  if (files.value.length < 2) {
    // Where a narrow menu breaks it: behind a dot.
    const parts = nameOf(files.value[0]).split(/(?<=\.)/)
    return <p class="ex-file">{parts.flatMap((part, i) => (i === 0 ? [part] : [<wbr key={part} />, part]))}</p>
  }
  const names = shortNames(files.value.map(nameOf))
  return (
    <label class="ex-file">
      snapshot{' '}
      <select
        value={route.value.file}
        onChange={event => change({file: (event.currentTarget as HTMLSelectElement).value})}
      >
        {files.value.map((file, i) => (
          <option key={file} value={i}>
            {names[i]}
          </option>
        ))}
      </select>
    </label>
  )
}

/** help.tsx says which. */
function onKey(event: KeyboardEvent): void {
  const {key, target} = event
  if (key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault()
    isPaletteOpen.value = !isPaletteOpen.value
    return
  }
  if (isPaletteOpen.value || isHelpOpen.value) return
  if (event.ctrlKey || event.metaKey || event.altKey) return
  if (target instanceof HTMLInputElement || target instanceof HTMLSelectElement) return
  const isSecond = Date.now() - firstAt < SECOND_KEY_MS
  firstAt = 0
  if (isSecond) {
    const found = Object.entries(VIEWS).find(([, view]) => view.key === key)
    if (found !== undefined) location.hash = linkTo(found[0])
    return
  }
  if (key === ':') {
    event.preventDefault()
    isPaletteOpen.value = true
  }
  if (key === '?') isHelpOpen.value = true
  if (key === 'g') firstAt = Date.now()
  if (key === '/') {
    const filter = document.querySelector<HTMLInputElement>('input[type=search], .ex-where input')
    if (filter === null) return
    event.preventDefault()
    filter.focus()
  }
  if (key === 'j' || key === 'k') step(key === 'j' ? 1 : -1)
}

const SECOND_KEY_MS = 1500
let firstAt = 0

function step(by: number): void {
  const links = [...document.querySelectorAll<HTMLElement>('.ex-rows .ex-row a, .ex-cards a')]
  const at = links.indexOf(document.activeElement as HTMLElement)
  links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus()
}

addEventListener('keydown', onKey)
render(<App />, document.getElementById('app') as HTMLElement)
begin().catch(() => {})
