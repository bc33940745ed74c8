/** Views that are one question each. */
import {CYCLES_PICTURE, MAKERS_PICTURE, QUESTIONS} from '../../../src/emit/page/explore-questions.ts'
import type {AsyncRow, AsyncView} from '../../../src/graph/views/async-view.ts'
import type {ClosureRow, ClosuresView} from '../../../src/graph/views/closures-view.ts'
import type {DetachedView} from '../../../src/graph/views/views.ts'
import type {StringsView, WasteRow, WasteView} from '../../../src/graph/views/waste-view.ts'
import {formatCount} from '../../../src/util/units.ts'
import {Answered, Bytes, Count, ObjectLink, Picture} from '../parts.tsx'
import {type Column, Table} from '../table.tsx'
import {useAnswer, usePicture} from '../use-answer.ts'

type Same = StringsView['same'][number]
const STRINGS: Column<Same>[] = [
  {title: 'wasted', isNumber: true, by: row => row.wastedBytes, cell: row => <Bytes of={row.wastedBytes} />},
  {title: 'copies', isNumber: true, by: row => row.count, cell: row => <Count of={row.count} />},
  {title: 'one of them', isNumber: true, cell: row => <ObjectLink id={row.exampleId} />},
  {title: 'text', wide: 3, isProse: true, by: row => row.text, cell: row => row.text},
  {title: 'held by', wide: 3, isProse: true, cell: row => row.holders[0]?.path},
]

export function Strings() {
  const state = useAnswer<StringsView>(QUESTIONS.strings)
  return (
    <>
      <h1>Strings</h1>
      <Answered state={state}>{({same}) => <Table label="equal strings" columns={STRINGS} rows={same} />}</Answered>
    </>
  )
}

const WASTE: Column<WasteRow>[] = [
  {title: 'wasted', isNumber: true, by: row => row.wastedBytes, cell: row => <Bytes of={row.wastedBytes} />},
  {title: 'objects', isNumber: true, by: row => row.count, cell: row => <Count of={row.count} />},
  {title: 'one of them', isNumber: true, cell: row => <ObjectLink id={row.exampleId} />},
  {title: 'type', wide: 1, by: row => row.type, cell: row => row.type},
  {title: 'held by', wide: 3, isProse: true, by: row => row.holder?.path ?? '', cell: row => row.holder?.path},
]

export function Waste() {
  const state = useAnswer<WasteView>(QUESTIONS.waste)
  return (
    <>
      <h1>Waste</h1>
      <Answered state={state}>
        {({categories}) =>
          categories.map(({kind, title, how, count, wastedBytes, rows}) => (
            <section key={kind}>
              <h2>
                {title}: <Bytes of={wastedBytes} />, {formatCount(count)} objects
              </h2>
              <p class="ex-soft">{how}</p>
              {rows.length > 0 && <Table label={title} columns={WASTE} rows={rows} />}
            </section>
          ))
        }
      </Answered>
    </>
  )
}

const CLOSURES: Column<ClosureRow>[] = [
  {title: 'retained', isNumber: true, by: row => row.retainedBytes, cell: row => <Bytes of={row.retainedBytes} />},
  {title: 'variable', wide: 1, by: row => row.variable, cell: row => row.variable},
  {title: 'source', wide: 1, by: row => row.place ?? '', cell: row => row.place},
  {title: 'value', isNumber: true, cell: row => <ObjectLink id={row.value.id} />},
  {title: 'mend', wide: 4, isProse: true, cell: row => row.mend},
]

export function Closures() {
  const state = useAnswer<ClosuresView>(QUESTIONS.closures)
  return (
    <>
      <h1>Captured variables that nobody uses</h1>
      <Answered state={state}>
        {({rows}) => <Table label="captured variables" columns={CLOSURES} rows={rows} />}
      </Answered>
    </>
  )
}

type Tree = DetachedView['rows'][number]
const DETACHED: Column<Tree>[] = [
  {title: 'retained', isNumber: true, by: row => row.retainedBytes, cell: row => <Bytes of={row.retainedBytes} />},
  {title: 'trees', isNumber: true, by: row => row.trees, cell: row => <Count of={row.trees} />},
  {title: 'nodes', isNumber: true, by: row => row.nodeCount, cell: row => <Count of={row.nodeCount} />},
  {title: 'one of them', isNumber: true, cell: row => <ObjectLink id={row.exampleId} />},
  {title: 'element', wide: 2, by: row => row.selector || row.type, cell: row => row.selector || row.type},
  {title: 'was in', wide: 1, cell: row => row.around},
  {title: 'held by', wide: 3, isProse: true, by: row => row.heldBy, cell: row => row.heldBy},
]

export function Detached() {
  const state = useAnswer<DetachedView>(QUESTIONS.detached)
  return (
    <>
      <h1>Detached DOM</h1>
      <Answered state={state}>{({rows}) => <Table label="detached trees" columns={DETACHED} rows={rows} />}</Answered>
    </>
  )
}

const WAITS: Column<AsyncRow>[] = [
  {title: 'count', isNumber: true, by: row => row.count, cell: row => <Count of={row.count} />},
  {title: 'retained', isNumber: true, by: row => row.retainedBytes, cell: row => <Bytes of={row.retainedBytes} />},
  {title: 'oldest', isNumber: true, by: row => row.oldestId, cell: row => <ObjectLink id={row.oldestId} />},
  {
    title: 'what',
    wide: 3,
    isProse: true,
    by: row => row.what,
    cell: row => [row.what, row.among, ...row.facts].filter(Boolean).join(', '),
  },
  {title: 'source', wide: 2, by: row => row.place ?? '', cell: row => row.place},
  {title: 'kept by', wide: 2, isProse: true, cell: row => row.holder?.path},
]

export function Async() {
  const state = useAnswer<AsyncView>(QUESTIONS.async)
  return (
    <>
      <h1>What waits</h1>
      <Answered state={state}>
        {({sections}) =>
          sections.map(({kind, title, count, rows}) => (
            <section key={kind}>
              <h2>
                {title}: {formatCount(count)}
              </h2>
              {rows.length > 0 && <Table label={title} columns={WAITS} rows={rows} />}
            </section>
          ))
        }
      </Answered>
    </>
  )
}

export function Cycles() {
  return (
    <>
      <h1>Cycles</h1>
      <Answered state={usePicture(CYCLES_PICTURE)}>{page => <Picture page={page} />}</Answered>
    </>
  )
}

export function Makers() {
  return (
    <>
      <h1>Makers</h1>
      <Answered state={usePicture(MAKERS_PICTURE)}>{page => <Picture page={page} />}</Answered>
    </>
  )
}
