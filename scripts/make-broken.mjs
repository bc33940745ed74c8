// Writes fixtures/broken (files a reader must refuse with a good message) and fixtures/odd (unusual files it must load), each
// made from one tiny valid snapshot, with a README.md and the same facts as cases.json. usage: node scripts/make-broken.mjs
import {mkdirSync, readdirSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {gzipSync} from 'node:zlib'

const fixtures = join(dirname(fileURLToPath(import.meta.url)), '../fixtures')

const nodeTypes =
  '["hidden","array","string","object","code","closure","regexp","number","native","synthetic","concatenated string","sliced string","symbol","bigint","object shape"]'
const edgeTypes = '["context","element","property","internal","hidden","shortcut","weak"]'
const meta = `{"node_fields":["type","name","id","self_size","edge_count","detachedness"],"node_types":[${nodeTypes},"string","number","number","number","number"],"edge_fields":["type","name_or_index","to_node"],"edge_types":[${edgeTypes},"string_or_number","node"],"trace_function_info_fields":["function_id","name","script_name","script_id","line","column"],"trace_node_fields":["id","function_info_index","count","size","children"],"sample_fields":["timestamp_us","last_assigned_id"],"location_fields":["object_index","script_id","line","column"]}`

// Root -> (GC roots) -> Cache -> items, note; and root -> Cache by a shortcut.
const parts = {
  snapshot: `{"meta":${meta},"node_count":5,"edge_count":5,"trace_function_count":0,"extra_native_bytes":0}`,
  nodes: '[9,1,1,0,2,0\n,9,2,3,0,1,0\n,3,3,5,32,2,0\n,1,4,7,64,0,0\n,2,5,9,24,0,0\n]',
  edges: '[1,1,6\n,5,6,12\n,1,1,12\n,2,7,18\n,3,8,24\n]',
  trace_function_infos: '[]',
  trace_tree: '[]',
  samples: '[]',
  locations: '[12,1,0,6]',
  strings:
    '["<dummy>",\n"",\n"(GC roots)",\n"Cache",\n"(object elements)",\n"some text",\n"global",\n"items",\n"note"]',
}
const assemble = some =>
  `{${Object.entries(some)
    .map(([key, value]) => `"${key}":${value}`)
    .join(',\n')}}`
const valid = assemble(parts)
const snapshotLine = parts.snapshot

let cases = []
function add(file, what, section, content, offset = null) {
  const name = /\.gz$/.test(file) ? file : `${file}.heapsnapshot`
  cases.push({file: name, what, section, offset, content})
}

/** The valid file with one text, which must occur exactly once, replaced; returns the content and where. */
function swap(from, to, text = valid) {
  const at = text.indexOf(from)
  if (at < 0 || text.indexOf(from, at + 1) >= 0) throw new Error(`not exactly once: ${from}`)
  // The offset is that of the first byte that differs, or of the number it is in.
  let same = 0
  while (same < to.length && same < from.length && to[same] === from[same]) same++
  while (same > 0 && /[\d-]/.test(to[same - 1])) same--
  const content = text.slice(0, at) + to + text.slice(at + from.length)
  return {content, offset: Buffer.byteLength(text.slice(0, at)) + same}
}
/** A defect at a place: the offset is that of the changed text. */
function defect(file, what, section, from, to) {
  const {content, offset} = swap(from, to)
  add(file, what, section, content, offset)
}
/** A defect that no single place shows. */
function mismatch(file, what, section, from, to) {
  add(file, what, section, swap(from, to).content)
}
/** The valid file cut after a text that occurs once. */
function cut(file, what, section, after) {
  const at = valid.indexOf(after)
  if (at < 0 || valid.indexOf(after, at + 1) >= 0) throw new Error(`not exactly once: ${after}`)
  const content = valid.slice(0, at + after.length)
  add(file, what, section, content, content.length)
}
const without = key => assemble(Object.fromEntries(Object.entries(parts).filter(([name]) => name !== key)))

function writeCases(dir, title) {
  const path = join(fixtures, dir)
  mkdirSync(path, {recursive: true})
  for (const old of readdirSync(path)) rmSync(join(path, old))
  for (const {file, content} of cases) writeFileSync(join(path, file), content)
  const rows = cases.map(({file, what, section, offset}) => ({file, what, section, offset}))
  writeFileSync(join(path, 'cases.json'), `${JSON.stringify(rows, null, 1)}\n`)
  const cell = text => String(text).replaceAll('|', '\\|')
  const head =
    dir === 'odd'
      ? '| file | what is odd | section |\n|---|---|---|'
      : '| file | what is wrong | section | offset |\n|---|---|---|---|'
  const lines = rows.map(row => {
    const offset = dir === 'odd' ? '' : ` ${row.offset ?? ''} |`
    return `| ${row.file} | ${cell(row.what)} | ${row.section} |${offset}`
  })
  writeFileSync(join(path, 'README.md'), `${title}\n\n${head}\n${lines.join('\n')}\n`)
  console.log(`${dir}: ${cases.length} files`)
  cases = []
}

// ---- broken ----
add('_valid', 'nothing: the file the others are made from', '', valid)

add('empty', 'no bytes', 'file', '', 0)
add('whitespace-only', 'only whitespace', 'file', ' \n\t\r\n ', 6)
add('plain-text', 'not JSON: text', 'file', 'This is not a heap snapshot.\n', 0)
add('png', 'not JSON: the first bytes of a PNG', 'file', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 0)
add('html', 'not JSON: a web page', 'file', '<!doctype html><title>404</title><p>Not found\n', 0)
add('zip', 'a zip file', 'file', Buffer.from('504b0304140000000800000000000000', 'hex'), 0)
add('zstd-garbage', 'the magic of zstd, then garbage', 'file', Buffer.from('28b52ffdffffffff00112233', 'hex'), 0)
add('json-object', 'JSON, another kind', 'file', '{"a":1}')
add('json-array', 'JSON, another kind', 'file', '[1,2]', 0)
add('json-number', 'JSON, another kind', 'file', '42', 0)
add('json-string', 'JSON, another kind', 'file', '"snapshot"', 0)
add('json-null', 'JSON, another kind', 'file', 'null', 0)
add(
  'cpuprofile',
  'a .cpuprofile',
  'file',
  '{"nodes":[{"id":1,"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"hitCount":0,"children":[]}],"startTime":1,"endTime":2,"samples":[1],"timeDeltas":[1]}',
)
add(
  'heapprofile',
  'a .heapprofile',
  'file',
  '{"head":{"callFrame":{"functionName":"(root)","scriptId":"0","url":"","lineNumber":-1,"columnNumber":-1},"selfSize":0,"id":1,"children":[]},"samples":[]}',
)

cut('truncated-in-header', 'ends in the meta', 'snapshot', '"node_types":[["hidden","arr')
cut('truncated-after-header', 'ends after the snapshot section', 'snapshot', '"extra_native_bytes":0},\n')
cut('truncated-in-nodes', 'ends between two nodes', 'nodes', '\n,3,3,5,32,2,0\n')
cut('truncated-in-node-number', 'ends inside a number (3 of 32)', 'nodes', '\n,3,3,5,3')
cut('truncated-in-edges', 'ends between two edges', 'edges', '\n,5,6,12\n')
cut('truncated-in-strings', 'ends between two strings', 'strings', '"Cache",\n')
cut('truncated-in-string', 'ends inside a string', 'strings', '"some te')
{
  const content = `${swap('"some text"', '"some \\u00').content.split('"some \\u00')[0]}"some \\u00`
  add('truncated-in-escape', 'ends inside a \\u escape', 'strings', content, content.length)
}
add('truncated-last-brace', 'only the last brace is missing', 'file', valid.slice(0, -1), valid.length - 1)

for (const [key, section] of [
  ['node', 'nodes'],
  ['edge', 'edges'],
]) {
  const from = `"${key}_count":5`
  const counts = {
    'too-large': '6',
    'too-small': '4',
    huge: '4000000000000000',
    exponent: '4e15',
    negative: '-5',
    fraction: '5.5',
    string: '"5"',
    null: 'null',
  }
  // "edge_count":5 stands once: the field's name in node_fields has no colon after it.
  for (const [word, value] of Object.entries(counts)) {
    const {content} = swap(from, `"${key}_count":${value}`)
    const at = content.indexOf(`"${key}_count":${value}`) + key.length + 9
    add(`${key}-count-${word}`, `${key}_count is ${value}; there are 5 ${section}`, 'snapshot', content, at)
  }
  mismatch(`${key}-count-missing`, `no ${key}_count`, 'snapshot', `${from},`, '')
}

defect('edge-target-out-of-range', 'to_node 30 of 5 nodes (0 to 24)', 'edges', '3,8,24\n', '3,8,30\n')
defect('edge-target-off-grid', 'to_node 13 is not a multiple of 6', 'edges', '5,6,12\n', '5,6,13\n')
defect('edge-target-negative', 'to_node -6', 'edges', '3,8,24\n', '3,8,-6\n')
defect('negative-in-nodes', 'self_size -32', 'nodes', '3,3,5,32,', '3,3,5,-32,')
add('fraction-in-nodes', 'self_size 32.5', 'nodes', swap('5,32,', '5,32.5,').content, valid.indexOf('5,32,') + 2)
add('fraction-in-edges', 'to_node 24.5', 'edges', swap('8,24\n', '8,24.5\n').content, valid.indexOf('8,24\n') + 2)
add('exponent-in-nodes', 'self_size 3e1', 'nodes', swap('5,32,', '5,3e1,').content, valid.indexOf('5,32,') + 2)
add('leading-zero', 'self_size 032', 'nodes', swap('5,32,', '5,032,').content, valid.indexOf('5,32,') + 2)
add('plus-sign', 'self_size +32', 'nodes', swap('5,32,', '5,+32,').content, valid.indexOf('5,32,') + 2)
add('lone-minus', 'self_size -', 'nodes', swap('5,32,', '5,-,').content, valid.indexOf('5,32,') + 2)
add(
  'digits-400',
  'a number of 400 digits',
  'nodes',
  swap('5,32,', `5,${'9'.repeat(400)},`).content,
  valid.indexOf('5,32,') + 2,
)
add(
  'id-above-2-53',
  'id 9007199254740993',
  'nodes',
  swap('3,3,5,', '3,3,9007199254740993,').content,
  valid.indexOf('3,3,5,') + 4,
)
add(
  'node-name-out-of-range',
  'name 9 of 9 strings',
  'nodes',
  swap('3,3,5,', '3,9,5,').content,
  valid.indexOf('3,3,5,') + 2,
)
add('node-name-negative', 'name -1', 'nodes', swap('3,3,5,', '3,-1,5,').content, valid.indexOf('3,3,5,') + 2)
defect('edge-name-out-of-range', 'name_or_index 9 of 9 strings, on a property edge', 'edges', ',2,7,18', ',2,9,18')
defect('edge-name-negative', 'name_or_index -1 on a property edge', 'edges', ',2,7,18', ',2,-1,18')
mismatch('edge-sum-larger', 'the edge_counts of the nodes add up to 6', 'nodes', '9,24,0,0', '9,24,1,0')
mismatch('edge-sum-smaller', 'the edge_counts of the nodes add up to 4', 'nodes', '5,32,2,0', '5,32,1,0')
mismatch('node-row-incomplete', 'the last node lacks its last field', 'nodes', '9,24,0,0\n', '9,24,0\n')
mismatch('edge-row-incomplete', 'the last edge lacks its last field', 'edges', '3,8,24\n', '3,8\n')
defect('node-type-out-of-range', 'type 15 of 15', 'nodes', ',3,3,5,', ',15,3,5,')
defect('edge-type-out-of-range', 'type 7 of 7', 'edges', ',5,6,12', ',7,6,12')

mismatch('no-id-field', 'node_fields without id', 'snapshot', '"name","id",', '"name",')
mismatch(
  'no-to-node-field',
  'edge_fields without to_node',
  'snapshot',
  '"name_or_index","to_node"]',
  '"name_or_index"]',
)
mismatch('no-node-fields', 'meta without node_fields', 'snapshot', '"node_fields":', '"other_fields":')
defect(
  'node-fields-string',
  'node_fields is a string',
  'snapshot',
  '["type","name","id","self_size","edge_count","detachedness"]',
  '"type"',
)
mismatch('no-meta', 'no meta', 'snapshot', `"meta":${meta},`, '')
defect('meta-null', 'meta is null', 'snapshot', `"meta":${meta}`, '"meta":null')
add('no-snapshot', 'no snapshot section', 'snapshot', without('snapshot'))
add('no-nodes', 'no nodes section', 'nodes', without('nodes'))
add('no-edges', 'no edges section', 'edges', without('edges'))
add('no-strings', 'no strings section', 'strings', without('strings'))
add('snapshot-array', 'snapshot is a list', 'snapshot', swap(snapshotLine, '[]').content, valid.indexOf(snapshotLine))

add('nodes-object', 'nodes is an object', 'nodes', swap(parts.nodes, '{"0":9}').content, valid.indexOf(parts.nodes))
add(
  'strings-object',
  'strings is an object',
  'strings',
  swap(parts.strings, '{"0":"x"}').content,
  valid.indexOf(parts.strings),
)
add('array-in-nodes', 'a list among the numbers', 'nodes', swap('5,32,', '5,[32],').content, valid.indexOf('5,32,') + 2)
add(
  'string-in-nodes',
  'a string among the numbers',
  'nodes',
  swap('5,32,', '5,"32",').content,
  valid.indexOf('5,32,') + 2,
)
add('null-in-nodes', 'null among the numbers', 'nodes', swap('5,32,', '5,null,').content, valid.indexOf('5,32,') + 2)
add(
  'missing-comma',
  'no comma between two numbers',
  'nodes',
  swap('5,32,', '5 32,').content,
  valid.indexOf('5,32,') + 2,
)
add('double-comma', 'two commas', 'nodes', swap('5,32,', '5,,32,').content, valid.indexOf('5,32,') + 2)
{
  const {content, offset} = swap('24\n]', '24\n,]')
  add('trailing-comma', 'a comma before the closing bracket', 'edges', content, offset + 1)
}
defect('number-in-strings', 'a number among the strings', 'strings', '"some text"', '42')
add(
  'invalid-escape',
  '\\q in a string',
  'strings',
  swap('some text', 'some\\qtext').content,
  valid.indexOf('some text') + 4,
)
add(
  'control-character',
  'a raw line feed in a string',
  'strings',
  swap('some text', 'some\ntext').content,
  valid.indexOf('some text') + 4,
)
add(
  'bad-unicode-escape',
  '\\u12g4 in a string',
  'strings',
  swap('some text', 'some\\u12g4').content,
  valid.indexOf('some text') + 4,
)
{
  const {content} = swap(',\n"edges":', `,\n"nodes":${parts.nodes},\n"edges":`)
  add('duplicate-nodes', 'the nodes section stands twice', 'nodes', content, content.lastIndexOf('"nodes":'))
}
add('trailing-garbage', 'text after the last brace', 'file', `${valid}garbage`, valid.length)
add('two-snapshots', 'a second snapshot after the first', 'file', valid + valid, valid.length)
{
  const {content} = swap('"locations":', `"junk":${'['.repeat(100000)},\n"locations":`)
  add('deep-nesting', '100,000 brackets, never closed, in an unknown section', 'junk', content)
}
defect('location-out-of-range', 'object_index 30 of 5 nodes (0 to 24)', 'locations', '[12,1,0,6]', '[30,1,0,6]')
mismatch('location-incomplete', 'a row of 3 where location_fields has 4', 'locations', '[12,1,0,6]', '[12,1,0]')

/** zlib writes no time; its byte for the system is set to "unknown" so that every machine makes the same file. */
function gzip(text) {
  const packed = gzipSync(text, {level: 9})
  packed[9] = 255
  return packed
}
const packed = gzip(valid)
const badCrc = Buffer.from(packed)
badCrc[badCrc.length - 8] ^= 0xff
add('gzip-truncated.heapsnapshot.gz', 'gzip, cut in the middle', 'gzip', packed.subarray(0, packed.length >> 1))
add('gzip-no-trailer.heapsnapshot.gz', 'gzip, the last 8 bytes are missing', 'gzip', packed.subarray(0, -8))
add('gzip-bad-crc.heapsnapshot.gz', 'gzip with a wrong checksum', 'gzip', badCrc)
add(
  'gzip-garbage.heapsnapshot.gz',
  'the magic of gzip, then garbage',
  'gzip',
  Buffer.from('1f8b0800000000000003ffffffffffff', 'hex'),
)
add('gzip-magic-only.heapsnapshot.gz', 'the magic of gzip, nothing else', 'gzip', Buffer.from('1f8b', 'hex'))
add('gzip-of-text.heapsnapshot.gz', 'sound gzip of a text', 'file', gzip('This is not a heap snapshot.\n'))
add('gzip-of-nothing.heapsnapshot.gz', 'sound gzip of no bytes', 'file', gzip(''))

writeCases(
  'broken',
  `# Broken snapshots

Written by \`node scripts/make-broken.mjs\`; \`cases.json\` holds this table for tests. Each file but \`_valid\` has the one defect it is
named after. The offset is that of the first wrong byte or number (for a cut file: its length), in the unpacked text, where one place is at fault.`,
)

// ---- odd ----
const pick = (...keys) => assemble(Object.fromEntries(keys.map(key => [key, parts[key]])))
const odd = (file, what, section, content) => add(file, what, section, content)
const change = (file, what, section, ...pairs) => {
  let text = valid
  for (const [from, to] of pairs) text = swap(from, to, text).content
  odd(file, what, section, text)
}

odd('bom', 'begins with a byte order mark', 'file', `\ufeff${valid}`)
odd('strings-first', 'strings before the others', 'file', pick('strings', 'snapshot', 'nodes', 'edges', 'locations'))
odd('edges-before-nodes', 'edges before nodes', 'file', pick('snapshot', 'edges', 'nodes', 'strings'))
odd(
  'snapshot-last',
  'the meta comes after all that needs it',
  'file',
  pick('strings', 'edges', 'nodes', 'locations', 'snapshot'),
)
odd('spaced', 'every JSON whitespace between all tokens', 'file', spread(valid, ' \r\n\t'))
odd('compact', 'no whitespace', 'file', JSON.stringify(JSON.parse(valid)))
odd('pretty', 'indented, one number a line', 'file', JSON.stringify(JSON.parse(valid), null, 2))
odd('trailing-whitespace', 'whitespace after the last brace', 'file', `${valid}\r\n\t \n`)
odd(
  'escaped-keys',
  'keys spelled with escapes',
  'file',
  valid.replace('"snapshot"', '"sn\\u0061pshot"').replace('"nodes"', '"\\u006eodes"'),
)
odd(
  'unknown-sections',
  'sections nobody knows, nested, first, between and last',
  'file',
  `{"first":{"nodes":[1,{"edges":["]}",null,true,false,-1.5e+3]}]},${swap(',\n"edges":', ',\n"between":[[],{},"\\"]}"],\n"edges":').content.slice(1, -1)},"last":null}`,
)
change('unknown-meta', 'unknown members of meta and snapshot', 'snapshot', [
  '"meta":{',
  '"root_hint":{"a":[1]},"meta":{"new_fields":["x",["y"]],',
])
odd(
  'unknown-fields',
  'an unknown field in each node (second) and edge (last)',
  'nodes',
  withRows(
    ['type', 'flavor', 'name', 'id', 'self_size', 'edge_count', 'detachedness'],
    ['type', 'name_or_index', 'to_node', 'weight'],
  ),
)
odd(
  'other-field-order',
  'the fields of nodes and edges in another order',
  'nodes',
  withRows(['id', 'edge_count', 'detachedness', 'type', 'self_size', 'name'], ['to_node', 'type', 'name_or_index']),
)
odd(
  'no-detachedness',
  'trace_node_id instead of detachedness, as in Node 12',
  'nodes',
  withRows(['type', 'name', 'id', 'self_size', 'edge_count', 'trace_node_id'], ['type', 'name_or_index', 'to_node']),
)
change('more-types-than-fields', '7 node_types for 6 node_fields, as in Node 24', 'snapshot', [
  '"string","number","number","number","number"]',
  '"string","number","number","number","number","number"]',
])
change('no-extra-native-bytes', 'no extra_native_bytes and no trace_function_count', 'snapshot', [
  ',"trace_function_count":0,"extra_native_bytes":0',
  '',
])
change('large-ids', 'an id over 2^32 (8589934597)', 'nodes', ['3,3,5,32,', '3,3,8589934597,32,'])
change('large-size', 'a self_size over 4 GiB (5000000000)', 'nodes', ['3,3,5,32,', '3,3,5,5000000000,'])
change('duplicate-ids', 'two nodes have the id 7', 'nodes', [',2,5,9,24', ',2,5,7,24'])
change('duplicate-strings', 'two strings are the same ("items", twice)', 'strings', ['"note"', '"items"'])
change('escapes', 'every escape, surrogate pairs and lone surrogates', 'strings', [
  'some text',
  '\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u0041 \\u00e9 \\u00E9 \\u0000 \\u2028 \\ud83d\\ude00 \\ud83d \\ude00 \\ude00\\ud83d',
])
change('raw-utf8', 'raw UTF-8 of 2, 3 and 4 bytes, and U+2028', 'strings', [
  'some text',
  'caf\u00e9 \u65e5\u672c\u8a9e \u{1f600} \u2028 \x7f',
])
odd(
  'invalid-utf8',
  'bytes that are not UTF-8 in a string (a reader may put U+FFFD)',
  'strings',
  Buffer.from(swap('some text', 'some \xff\xfe\xc3 text').content, 'latin1'),
)
change('long-string', 'a string of 300,000 characters', 'strings', ['some text', 'long text '.repeat(30000)])
change('hostile-strings', 'strings that look like the end of a section', 'strings', [
  'some text',
  '"]}],\\"nodes\\":[0],{\\\\'.replace('"', '\\"'),
])
odd('no-locations', 'no locations section', 'file', without('locations'))
odd(
  'only-needed-sections',
  'only snapshot, nodes, edges and strings',
  'file',
  pick('snapshot', 'nodes', 'edges', 'strings'),
)
change(
  'empty-extra-sections',
  'extra sections empty',
  'file',
  ['[12,1,0,6]', '[]'],
  [',\n"strings":', ',\n"scopes":[],"scope_uses":[ ],"later":{ },\n"strings":'],
)
change(
  'no-edges',
  'no node has edges',
  'edges',
  ['"edge_count":5', '"edge_count":0'],
  [parts.edges, '[]'],
  ['1,1,0,2,0', '1,1,0,0,0'],
  ['2,3,0,1,0', '2,3,0,0,0'],
  ['5,32,2,0', '5,32,0,0'],
)
change(
  'only-root',
  'one node, the root, without edges',
  'nodes',
  ['"node_count":5', '"node_count":1'],
  ['"edge_count":5', '"edge_count":0'],
  [parts.nodes, '[9,1,1,0,0,0]'],
  [parts.edges, '[]'],
  ['[12,1,0,6]', '[]'],
)
change('huge-element-index', 'an element edge with index 4294967294', 'edges', [',2,7,18', ',1,4294967294,18'])
change(
  'negative-element-index',
  'an element edge with index -2, which is how Node 24 and later write 4294967294',
  'edges',
  [',2,7,18', ',1,-2,18'],
)
change('duplicate-edges', 'two edges of one node have the same name and target', 'edges', [',3,8,24', ',2,7,18'])
change('self-edge', 'an edge from a node to itself', 'edges', [',3,8,24', ',3,8,12'])
change('root-target', 'an edge back to the root', 'edges', [',3,8,24', ',3,8,0'])
change(
  'trace-tree',
  'a nested trace_tree, samples, and more trace_function_infos than trace_function_count says',
  'trace_tree',
  ['"trace_function_infos":[]', '"trace_function_infos":[0,1,1,0,0,0\n,3,3,6,1,1,1]'],
  ['"trace_tree":[]', '"trace_tree":[1,0,0,0,[2,1,4,128,[]]]'],
  ['"samples":[]', '"samples":[0,5,50000,9]'],
)
change(
  'scopes',
  'scopes sections with negative numbers, as in Chromium 156',
  'file',
  [',\n"strings":', ',\n"scopes":[12,1,-1,0,1],\n"scope_context_vars":[],\n"scope_uses":[-1,2],\n"strings":'],
  [
    '"location_fields":',
    '"scope_fields":["script_node_index","scope_id","depth","scope_context_vars_count","scope_uses_count"],"scope_context_var_fields":["name"],"scope_use_fields":["declaring_scope_id","slot_index"],"location_fields":',
  ],
)
change(
  'script-object-index',
  'location_fields of 5 fields, as in V8 15',
  'locations',
  [
    '["object_index","script_id","line","column"]',
    '["object_index","script_id","script_object_index","line","column"]',
  ],
  ['[12,1,0,6]', '[12,1,18,0,6]'],
)
odd('gzip.heapsnapshot.gz', 'gzip', 'gzip', gzip(valid))
odd(
  'gzip-members.heapsnapshot.gz',
  'gzip of three members',
  'gzip',
  Buffer.concat([valid.slice(0, 700), valid.slice(700, 1300), valid.slice(1300)].map(gzip)),
)
odd(
  'gzip-empty-member.heapsnapshot.gz',
  'gzip whose first member is empty',
  'gzip',
  Buffer.concat([gzip(''), gzip(valid)]),
)
odd('gzip-without-gz-name', 'gzip, but the name does not end in .gz', 'gzip', gzip(valid))
odd('plain-with-gz-name.heapsnapshot.gz', 'not packed, but the name ends in .gz', 'gzip', valid)

/** The text with a whitespace between all tokens. */
function spread(text, space) {
  const compact = JSON.stringify(JSON.parse(text))
  return space + compact.replace(/"(?:[^"\\]|\\.)*"|[-\d.]+|[[\]{},:]/g, token => token + space)
}

