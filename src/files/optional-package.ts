/** Packages that few need, and who needs them installs. */
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'

/**
 * An optional peer: beside heapgraph or, where that is installed for all projects, in the person's own; undefined if it is in neither.
 * `load`: the `import()` of it, written out, so that its types are known.
 */
export async function optionalPackage<Module>(name: string, load: () => Promise<Module>): Promise<Module | undefined> {
  const own = createRequire(join(process.cwd(), 'package.json'))
  const fromOwn = async (): Promise<Module> => import(pathToFileURL(own.resolve(name)).href)
  for (const attempt of [load, fromOwn]) {
    const loaded = await attempt().catch(() => undefined)
    if (loaded !== undefined) return loaded
  }
  return undefined
}
