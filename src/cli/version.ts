import {readFileSync} from 'node:fs'

/** As commander wants them. */
export const VERSION_FLAGS = '-V, --version'

/** The package's version; package.json lies two folders up from here, in the sources as in dist. */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(text) as {version: string}).version
}
