/** Questions of components. */
import {useEffect, useState} from 'preact/hooks'
import {forJson, forPicture} from '../../src/emit/page/explore-questions.ts'
import {type Answer, ask, progressOfEngine, route} from './store.ts'

export type State<T> =
  | {is: 'asking'; progress: string}
  | {is: 'answered'; data: T; answer: Answer}
  /** Exit code 1: a sentence says what was searched. */
  | {is: 'nothing'; text: string; answer: Answer}
  | {is: 'failed'; text: string}

const PROGRESS_EVERY_MS = 400

/** The JSON answer of a command on the file shown; `undefined` asks nothing. */
export function useAnswer<T>(words: readonly string[] | undefined): State<T> {
  return useQuestion<T>(words && forJson(words, route.value.file), text => JSON.parse(text) as T)
}

/** The picture of a command on the file shown, as SVG. */
export function usePicture(words: readonly string[]): State<string> {
  return useQuestion(forPicture(words, route.value.file), text => text)
}

function useQuestion<T>(args: readonly string[] | undefined, read: (text: string) => T): State<T> {
  const name = JSON.stringify(args)
  const [state, setState] = useState<{name: string; value: State<T>}>({name: '', value: {is: 'asking', progress: ''}})
  useEffect(() => {
    if (args === undefined) return
    const asking = new AbortController()
    const {signal} = asking
    const set = (value: State<T>) => {
      if (!signal.aborted) setState({name, value})
    }
    const timer = setInterval(() => {
      progressOfEngine().then(
        progress => set({is: 'asking', progress}),
        () => {},
      )
    }, PROGRESS_EVERY_MS)
    ask(args, signal)
      .then(
        answer => {
          clearInterval(timer)
          const said = answer.stderr.trim()
          if (answer.code === 0) set({is: 'answered', data: read(answer.stdout), answer})
          else if (answer.code === 1) set({is: 'nothing', text: said, answer})
          else set({is: 'failed', text: said})
        },
        error => set({is: 'failed', text: error instanceof Error ? error.message : String(error)}),
      )
      .finally(() => clearInterval(timer))
    return () => {
      clearInterval(timer)
      asking.abort()
    }
  }, [name])
  // What is there is of another question until the effect has run.
  return state.name === name ? state.value : {is: 'asking', progress: ''}
}
