/** The files that code made for Node finds in the page: what the page has brought, and nothing else. */

interface File {
  bytes: Uint8Array
  /** Milliseconds since 1970. */
  modified: number
}

const files = new Map<string, File>()

export function put(path: string, bytes: Uint8Array, modified: number): void {
  files.set(path, {bytes, modified})
}

class NoSuchFile extends Error {
  readonly code = 'ENOENT'

  constructor(path: string) {
    super(`ENOENT: no such file: ${path}`)
  }
}

function nameOf(path: string | URL): string {
  return typeof path === 'string' ? path : decodeURIComponent(path.pathname)
}

function fileAt(path: string | URL): File {
  const file = files.get(nameOf(path))
  if (file === undefined) throw new NoSuchFile(nameOf(path))
  return file
}

function found({bytes, modified}: File, options?: {bigint?: boolean}) {
  const number = (value: number) => (options?.bigint ? BigInt(Math.round(value)) : value)
  return {
    size: number(bytes.length),
    mtimeMs: number(modified),
    mtimeNs: BigInt(Math.round(modified)) * 1_000_000n,
    ctimeNs: 0n,
    ino: number(0),
    dev: number(0),
    isFile: () => true,
    isDirectory: () => false,
    isFIFO: () => false,
  }
}

function read({bytes}: File, into: Uint8Array, offset: number, length: number, position: number): number {
  const part = bytes.subarray(position, position + Math.min(length, into.length - offset))
  into.set(part, offset)
  return part.length
}

/** Descriptors are numbers of this list. */
const opened: File[] = []

/** `node:fs`. */
export const sync = {
  constants: {O_RDONLY: 0, O_RDWR: 2, O_NONBLOCK: 2048},
  openSync: (path: string | URL) => opened.push(fileAt(path)) - 1,
  closeSync: () => {},
  fstatSync: (fd: number, options?: {bigint?: boolean}) => found(opened[fd], options),
  statSync(path: string | URL, options?: {bigint?: boolean; throwIfNoEntry?: boolean}) {
    if (options?.throwIfNoEntry === false && !files.has(nameOf(path))) return undefined
    return found(fileAt(path), options)
  },
  readSync: (fd: number, into: Uint8Array, offset: number, length: number, position: number) =>
    read(opened[fd], into, offset, length, position),
  readFileSync(path: string | URL) {
    return new TextDecoder().decode(fileAt(path).bytes)
  },
  existsSync: (path: string | URL) => files.has(nameOf(path)),
  realpathSync: nameOf,
  readdirSync(path: string | URL) {
    throw new NoSuchFile(nameOf(path))
  },
}

/** `node:fs/promises`. */
export const promises = {
  constants: sync.constants,
  stat: async (path: string | URL) => found(fileAt(path)),
  realpath: async (path: string | URL) => nameOf(path),
  async readdir(path: string | URL) {
    throw new NoSuchFile(nameOf(path))
  },
  async open(path: string | URL) {
    const file = fileAt(path)
    let at = 0
    return {
      stat: async () => found(file),
      async read(into: Uint8Array, offset: number, length: number, position: number | null) {
        const bytesRead = read(file, into, offset, length, position ?? at)
        if (position === null) at += bytesRead
        return {bytesRead, buffer: into}
      },
      close: async () => {},
    }
  },
}
