/** Objects: of a type, with a name, or of a question. */
import {listQuestion} from '../../../src/emit/page/explore-questions.ts'
import type {ListView, ObjectView} from '../../../src/graph/views/views.ts'
import {formatCount} from '../../../src/util/units.ts'
import {Answered, Bytes, ObjectLink} from '../parts.tsx'
import {linkTo, route} from '../store.ts'
import {type Column, Table} from '../table.tsx'
import {useAnswer} from '../use-answer.ts'

const COLUMNS: Column<ObjectView>[] = [
  {title: 'id', isNumber: true, by: row => row.id, cell: row => <ObjectLink id={row.id} />},
  {title: 'retained', isNumber: true, by: row => row.retainedBytes, cell: row => <Bytes of={row.retainedBytes} />},
  {title: 'self', isNumber: true, by: row => row.selfBytes, cell: row => <Bytes of={row.selfBytes} />},
  {title: 'off-heap', isNumber: true, by: row => row.offHeapBytes, cell: row => <Bytes of={row.offHeapBytes} />},
  {title: 'distance', isNumber: true, by: row => row.distance ?? Number.POSITIVE_INFINITY, cell: row => row.distance},
  {title: 'object', wide: 3, by: row => row.preview ?? '', cell: row => row.title ?? (row.preview || row.type)},
  {title: 'source', wide: 2, by: row => row.place ?? '', cell: row => row.place},
]

/** The words that choose objects, from the address. */
export function selector(params: URLSearchParams): string[] {
  return ['type', 'id', 'name', 'where'].flatMap(name => {
    const value = params.get(name)
    return value === null || value === '' ? [] : [`--${name}`, value]
  })
}

export function List() {
  const {params} = route.value
  const chosen = selector(params)
  const state = useAnswer<ListView>(chosen.length === 0 ? undefined : listQuestion(chosen))
  const names = Object.fromEntries(params)
  return (
    <>
      <h1>Objects</h1>
      {chosen.length === 0 ? (
        <p>Choose a type first.</p>
      ) : (
        <Answered state={state}>
          {({rows, subject, total}) => (
            <>
              <p>
                {subject} ×{formatCount(total.count)}, self <Bytes of={total.selfBytes} />{' '}
                <a href={linkTo('why', names)}>why they stay</a>
              </p>
              <Table label={subject} columns={COLUMNS} rows={rows} />
            </>
          )}
        </Answered>
      )}
    </>
  )
}
