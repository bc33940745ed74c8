/** Colors for people at a terminal; the only place that knows chalk, and loads it only for them. */
import {type Paint, plainPaint} from '../index.ts'
import type {Io} from './io.ts'

/**
 * Colors for standard output, or none: no terminal, NO_COLOR (which chalk itself does not heed) or `--no-color`
 * (`wanted` is false). `link`: what makes the text of a place a link. An empty variable counts as not set, as https://no-color.org and https://force-color.org say.
 */
export async function paintFor({stdout, env}: Io, wanted: boolean, link: Paint['place']): Promise<Paint> {
  const force = env.FORCE_COLOR ?? ''
  const isRefused = !wanted || (env.NO_COLOR ?? '') !== '' || force === '0' || force === 'false'
  const isTerminal = stdout.isTTY === true && env.TERM !== 'dumb'
  if (isRefused || !(isTerminal || force !== '')) return {...plainPaint, place: link}
  const {Chalk} = await import('chalk')
  const chalk = new Chalk({level: 1})
  return {
    type: chalk.cyan,
    edge: chalk.yellow,
    size: chalk.green,
    mark: chalk.magenta,
    dim: chalk.dim,
    strong: chalk.bold,
    warn: chalk.yellow,
    place: (text, place) => link(chalk.dim(text), place),
  }
}
