/** All keys, in one place: what is told here is what the page listens to. */
import {signal} from '@preact/signals'
import {useEffect, useRef} from 'preact/hooks'

export const isHelpOpen = signal(false)

const KEYS: Record<string, readonly [keys: string, what: string][]> = {
  Everywhere: [
    ['Ctrl K, :', 'go to a view, a type or an @id'],
    ['/', 'the filter of the view'],
    ['j, k', 'the next, the previous link of a table or of cards'],
    ['?', 'these keys'],
    ['Esc', 'closes what is open'],
    ['Alt ←, Alt →', 'back and forward, as in every page'],
  ],
  'Go to': [
    ['↑, ↓', 'choose'],
    ['Enter', 'goes there; of a type, to its objects'],
    ['Shift Enter', 'of a type, to why its objects stay'],
  ],
  'Where --where is written': [
    ['↓, ↑', 'choose what may stand here'],
    ['Enter', 'takes it; without a choice, asks'],
  ],
  'In a picture of cards': [
    ['arrows', 'from card to card, along the path first'],
    ['Enter', 'details, or more cards'],
    ['+, −, 0', 'zoom; all of it'],
  ],
  'In areas': [
    ['Enter', 'looks into a cell'],
    ['Esc', 'back out'],
  ],
  'Around objects': [
    ['↑', 'to where a node was found from'],
    ['↓', 'farther'],
    ['←, →', 'beside it'],
    ['Enter', 'opens the object'],
    ['+, −, 0', 'zoom; all of it'],
  ],
  'In a plot': [['←, →', 'another moment; with Shift in larger steps']],
}

/** `views`: the letters behind `g`. */
export function Help({views}: {views: readonly [keys: string, what: string][]}) {
  const box = useRef<HTMLDialogElement>(null)
  useEffect(() => box.current?.showModal(), [])
  const close = () => {
    isHelpOpen.value = false
  }
  return (
    <dialog class="ex-palette ex-help" aria-label="Keys" ref={box} onClose={close}>
      <button type="button" onClick={() => box.current?.close()}>
        Close
      </button>
      {Object.entries({...KEYS, 'To a view': views}).map(([title, keys]) => (
        <section key={title}>
          <h2>{title}</h2>
          <dl>
            {keys.map(([key, what]) => (
              <div key={key}>
                <dt>
                  <kbd>{key}</kbd>
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
    </dialog>
  )
}