/** The valid snapshot with these node and edge fields; fields it does not have get 0. */
function withRows(nodeFields, edgeFields) {
  const data = JSON.parse(valid)
  const {meta} = data.snapshot
  const oldNodes = data.nodes
  const rows = (fields, old, values, target) => {
    const out = []
    for (let i = 0; i < values.length; i += old.length)
      for (const field of fields) {
        const value = old.includes(field) ? values[i + old.indexOf(field)] : 0
        out.push(field === target ? (value / meta.node_fields.length) * nodeFields.length : value)
      }
    return out
  }
  const types = (fields, old, oldTypes) => fields.map(field => oldTypes[old.indexOf(field)] ?? 'number')
  data.nodes = rows(nodeFields, meta.node_fields, oldNodes)
  data.edges = rows(edgeFields, meta.edge_fields, data.edges, 'to_node')
  data.locations[0] = (data.locations[0] / meta.node_fields.length) * nodeFields.length
  meta.node_types = types(nodeFields, meta.node_fields, meta.node_types)
  meta.edge_types = types(edgeFields, meta.edge_fields, meta.edge_types)
  meta.node_fields = nodeFields
  meta.edge_fields = edgeFields
  return JSON.stringify(data)
}

writeCases(
  'odd',
  `# Odd but valid snapshots

Written by \`node scripts/make-broken.mjs\`; \`cases.json\` holds this table for tests. Each must load. Unless the table says what differs,
each holds the same graph as \`../broken/_valid.heapsnapshot\`.`,
)
