/** What stands out, in sentences, and where the memory is. */

import {areasPicture, QUESTIONS} from '../../../src/emit/page/explore-questions.ts'
import type {SuspectsView} from '../../../src/graph/views/suspects-view.ts'
import type {InfoView, TypesView} from '../../../src/graph/views/views.ts'
import {formatBytes, formatCount, formatPercent} from '../../../src/util/units.ts'
import {Answered, Bytes, Picture, TypeLink} from '../parts.tsx'
import {linkTo} from '../store.ts'
import {SuspectCards} from '../suspect-cards.tsx'
import {useAnswer, usePicture} from '../use-answer.ts'

export function Overview() {
  const info = useAnswer<InfoView>(QUESTIONS.info)
  // Asked in this order, one after the other: with an index the first three are there at once, and suspects take their time.
  const types = useAnswer<TypesView>(QUESTIONS.largestTypes)
  const areas = usePicture(areasPicture())
  const suspects = useAnswer<SuspectsView>(QUESTIONS.suspects)
  return (
    <>
      <h1>Overview</h1>
      <Answered state={info}>
        {({producer, nodeCount, edgeCount, storedBytes, has}) => (
          <p>
            {producer}: {formatCount(nodeCount)} nodes, {formatCount(edgeCount)} edges
            {storedBytes === undefined ? '' : `, ${formatBytes(storedBytes)}`}
            {has.length === 0 ? '' : `; has ${has.join(', ')}`}
          </p>
        )}
      </Answered>
      <h2>What stands out</h2>
      <Answered state={suspects}>
        {({rows, minShare}) =>
          rows.length === 0 ? (
            <p>Nothing does: no object or class of the program keeps {formatPercent(minShare, 1)} of the heap.</p>
          ) : (
            <SuspectCards rows={rows} />
          )
        }
      </Answered>
      <h2>Largest types</h2>
      <Answered state={types}>
        {({rows}) => (
          <ol class="ex-types">
            {rows.map(({type, place, retainedBytes, count}) => (
              <li key={`${type} ${place}`}>
                <TypeLink type={type} /> ×{formatCount(count)}, retained <Bytes of={retainedBytes} />{' '}
                <a href={linkTo('why', {type})}>why</a>
              </li>
            ))}
          </ol>
        )}
      </Answered>
      <h2>Where the memory is</h2>
      <Answered state={areas}>{page => <Picture page={page} />}</Answered>
    </>
  )
}
