/** Objects: of a type, with a name, or of a question. */
import {listQuestion, valuesQuestion} from '../../../src/emit/page/explore-questions.ts'
import type {ListView, TypesView} from '../../../src/graph/views/views.ts'
import {formatBytes, formatCount} from '../../../src/util/units.ts'
import {Answered, Bytes, ObjectLink} from '../parts.tsx'
import {canAsk, change, columnsOf, linkTo, route} from '../store.ts'
import {type Column, Table} from '../table.tsx'
import {useAnswer} from '../use-answer.ts'
import {WhereBox} from '../where-box.tsx'

const COLUMNS: Column<ListView['rows'][number]>[] = [
  {title: 'id', isNumber: true, by: row => row.id, cell: row => <ObjectLink id={row.id} />},
  {title: 'retained', isNumber: true, by: row => row.retainedBytes, cell: row => <Bytes of={row.retainedBytes} />},
  {title: 'self', isNumber: true, by: row => row.selfBytes, cell: row => <Bytes of={row.selfBytes} />},
  {title: 'distance', isNumber: true, by: row => row.distance ?? Number.POSITIVE_INFINITY, cell: row => row.distance},
  {title: 'object', wide: 3, by: row => row.preview ?? '', cell: row => row.title ?? (row.preview || row.type)},
  {title: 'source', wide: 2, by: row => row.place ?? '', cell: row => row.place},
]

/** Most have none: shown where one has. */
const OFF_HEAP: Column<ListView['rows'][number]> = {
  title: 'off-heap',
  isNumber: true,
  by: row => row.offHeapBytes,
  cell: row => <Bytes of={row.offHeapBytes} />,
}

/** The words that choose objects, from the address. */
export function selector(params: URLSearchParams): string[] {
  return ['type', 'id', 'name', 'where'].flatMap(name => {
    const value = params.get(name)
    return value === null || value === '' ? [] : [`--${name}`, value]
  })
}

/** The same as one expression, for questions that take no other words; '' where there is none for it. */
function expression(params: URLSearchParams): string {
  const tests = ['type', 'name'].flatMap(name => {
    const value = params.get(name)
    return value === null || value === '' ? [] : [`${name}=${quoted(value)}`]
  })
  const where = params.get('where')
  return [...tests, ...(where ? [`(${where})`] : [])].join(' and ')
}

/** As an expression takes it: a regular expression as it is. */
function quoted(text: string): string {
  return /^\/.*\/[a-z]*$/s.test(text) ? text : `"${text.replaceAll(/[\\"]/g, '\\$&')}"`
}

type Row = ListView['rows'][number]

function valueColumns(names: readonly string[]): Column<Row>[] {
  return names.map((name, i) => ({
    title: `.${name}`,
    wide: 1,
    by: row => row.values[i] ?? '',
    cell: row => row.values[i],
  }))
}

export function List() {
  const {params} = route.value
  const chosen = selector(params)
  const columns = params.get('columns') ?? columnsOf(params.get('type'))
  const by = params.get('by') ?? ''
  const state = useAnswer<ListView>(chosen.length === 0 ? undefined : listQuestion(chosen, columns))
  const names = Object.fromEntries(params)
  const text = (event: Event) => (event.currentTarget as HTMLInputElement).value.trim()
  if (chosen.length === 0) {
    return (
      <>
        <h1>Objects</h1>
        <p>Choose a type first.</p>
      </>
    )
  }
  return (
    <>
      <h1>Objects</h1>
      {canAsk && (
        <form class="ex-filters" onSubmit={event => event.preventDefault()}>
          <label>
            values of{' '}
            <input
              type="text"
              value={columns}
              placeholder="id, user.name"
              onChange={event => change({columns: text(event)})}
            />
          </label>
          <label>
            by the value of{' '}
            <input type="text" value={by} placeholder="state" onChange={event => change({by: text(event)})} />
          </label>
          <WhereBox
            value={params.get('where') ?? ''}
            among={expression(new URLSearchParams({...names, where: ''}))}
            onChange={where => change({where})}
          />
        </form>
      )}
      {by !== '' && expression(params) !== '' && <Values where={expression(params)} property={by} />}
      <Answered state={state}>
        {({rows, subject, total, histogram, columns}) => (
          <>
            <p>
              {subject} ×{formatCount(total.count)}, self <Bytes of={total.selfBytes} />{' '}
              <a href={linkTo('why', names)}>why they stay</a>
            </p>
            <Table
              key={columns.join()}
              label={subject}
              columns={[
                ...COLUMNS.slice(0, 3),
                ...(rows.some(({offHeapBytes}) => offHeapBytes > 0) ? [OFF_HEAP] : []),
                ...valueColumns(columns),
                ...COLUMNS.slice(3),
              ]}
              rows={rows}
            />
            <Histogram rows={histogram} />
          </>
        )}
      </Answered>
    </>
  )
}

/** How many objects retain how much; a bar leads to these alone. */
function Histogram({rows}: {rows: ListView['histogram']}) {
  if (rows.length < 2) return null
  const most = Math.max(...rows.map(({count}) => count))
  const {params} = route.value
  const linkOf = ({fromBytes, toBytes}: ListView['histogram'][number]) => {
    const own = `retained>=${fromBytes} and retained<${toBytes}`
    return linkTo('list', {...Object.fromEntries(params), where: own})
  }
  return (
    <>
      <h2>How large</h2>
      <table class="ex-histogram">
        <thead>
          <tr>
            <th scope="col">retained from</th>
            <th scope="col">objects</th>
            <th scope="col">retained in all</th>
            <th scope="col">
              <span class="hg-hidden">share</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(row => (
            <tr key={row.fromBytes}>
              <td>{!canAsk ? <Bytes of={row.fromBytes} /> : <a href={linkOf(row)}>{formatBytes(row.fromBytes)}</a>}</td>
              <td>{formatCount(row.count)}</td>
              <td>
                <Bytes of={row.retainedBytes} />
              </td>
              <td>
                <meter min={0} max={most} value={row.count} aria-label={`${formatCount(row.count)} objects`} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  )
}

type Value = TypesView['rows'][number]

/** The objects by the value of a property. */
function Values({where, property}: {where: string; property: string}) {
  const state = useAnswer<TypesView>(valuesQuestion(where, property))
  const {params} = route.value
  const columns: Column<Value>[] = [
    {title: 'objects', isNumber: true, by: row => row.count, cell: row => formatCount(row.count)},
    {
      title: 'retained',
      isNumber: true,
      by: row => row.retainedBytes ?? 0,
      cell: row => <Bytes of={row.retainedBytes} />,
    },
    {title: 'self', isNumber: true, by: row => row.selfBytes, cell: row => <Bytes of={row.selfBytes} />},
    {title: property, wide: 4, by: row => row.type, cell: row => row.type},
    {title: 'one of them', isNumber: true, cell: row => <ObjectLink id={row.exampleId} />},
  ]
  return (
    <section aria-label={`by the value of ${property}`} key={params.toString()}>
      <h2>By the value of {property}</h2>
      <Answered state={state}>
        {({rows}) => <Table label={`values of ${property}`} columns={columns} rows={rows} />}
      </Answered>
    </section>
  )
}
