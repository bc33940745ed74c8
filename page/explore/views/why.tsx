/** Who must let go: owners, what cuts would free, and a picture. */
import {useState} from 'preact/hooks'
import {cutsQuestion, whyQuestion} from '../../../src/emit/page/explore-questions.ts'
import type {CodeLine} from '../../../src/explain/places/code-frame.ts'
import type {WhatIfView} from '../../../src/graph/answer/what-if-view.ts'
import {formatCount} from '../../../src/util/units.ts'
import {Answered, Bytes, Code, Count, ObjectLink, Picture, TypeLink} from '../parts.tsx'
import {canAsk, linkTo, route} from '../store.ts'
import {type Column, Table} from '../table.tsx'
import {useAnswer, usePicture} from '../use-answer.ts'
import {Verdict, WhereKept} from '../verdict.tsx'
import {selector} from './list.tsx'

/** What this view reads of the answer of `why`: schemas/result.schema.json. */
interface WhyAnswer {
  subject: string
  count: number
  owners: {
    summary: string
    verdict: string
    list: {
      path: string
      holder: string
      place: string
      codeLines: CodeLine[]
      cuts: string[]
      code: string
      count: number
      retainedBytes: number
      exampleId: number
      fingerprint: string
    }[]
  } | null
}

export function Why() {
  const chosen = selector(route.value.params)
  // Where a person comes from a suspect: one of its objects may be held otherwise than all of them.
  const suspect = route.value.params.get('suspect')
  const name = JSON.stringify(chosen)
  const state = useAnswer<WhyAnswer>(chosen.length === 0 ? undefined : whyQuestion(chosen))
  const [cuts, setCuts] = useState<{of: string; texts: readonly string[]}>({of: name, texts: []})
  // Cuts of another question are none of this one.
  const made = cuts.of === name ? cuts.texts : []
  const toggle = (all: readonly string[]) => {
    const isMade = all.every(cut => made.includes(cut))
    const rest = made.filter(cut => !all.includes(cut))
    setCuts({of: name, texts: isMade ? rest : [...rest, ...all]})
  }
  if (chosen.length === 0) return <h1>Why: choose objects first</h1>
  return (
    <>
      <h1>Why</h1>
      <Answered state={state}>
        {({subject, count, owners}) => (
          <>
            <p>
              {subject} ×{formatCount(count)}: {owners?.summary}{' '}
              {canAsk && <a href={linkTo('around', Object.fromEntries(route.value.params))}>all around them</a>}
            </p>
            <p class="ex-cut">✂ {owners?.verdict}</p>
            {suspect !== null && !owners?.list.some(({fingerprint}) => fingerprint === suspect) && (
              <section aria-label="suspect">
                <p>
                  One of what the suspect <b>{suspect}</b> keeps.
                </p>
                <Verdict names={[suspect]} />
              </section>
            )}
            <h2>Who holds {count === 1 ? 'it' : 'them'}</h2>
            <ol class="ex-cards">
              {owners?.list.map(owner => (
                <li key={owner.path}>
                  <h3>
                    {owner.holder} {owner.place && <span class="ex-place">{owner.place}</span>}
                  </h3>
                  <p>
                    holds {formatCount(owner.count)}, retained <Bytes of={owner.retainedBytes} />, {owner.code}; one of
                    them <ObjectLink id={owner.exampleId} />
                  </p>
                  <p class="ex-path">{owner.path}</p>
                  <Code lines={owner.codeLines} place={owner.place} />
                  {owner.cuts.length > 0 && (
                    <label>
                      <input
                        type="checkbox"
                        checked={owner.cuts.every(cut => made.includes(cut))}
                        onChange={() => toggle(owner.cuts)}
                      />{' '}
                      cut <code>{owner.cuts.join(', ')}</code>
                    </label>
                  )}
                  <Verdict names={[owner.fingerprint]} />
                </li>
              ))}
            </ol>
            <WhereKept />
          </>
        )}
      </Answered>
      {made.length > 0 && <Freed cuts={made} />}
      <h2>Drawn</h2>
      <Drawn words={whyQuestion(chosen)} />
    </>
  )
}

function Drawn({words}: {words: readonly string[]}) {
  return <Answered state={usePicture(words)}>{page => <Picture page={page} />}</Answered>
}

type Row = WhatIfView['freed'][number]
const COLUMNS: Column<Row>[] = [
  {title: 'self', isNumber: true, by: row => row.selfBytes, cell: row => <Bytes of={row.selfBytes} />},
  {title: 'freed', isNumber: true, by: row => row.count, cell: row => <Count of={row.count} />},
  {title: 'of', isNumber: true, by: row => row.alive, cell: row => <Count of={row.alive} />},
  {title: 'type', wide: 3, by: row => row.type, cell: row => <TypeLink type={row.type} />},
  {title: 'one of them', isNumber: true, cell: row => <ObjectLink id={row.exampleId} />},
]

function Freed({cuts}: {cuts: readonly string[]}) {
  const state = useAnswer<WhatIfView>(cutsQuestion(cuts))
  return (
    <section aria-live="polite">
      <h2>If {cuts.length === 1 ? 'it' : 'these'} let go</h2>
      <Answered state={state}>
        {({freed, total, heapBytes}) => (
          <>
            <p>
              <b>
                {formatCount(total.count)} objects, <Bytes of={total.selfBytes} />
              </b>{' '}
              of <Bytes of={heapBytes} /> would be freed.
            </p>
            <Table label="freed" columns={COLUMNS} rows={freed} />
          </>
        )}
      </Answered>
    </section>
  )
}
