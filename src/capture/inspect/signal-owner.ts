/**
 * Whose handler a process has for SIGUSR1: Node's own, which opens the inspector, or one of the program's (`process.on('SIGUSR1')`), which
 * takes its place. The kernel tells only that there is one. So libuv's tree of signal handles is looked at in the process's memory, where
 * Node's own handler is not (node/src/inspector_agent.cc, `StartDebugSignalHandler`); where that cannot be, the program's files are searched
 * for the signal's name. Linux only.
 */
import {closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync, statSync} from 'node:fs'
import {endianness} from 'node:os'
import {dirname, join, resolve} from 'node:path'
import {procText} from './inspector-ports.ts'

/** On Linux. */
export const SIGUSR1 = 10

export interface SignalOwner {
  owner: 'node' | 'program' | 'unknown'
  /** What makes it unknown, as a clause. */
  why: string
}

export function handlerOf(pid: number): SignalOwner {
  const signals = watchedSignals(pid)
  if (signals !== undefined) return {owner: signals.has(SIGUSR1) ? 'program' : 'node', why: ''}
  const why = mentionIn(pid)
  return {owner: why === undefined ? 'node' : 'unknown', why: why ?? ''}
}

/** The numbers of the signals that the program listens to; undefined if its memory cannot be read, or is not as it should be. */
export function watchedSignals(pid: number): Set<number> | undefined {
  if (endianness() !== 'LE') return undefined
  try {
    const program = openSync(`/proc/${pid}/exe`, 'r')
    try {
      const address = addressOfTree(program, pid)
      return address === undefined ? undefined : signalsIn(pid, address)
    } finally {
      closeSync(program)
    }
  } catch {
    return undefined
  }
}

/** Offsets in ELF-64 files (elf(5)): of the header, of a section's header, and of a symbol. */
const ELF = {type: 16, sections: 40, sectionSize: 58, sectionCount: 60}
const SECTION = {type: 4, offset: 24, size: 32, link: 40}
const SYMBOL = {bytes: 24, address: 8}
const SYMBOLS_TYPE = 2
const POSITION_INDEPENDENT = 3
/** libuv/src/unix/signal.c; compilers may put something behind it. */
const TREE = '\0uv__signal_tree'
const MAX_TABLE_BYTES = 256 << 20

function addressOfTree(program: number, pid: number): number | undefined {
  const head = bytesAt(program, 0, 64)
  if (head.toString('latin1', 0, 5) !== '\u007fELF\u0002') return undefined
  const size = head.readUInt16LE(ELF.sectionSize)
  const count = head.readUInt16LE(ELF.sectionCount)
  const headers = bytesAt(program, Number(head.readBigUInt64LE(ELF.sections)), size * count)
  const section = (index: number) => headers.subarray(index * size, (index + 1) * size)
  const contents = (header: Buffer) => {
    const [offset, bytes] = [SECTION.offset, SECTION.size].map(at => Number(header.readBigUInt64LE(at)))
    if (bytes > MAX_TABLE_BYTES) throw new Error('too large')
    return bytesAt(program, offset, bytes)
  }
  const symbols = Array.from({length: count}, (_, i) => section(i)).find(
    s => s.readUInt32LE(SECTION.type) === SYMBOLS_TYPE,
  )
  if (symbols === undefined) return undefined
  const names = contents(section(symbols.readUInt32LE(SECTION.link)))
  const name = names.indexOf(TREE) + 1
  if (name === 0) return undefined
  const table = contents(symbols)
  for (let at = 0; at + SYMBOL.bytes <= table.length; at += SYMBOL.bytes) {
    if (table.readUInt32LE(at) !== name) continue
    const address = Number(table.readBigUInt64LE(at + SYMBOL.address))
    return head.readUInt16LE(ELF.type) === POSITION_INDEPENDENT ? baseOf(pid) + address : address
  }
  return undefined
}

/** Where the program itself begins in memory: its first mapping, which /proc lists by address. */
function baseOf(pid: number): number {
  const program = readlinkSync(`/proc/${pid}/exe`)
  const line = procText(pid, 'maps')
    .split('\n')
    .find(text => text.endsWith(` ${program}`))
  if (line === undefined) throw new Error('no such mapping')
  return Number.parseInt(line, 16)
}

