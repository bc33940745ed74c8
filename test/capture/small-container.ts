/** A container's limit of memory, without a container. */

/** Where a kernel's files say that the container has so much, of which the process has its resident memory. To be preloaded. */
export const smallContainer = (bytes: number): string => `
const fs = require('node:fs')
const real = fs.readFileSync
fs.readFileSync = function (path, ...rest) {
  if (path === '/proc/self/cgroup') return '0::/\\n'
  if (path === '/sys/fs/cgroup/memory.max') return '${bytes}\\n'
  if (path === '/sys/fs/cgroup/memory.current') return process.memoryUsage.rss() + '\\n'
  if (path === '/sys/fs/cgroup/memory.stat') return ''
  return real.call(this, path, ...rest)
}
require('node:module').syncBuiltinESMExports()`
