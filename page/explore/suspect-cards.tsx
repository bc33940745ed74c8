/** Suspects of `suspects` and of `leaks`, a card each. */
import type {LeakView, SuspectView} from '../../src/graph/views/leak-row.ts'
import {formatCount} from '../../src/util/units.ts'
import {Bytes, Code, ObjectLink} from './parts.tsx'
import {linkTo} from './store.ts'

export function SuspectCards({rows}: {rows: readonly (SuspectView | LeakView)[]}) {
  return (
    <ol class="ex-cards">
      {rows.map(row => (
        <li key={row.path}>
          <h3>
            {row.holder} {row.place && <span class="ex-place">{row.place}</span>}
          </h3>
          <p>
            <b>{row.kind}</b>
            {'confidence' in row ? `, ${row.confidence} confidence` : ''}: {formatCount(row.count)} objects, retained{' '}
            <Bytes of={row.retainedBytes} />
            {'counts' in row ? `, ${row.counts.map(formatCount).join(' → ')}` : ''}
          </p>
          <Code lines={row.codeLines} place={row.place} />
          <p class="ex-cut">✂ {row.advice}</p>
          <p>{row.verdict}</p>
          {row.note && <p class="ex-soft">{row.note}</p>}
          <p>
            {row.types.map(({type, count}) => `${type} ×${formatCount(count)}`).join(', ')}; one of them{' '}
            <ObjectLink id={row.exampleId} />, <a href={linkTo('why', {id: row.exampleId})}>why it stays</a>
          </p>
        </li>
      ))}
    </ol>
  )
}