/** Of `uv_signal_t` where pointers have 64 bits (libuv/include/uv.h, uv/unix.h), the same in all of libuv 1. */
const HANDLE = {bytes: 144, type: 16, signal: 104, left: 112, right: 120}
/** `UV_SIGNAL` in `uv_handle_type`. */
const SIGNAL_TYPE = 16
const MAX_HANDLES = 10_000

function signalsIn(pid: number, tree: number): Set<number> | undefined {
  const memory = openSync(`/proc/${pid}/mem`, 'r')
  try {
    const signals = new Set<number>()
    const pending = [pointerIn(bytesAt(memory, tree, 8), 0)]
    for (let count = 0; pending.length > 0; count++) {
      const address = pending.pop() ?? 0
      if (address === 0) continue
      const handle = bytesAt(memory, address, HANDLE.bytes)
      if (count > MAX_HANDLES || handle.readUInt32LE(HANDLE.type) !== SIGNAL_TYPE) return undefined
      signals.add(handle.readInt32LE(HANDLE.signal))
      pending.push(pointerIn(handle, HANDLE.left), pointerIn(handle, HANDLE.right))
    }
    return signals
  } finally {
    closeSync(memory)
  }
}

/** User space has 47 or 56 bits; what does not fit a double is no address of it. */
function pointerIn(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64LE(at))
}

function bytesAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let done = 0; done < length; ) {
    const count = readSync(fd, bytes, done, length - done, position + done)
    if (count === 0) throw new Error('it ends too early')
    done += count
  }
  return bytes
}

const NAME = 'SIGUSR1'
const SCRIPT = /\.[cm]?[jt]sx?$/
/** Files of a program that are searched, and bytes of them. */
const MAX_FILES = 5000
const MAX_BYTES = 256 << 20

/** What speaks against Node's handler being in place, as far as the program's own files tell; undefined if nothing does. */
export function mentionIn(pid: number): string | undefined {
  const words = procText(pid, 'cmdline').split('\0')
  if (words.some(word => word.includes(NAME))) return `its command line mentions ${NAME}`
  const script = scriptOf(pid, words)
  if (script === undefined) return 'its program files cannot be determined'
  return mentionBelow(packageOf(script), script)
}

/** The first word that is a file; what is in the middle of options has no ending of a script. */
function scriptOf(pid: number, words: readonly string[]): string | undefined {
  try {
    const folder = readlinkSync(`/proc/${pid}/cwd`)
    for (const word of words.slice(1)) {
      if (word.startsWith('-') || word === '') continue
      const path = resolve(folder, word)
      const found = [path, `${path}.js`, join(path, 'index.js')].find(isFile)
      if (found !== undefined) return found
    }
  } catch {
    // It is not ours to see.
  }
  return undefined
}

/** The folder of the package that a script is part of; else the script alone. */
function packageOf(script: string): string {
  for (let folder = dirname(script); ; folder = dirname(folder)) {
    if (isFile(join(folder, 'package.json'))) return folder
    if (dirname(folder) === folder) return script
  }
}

function mentionBelow(top: string, script: string): string | undefined {
  const pending = [top, script]
  let files = 0
  let bytes = 0
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    try {
      const stat = statSync(path)
      if (stat.isDirectory()) {
        for (const entry of readdirSync(path, {withFileTypes: true})) {
          const isPart = entry.isDirectory() ? !/^(\.|node_modules$)/.test(entry.name) : SCRIPT.test(entry.name)
          if (isPart) pending.push(join(path, entry.name))
        }
        continue
      }
      if (!stat.isFile()) continue
      files++
      bytes += stat.size
      if (files > MAX_FILES || bytes > MAX_BYTES) return 'it has too many files to check'
      if (readFileSync(path).includes(NAME)) return `${path} mentions ${NAME}`
    } catch {
      return `${path} cannot be read`
    }
  }
  return undefined
}

function isFile(path: string): boolean {
  return statSync(path, {throwIfNoEntry: false})?.isFile() === true
}
