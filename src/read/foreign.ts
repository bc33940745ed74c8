/** Files that are no heap snapshots, known by their first bytes: what people take for one, and what to do instead. */

interface Foreign {
  /** Bytes at the beginning, as Latin-1. */
  magic: string
  what: string
  hint: string
}

const TAKE = 'take a heap snapshot: heapgraph capture, DevTools, or v8.writeHeapSnapshot()'
const UNPACK = 'unpack it first'

const FOREIGN: readonly Foreign[] = [
  {magic: 'JAVA PROFILE 1.0', what: 'a heap dump of Java (HPROF)', hint: 'Eclipse MAT and Perfetto read it'},
  {magic: 'MDMP', what: 'a minidump of Windows (.dmp): memory, without objects', hint: TAKE},
  {magic: '\x7fELF', what: 'a core dump or program (ELF): memory, without objects', hint: TAKE},
  {magic: '!FastSerialization', what: 'a heap dump of .NET (.gcdump)', hint: 'Visual Studio and PerfView read it'},
  {magic: 'Nettrace', what: 'a trace of .NET (.nettrace)', hint: 'PerfView reads it'},
  {magic: 'BZh', what: 'packed by bzip2', hint: UNPACK},
  {magic: '\xfd7zXZ\0', what: 'packed by xz', hint: UNPACK},
  {magic: '7z\xbc\xaf\x27\x1c', what: 'an archive of 7-Zip', hint: UNPACK},
  {magic: 'Rar!', what: 'an archive of RAR', hint: UNPACK},
]

/**
 * What a file is instead of JSON, by its first bytes, unpacked (16 at the least, if it has as many); undefined where they say
 * nothing.
 */
export function foreignFormat(head: Uint8Array): {what: string; hint: string} | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 32)).toString('latin1')
  const found = FOREIGN.find(({magic}) => text.startsWith(magic))
  if (found !== undefined) return {what: found.what, hint: found.hint}
  if (isFirefox(head)) {
    const hint = "Firefox's Memory panel reads it; take one in Chrome, or in Node, for heapgraph"
    return {what: "a heap snapshot of Firefox (.fxsnapshot), in Mozilla's own format", hint}
  }
  return undefined
}

/**
 * Length-delimited messages of protobuf (CoreDump.proto): first Metadata, whose only field is the time stamp (field 1, a varint), then
 * a Node.
 */
function isFirefox(head: Uint8Array): boolean {
  const length = head[0]
  if (!(length >= 2 && length <= 11) || head[1] !== 0x08 || head.length < length + 2) return false
  for (let i = 2; i < length; i++) if (head[i] < 0x80) return false
  return head[length] < 0x80
}
