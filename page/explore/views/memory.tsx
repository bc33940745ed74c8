/** Where the memory is: the dominator tree as areas, as a flame, as cards. */
import {areasPicture} from '../../../src/emit/page/explore-questions.ts'
import {Answered, Picture} from '../parts.tsx'
import {change, route} from '../store.ts'
import {usePicture} from '../use-answer.ts'

const FORMS = ['treemap', 'flame', 'tree']

export function Memory() {
  const form = route.value.params.get('form') ?? FORMS[0]
  const depth = route.value.params.get('depth') ?? ''
  const picture = usePicture(areasPicture(form, depth))
  const value = (event: Event) => (event.currentTarget as HTMLInputElement).value
  return (
    <>
      <h1>Dominators</h1>
      <form class="ex-filters" onSubmit={event => event.preventDefault()}>
        <label>
          drawn as{' '}
          <select value={form} onChange={event => change({form: value(event)})}>
            {FORMS.map(name => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          levels <input type="number" min="1" max="9" value={depth} onChange={event => change({depth: value(event)})} />
        </label>
      </form>
      <Answered state={picture}>{page => <Picture page={page} />}</Answered>
    </>
  )
}
