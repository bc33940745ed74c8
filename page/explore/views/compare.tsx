/** Several snapshots: what grew, and who keeps it. */
import {comparisons} from '../../../src/emit/page/explore-questions.ts'
import type {GrowthView} from '../../../src/graph/views/growth-view.ts'
import type {LeaksView} from '../../../src/graph/views/leaks-view.ts'
import {formatBytes, formatCount} from '../../../src/util/units.ts'
import {Answered, Bytes, TypeLink} from '../parts.tsx'
import {files} from '../store.ts'
import {SuspectCards} from '../suspect-cards.tsx'
import {type Column, Table} from '../table.tsx'
import {useAnswer} from '../use-answer.ts'

type Row = GrowthView['rows'][number]
const COLUMNS: Column<Row>[] = [
  {
    title: 'more bytes',
    isNumber: true,
    by: row => change(row.selfBytes),
    cell: row => <Bytes of={change(row.selfBytes)} />,
  },
  {title: 'more objects', isNumber: true, by: row => change(row.counts), cell: row => formatCount(change(row.counts))},
  {title: 'type', wide: 2, by: row => row.name, cell: row => <TypeLink type={row.name} />},
  {title: 'objects', wide: 2, isProse: true, cell: row => <Series values={row.counts} say={formatCount} />},
  {title: 'self', wide: 3, isProse: true, cell: row => <Series values={row.selfBytes} say={formatBytes} />},
  {title: 'source', wide: 1, by: row => row.place ?? '', cell: row => row.place},
]

function change(values: readonly number[]): number {
  return values[values.length - 1] - values[0]
}

/** `1 → 4 → 7`, with a line that shows it. */
function Series({values, say}: {values: readonly number[]; say: (value: number) => string}) {
  const most = Math.max(...values, 1)
  const points = values.map((value, i) => `${(i * 40) / Math.max(1, values.length - 1)},${14 - (13 * value) / most}`)
  return (
    <>
      <svg class="ex-spark" viewBox="0 0 40 15" aria-hidden="true">
        <polyline points={points.join(' ')} />
      </svg>{' '}
      {values.map(say).join(' → ')}
    </>
  )
}

export function Compare() {
  const {length} = files.value
  const asked = comparisons(length)
  const leaks = useAnswer<LeaksView>(length < 2 ? undefined : asked.leaks)
  const growth = useAnswer<GrowthView>(length < 2 ? undefined : asked.growth)
  return (
    <>
      <h1>Compare</h1>
      <h2>Who keeps what is new</h2>
      <Answered state={leaks}>
        {({rows, agreement}) => (
          <>
            <p class="ex-soft">{agreement.text}</p>
            {rows.length === 0 ? (
              <p>Nothing leaks: no place in the program holds more objects than before.</p>
            ) : (
              <SuspectCards rows={rows} />
            )}
          </>
        )}
      </Answered>
      <h2>What grew</h2>
      <Answered state={growth}>{({rows}) => <Table label="growth" columns={COLUMNS} rows={rows} />}</Answered>
    </>
  )
}
