/** Memory over time: a recording, and the snapshots that were taken meanwhile. */
import {plotQuestion} from '../../../src/emit/page/explore-questions.ts'
import {formatCount} from '../../../src/util/units.ts'
import {Answered, Picture} from '../parts.tsx'
import {change, files, linkTo, nameOf, recordings, route} from '../store.ts'
import {useAnswer, usePicture} from '../use-answer.ts'

const METRICS = ['rss', 'heapUsed', 'heapTotal', 'external', 'arrayBuffers', 'gcMs']

/** What this view reads of the answer of `plot`: schemas/plot.schema.json. */
interface PlotAnswer {
  marks: {time: number; text: string}[]
}

/** The snapshot that a mark tells of, by its number: heapgraph marks those that it writes with their file's name. */
function snapshotOf(text: string): number {
  const found = files.value.map((file, i) => ({name: nameOf(file), i})).filter(({name}) => text.includes(name))
  // The name of one may be part of another's.
  return found.sort((a, b) => b.name.length - a.name.length)[0]?.i ?? -1
}

export function Time() {
  const {params} = route.value
  const of = Number(params.get('of') ?? 0)
  const metric = params.get('metric') ?? ''
  const words = plotQuestion(files.value.length + of, metric)
  const picture = usePicture(words)
  const answer = useAnswer<PlotAnswer>(words)
  const value = (event: Event) => (event.currentTarget as HTMLSelectElement).value
  const marks = answer.is === 'answered' ? answer.data.marks : []
  const links = marks.map(({text}) => {
    const file = snapshotOf(text)
    return file < 0 ? undefined : linkTo('overview', {file})
  })
  return (
    <>
      <h1>Memory over time</h1>
      <form class="ex-filters" onSubmit={event => event.preventDefault()}>
        {recordings.value.length > 1 && (
          <label>
            recording{' '}
            <select value={of} onChange={event => change({of: value(event)})}>
              {recordings.value.map((file, i) => (
                <option key={file} value={i}>
                  {nameOf(file)}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          metric{' '}
          <select value={metric} onChange={event => change({metric: value(event)})}>
            <option value="">that of the heap</option>
            {METRICS.map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </form>
      <Answered state={picture}>{page => <Picture page={page} marks={links} />}</Answered>
      {marks.length > 0 && (
        <>
          <h2>What happened</h2>
          <ol class="ex-marks">
            {marks.map(({time, text}, i) => (
              <li key={`${time} ${text}`}>
                {formatCount(Math.round(time * 10) / 10)} s{' '}
                {links[i] === undefined ? text : <a href={links[i]}>{text}</a>}
              </li>
            ))}
          </ol>
        </>
      )}
    </>
  )
}
