/** One object: what it is, what it holds, who holds it. */
import {holdersPicture, showQuestion} from '../../../src/emit/page/explore-questions.ts'
import type {EdgeView, ShowView} from '../../../src/graph/views/views.ts'
import {Answered, Bytes, ObjectLink, Picture, TypeLink} from '../parts.tsx'
import {canAsk, linkTo, route} from '../store.ts'
import {type Column, Table} from '../table.tsx'
import {useAnswer, usePicture} from '../use-answer.ts'

const COLUMNS: Column<EdgeView>[] = [
  {title: 'edge', wide: 2, by: edge => edge.label, cell: edge => edge.label},
  {title: 'id', isNumber: true, by: edge => edge.other.id, cell: edge => <ObjectLink id={edge.other.id} />},
  {title: 'self', isNumber: true, by: edge => edge.other.selfBytes, cell: edge => <Bytes of={edge.other.selfBytes} />},
  {title: 'object', wide: 3, by: edge => words(edge.other), cell: edge => words(edge.other)},
  {title: 'source', wide: 2, by: edge => edge.other.place ?? '', cell: edge => edge.other.place},
  {title: 'strength', wide: 1, by: edge => edge.strength, cell: edge => edge.strength},
]

function Edges({label, rows}: {label: string; rows: readonly EdgeView[]}) {
  return rows.length === 0 ? <p>nothing</p> : <Table label={label} columns={COLUMNS} rows={rows} />
}

function words({type, title, preview}: EdgeView['other']): string {
  return title ?? (preview ? `${type} ${preview}` : type)
}

export function Show() {
  const id = route.value.params.get('id') ?? ''
  const state = useAnswer<ShowView>(id === '' ? undefined : showQuestion(id))
  const picture = usePicture(holdersPicture(id))
  return (
    <>
      <h1>Object @{id}</h1>
      <Answered state={state}>
        {({object, dominator, element, ...view}) => (
          <>
            <p>
              <TypeLink type={object.type} /> {object.title ?? object.preview}{' '}
              {object.place && <span class="ex-place">{object.place}</span>}
            </p>
            {element && (
              <p>
                <code>{element.selector}</code> {element.around}
              </p>
            )}
            <p>
              retained <Bytes of={object.retainedBytes} />, self <Bytes of={object.selfBytes} />
              {object.distance === null ? ', reached by nothing' : `, distance ${object.distance}`}.{' '}
              <a href={linkTo('why', {id})}>Why does it stay?</a>{' '}
              {canAsk && <a href={linkTo('around', {id})}>All around it</a>}
              {dominator && (
                <>
                  {' '}
                  Dominated by <ObjectLink id={dominator.id} /> {words({...dominator, selfBytes: 0})}.
                </>
              )}
            </p>
            {view.stack && (
              <p>
                made by{' '}
                {view.stack.frames.map(({name, place}, i) => (
                  <>
                    {i > 0 && ' ‹ '}
                    <code>{name}</code> {place && <span class="ex-place">{place}</span>}
                  </>
                ))}
                {view.stack.left > 0 && ` ‹ ${view.stack.left} more`}
              </p>
            )}
            <h2>Held by</h2>
            <Edges label="held by" rows={view.in} />
            <h2>Holds</h2>
            <Edges label="holds" rows={view.out} />
          </>
        )}
      </Answered>
      <h2>Who holds it, drawn</h2>
      <Answered state={picture}>{page => <Picture page={page} />}</Answered>
    </>
  )
}
