/** A file system with little room, for tests of full disks. */
import {execFileSync} from 'node:child_process'
import type {TestContext} from 'node:test'
import {HANG_MS} from '../support/limits.ts'

/**
 * Mounts a tmpfs of so many bytes (`64k`, `1m`) on a folder until the test ends. Where that is not possible (it takes root on Linux) the
 * test is skipped, and the answer is false.
 */
export function mountSmallDisk(context: TestContext, folder: string, size: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder], {timeout: HANG_MS, stdio: 'ignore'})
  } catch {
    context.skip('a small disk can be mounted by root on Linux only')
    return false
  }
  context.after(() => execFileSync('umount', ['-l', folder], {timeout: HANG_MS}))
  return true
}
