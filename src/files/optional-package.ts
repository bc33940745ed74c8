/** Packages that few need, and who needs them installs. */
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {HeapgraphError} from '../util/errors.ts'

/**
 * An optional peer: beside heapgraph or, where that is installed for all projects, in the person's own; undefined if it is in neither.
 * `load`: the `import()` of it, written out, so that its types are known. Throws UNREADABLE for one that is there and does not load, as without its
 * part for this machine.
 */
export async function optionalPackage<Module>(name: string, load: () => Promise<Module>): Promise<Module | undefined> {
  const own = createRequire(join(process.cwd(), 'package.json'))
  const fromOwn = async (): Promise<Module> => import(pathToFileURL(own.resolve(name)).href)
  let broken: unknown
  for (const attempt of [load, fromOwn]) {
    try {
      return await attempt()
    } catch (error) {
      if (!isAbsent(error, name)) broken ??= error
    }
  }
  if (broken === undefined) return undefined
  const [why] = (broken instanceof Error ? broken.message : String(broken)).split('\n')
  throw new HeapgraphError('UNREADABLE', `${name} is installed, but cannot be loaded: ${why}`, `npm install ${name}`)
}

/** Whether it is the package itself that was not found, not something that it needs: Node tells only in words which one. */
function isAbsent(error: unknown, name: string): boolean {
  const {code, message} = error as NodeJS.ErrnoException
  const parts = name.split('/')
  const packageName = parts.slice(0, name.startsWith('@') ? 2 : 1).join('/')
  return (
    (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') &&
    [name, packageName].some(absent => message.includes(`'${absent}'`))
  )
}
