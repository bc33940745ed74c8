/** Suspects of `suspects` and of `leaks`, a card each. */

import {fingerprintsOf} from '../../src/graph/views/known.ts'
import type {LeakView, SuspectView} from '../../src/graph/views/leak-row.ts'
import {formatCount, plural} from '../../src/util/units.ts'
import {Bytes, Code, ObjectLink} from './parts.tsx'
import {linkTo, notes} from './store.ts'
import {Verdict, WhereKept} from './verdict.tsx'

/** Suspects of which nothing was said come first; the others are folded. */
export function SuspectCards({rows}: {rows: readonly (SuspectView | LeakView)[]}) {
  const said = new Set(notes.value.notes.map(({fingerprint}) => fingerprint))
  const isKnown = (row: SuspectView) => fingerprintsOf(row).some(name => said.has(name))
  const known = rows.filter(isKnown)
  return (
    <>
      <Cards rows={rows.filter(row => !isKnown(row))} />
      {known.length > 0 && (
        <details class="ex-known">
          <summary>
            {plural(known.length, 'known suspect')}: {known.map(row => row.holder).join(', ')}
          </summary>
          <Cards rows={known} />
        </details>
      )}
      <WhereKept />
    </>
  )
}

function Cards({rows}: {rows: readonly (SuspectView | LeakView)[]}) {
  return (
    <ol class="ex-cards">
      {rows.map(row => (
        <li key={row.fingerprint + row.path}>
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
            <ObjectLink id={row.exampleId} />,{' '}
            <a href={linkTo('why', {id: row.exampleId, suspect: row.fingerprint})}>why it stays</a>
          </p>
          <Verdict names={fingerprintsOf(row)} />
        </li>
      ))}
    </ol>
  )
}
