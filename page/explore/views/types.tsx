/** All types. */
import {typesQuestion} from '../../../src/emit/page/explore-questions.ts'
import type {TypesView} from '../../../src/graph/views/views.ts'
import {formatCount} from '../../../src/util/units.ts'
import {Answered, Bytes, Count, TypeLink} from '../parts.tsx'
import {change, linkTo, route} from '../store.ts'
import {type Column, Table} from '../table.tsx'
import {useAnswer} from '../use-answer.ts'
import {WhereBox} from '../where-box.tsx'

const GROUPINGS = ['type', 'kind', 'shape', 'script', 'realm', 'package', 'allocated', 'born']
type Row = TypesView['rows'][number]

const COLUMNS: Column<Row>[] = [
  {title: 'retained', isNumber: true, by: row => row.retainedBytes ?? 0, cell: row => <Bytes of={row.retainedBytes} />},
  {title: 'self', isNumber: true, by: row => row.selfBytes, cell: row => <Bytes of={row.selfBytes} />},
  {title: 'off-heap', isNumber: true, by: row => row.offHeapBytes, cell: row => <Bytes of={row.offHeapBytes} />},
  {title: 'objects', isNumber: true, by: row => row.count, cell: row => <Count of={row.count} />},
]

/** Only types are names that other questions take. */
function nameColumns(by: string): Column<Row>[] {
  return [
    {
      title: by,
      wide: 3,
      by: row => row.type,
      cell: ({type}) =>
        by === 'type' ? (
          <>
            <TypeLink type={type} /> <a href={linkTo('why', {type})}>why</a>
          </>
        ) : (
          type
        ),
    },
    {title: 'source', wide: 2, by: row => row.place ?? '', cell: row => row.place},
  ]
}

export function Types() {
  const {params} = route.value
  const [by, filter, where] = [params.get('by') ?? 'type', params.get('filter') ?? '', params.get('where') ?? '']
  const state = useAnswer<TypesView>(typesQuestion({by, filter, where}))
  return (
    <>
      <h1>Types</h1>
      <Filters by={by} filter={filter} where={where} />
      <Answered state={state}>
        {({rows, total}) => (
          <>
            <p>
              {formatCount(total.types)} rows, {formatCount(total.count)} objects, self <Bytes of={total.selfBytes} />
            </p>
            <Table label="types" columns={[...COLUMNS, ...nameColumns(by)]} rows={rows} />
          </>
        )}
      </Answered>
    </>
  )
}

function Filters({by, filter, where}: {by: string; filter: string; where: string}) {
  const text = (event: Event) => (event.currentTarget as HTMLInputElement).value
  return (
    <form class="ex-filters" onSubmit={event => event.preventDefault()}>
      <label>
        a row is a{' '}
        <select value={by} onChange={event => change({by: text(event)})}>
          {GROUPINGS.map(name => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </label>
      <label>
        name or /regex/ <input type="search" value={filter} onChange={event => change({filter: text(event)})} />
      </label>
      <WhereBox value={where} onChange={text => change({where: text})} />
    </form>
  )
}
