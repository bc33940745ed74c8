/** Colours for people at a terminal; the only place that knows chalk. */
import {Chalk} from 'chalk'
import {type Paint, plainPaint} from '../index.ts'
import type {Io, OutputStream} from './io.ts'

/** Colours for one stream, or none: no terminal, NO_COLOR (which chalk itself does not heed) or `--no-color`. */
export function paintFor(stream: OutputStream, {env}: Io, wanted: boolean): Paint {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0' && env.FORCE_COLOR !== 'false'
  const refused = !wanted || (env.NO_COLOR ?? '') !== '' || env.FORCE_COLOR === '0' || env.TERM === 'dumb'
  if (refused || !(stream.isTTY || forced)) return plainPaint
  const chalk = new Chalk({level: 1})
  return {
    type: chalk.cyan,
    edge: chalk.yellow,
    size: chalk.green,
    mark: chalk.magenta,
    dim: chalk.dim,
    strong: chalk.bold,
    warn: chalk.yellow,
  }
}
