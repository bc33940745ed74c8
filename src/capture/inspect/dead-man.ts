/**
 * An inspector that was opened for us is closed again, also when we vanish: while it is open, every user of the machine may run code in
 * the process. What closes it runs in that process, since nobody else can be relied on.
 */
import {type Connection, objectOf} from './protocol.ts'

const LOOK_MS = 500
/** It waits until nobody is connected, so it is left to a timer, and we disconnect meanwhile. */
const CLOSE_MS = 100
const NAME = 'heapgraph.inspector'

/**
 * In the process: looks twice a second whether we are still there, by our pid, and on Linux, where we may have another one there (a
 * container's), by the connection to its port (`/proc/net/tcp`, state 1).
 */
function watchExpression(pid: number): string {
  return `(() => {
    const load = globalThis.process?.getBuiltinModule ?? (typeof require === 'function' ? require : process.mainModule?.require.bind(process.mainModule))
    const inspector = load?.('node:inspector')
    if (inspector === undefined) return false
    const isThere = () => {
      try {
        return process.kill(${pid}, 0)
      } catch (error) {
        return error.code === 'EPERM'
      }
    }
    const {readFileSync} = load('node:fs')
    const isConnected = () => {
      try {
        const port = Number(new URL(inspector.url()).port).toString(16).toUpperCase().padStart(4, '0')
        return readFileSync('/proc/self/net/tcp', 'utf8').split('\\n').some(row => new RegExp('^ *\\\\d+: [0-9A-F]+:' + port + ' \\\\S+ 01 ').test(row))
      } catch {
        return true
      }
    }
    const wasThere = isThere()
    const close = () => {
      clearInterval(timer)
      delete globalThis[Symbol.for('${NAME}')]
      inspector.close()
    }
    const timer = setInterval(() => {
      if (inspector.url() === undefined) clearInterval(timer)
      else if ((wasThere && !isThere()) || !isConnected()) close()
    }, ${LOOK_MS}).unref()
    const leave = () => setTimeout(close, ${CLOSE_MS}).unref()
    Object.defineProperty(globalThis, Symbol.for('${NAME}'), {value: leave, configurable: true})
    return true
  })()`
}

/** Whether there will be somebody to close it. `includeCommandLineAPI` brings `require` where Node has no other way to its modules. */
export async function armDeadMan(connection: Connection): Promise<boolean> {
  const asked = {expression: watchExpression(process.pid), includeCommandLineAPI: true, returnByValue: true}
  const {result} = await connection.send<{result: unknown}>('Runtime.evaluate', asked)
  return objectOf(result).value === true
}

/** The order to close, which is carried out a moment later. */
export async function tellToClose(connection: Connection): Promise<void> {
  await connection.send('Runtime.evaluate', {expression: `globalThis[Symbol.for('${NAME}')]?.()`})
}
