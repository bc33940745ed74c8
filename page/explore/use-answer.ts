/** Questions of components. */
import {useEffect, useState} from 'preact/hooks'
import {forJson, forPicture} from '../../src/emit/page/explore-questions.ts'
import {type Answer, ask, changes, progressOfEngine, route} from './store.ts'

export type State<T> =
  | {is: 'asking'; progress: string; cancel: () => void}
  /** By the person. */
  | {is: 'canceled'; again: () => void}
  | {is: 'answered'; data: T; answer: Answer}
  /** Exit code 1 without an answer: a sentence says what was searched. */
  | {is: 'nothing'; text: string; answer: Answer}
  | {is: 'failed'; text: string}

const PROGRESS_EVERY_MS = 400
const ASKING = {is: 'asking', progress: '', cancel: () => {}} as const

/** The JSON answer of a command on the file shown; `undefined` asks nothing. */
export function useAnswer<T>(words: readonly string[] | undefined): State<T> {
  return useQuestion<T>(words && forJson(words, route.value.file), text => JSON.parse(text) as T)
}

/** The picture of a command on the file shown, as the parts of a page. */
export function usePicture(words: readonly string[]): State<string> {
  return useQuestion(forPicture(words, route.value.file), text => text)
}

function useQuestion<T>(args: readonly string[] | undefined, read: (text: string) => T): State<T> {
  const name = JSON.stringify(args)
  const [state, setState] = useState<{name: string; value: State<T>}>({name: '', value: ASKING})
  const [round, setRound] = useState(0)
  useEffect(() => {
    if (args === undefined) return
    const asking = new AbortController()
    const {signal} = asking
    let isDone = false
    const set = (value: State<T>) => {
      if (!signal.aborted) setState({name, value})
    }
    const timer = setInterval(() => {
      progressOfEngine().then(
        progress => {
          // It may come after the answer.
          if (!isDone) set({is: 'asking', progress, cancel})
        },
        () => {},
      )
    }, PROGRESS_EVERY_MS)
    const end = (value: State<T>) => {
      isDone = true
      clearInterval(timer)
      set(value)
    }
    const cancel = () => {
      end({is: 'canceled', again: () => setRound(round + 1)})
      asking.abort()
    }
    set({is: 'asking', progress: '', cancel})
    ask(args, signal).then(
      answer => {
        const said = answer.stderr.trim()
        // What found nothing may have an answer all the same, which says so.
        const isAnswered = answer.code === 0 || (answer.code === 1 && answer.stdout.trim() !== '')
        if (isAnswered) end({is: 'answered', data: read(answer.stdout), answer})
        else if (answer.code === 1) end({is: 'nothing', text: said, answer})
        else end({is: 'failed', text: said})
      },
      error => end({is: 'failed', text: error instanceof Error ? error.message : String(error)}),
    )
    return () => {
      clearInterval(timer)
      asking.abort()
    }
    // What was answered of another state of the files is asked again.
  }, [name, round, changes.value])
  // What is there is of another question until the effect has run.
  return state.name === name ? state.value : ASKING
}
