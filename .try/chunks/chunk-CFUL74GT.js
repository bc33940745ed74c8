// src/read/digits.ts
var ZERO = 48;
function exactNumber(bytes, from, to) {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + (bytes[at] - ZERO);
  return value;
}

// src/read/file.ts
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { availableParallelism } from "node:os";
function regularFileSize(path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isFile() ? found.size : void 0;
}
async function withFile(path, use) {
  const fd = openSync(path, "r");
  try {
    return await use(fd);
  } finally {
    closeSync(fd);
  }
}
function readAt(fd, bytes, offset) {
  let length = 0;
  while (length < bytes.length) {
    const read = readSync(fd, bytes, length, bytes.length - length, offset + length);
    if (read === 0) break;
    length += read;
  }
  return length;
}
var CHUNK_BYTES = 4 << 20;
function eachChunk(path, use) {
  const fd = openSync(path, "r");
  try {
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
    for (let offset = 0; ; ) {
      const length = readAt(fd, chunk, offset);
      if (length === 0) return;
      offset += length;
      use(chunk.subarray(0, length));
    }
  } finally {
    closeSync(fd);
  }
}
function processorCount() {
  return availableParallelism();
}

// src/read/number-blocks.ts
var BLOCK_BYTES = 1 << 20;
var TAIL_BYTES = 64;
var NEXT_BLOCK = 0;
var FAILED = 1;
var ENDED = 2;
var ACTIVE = 3;
var WORDS = 4;
var PENDING = 0;
var DONE = 1;
var VALUE = 0;
var COMMA = 1;
var UNKNOWN = 2;
function parts(control, blocks) {
  const words = new Int32Array(control, 0, WORDS + 2 * blocks);
  const doubles = new Float64Array(control, align(4 * (WORDS + 2 * blocks)), blocks + 2);
  return {
    words,
    state: words.subarray(WORDS, WORDS + blocks),
    expected: words.subarray(WORDS + blocks),
    /** Numbers before block i. */
    before: doubles.subarray(0, blocks + 1),
    /** The offset of the closing bracket. */
    end: doubles.subarray(blocks + 1)
  };
}
var align = (bytes) => Math.ceil(bytes / 8) * 8;
function blockCount({ start, size, blockBytes }) {
  return Math.max(1, Math.ceil((size - start) / blockBytes));
}
function createControl(job) {
  const blocks = blockCount(job);
  return new SharedArrayBuffer(align(4 * (WORDS + 2 * blocks)) + 8 * (blocks + 2));
}
function runBlocks(job, onBlock) {
  const blocks = blockCount(job);
  const { words } = parts(job.control, blocks);
  Atomics.add(words, ACTIVE, 1);
  try {
    while (Atomics.load(words, FAILED) === 0 && Atomics.load(words, ENDED) === 0) {
      const block = Atomics.add(words, NEXT_BLOCK, 1);
      if (block >= blocks) return;
      runBlock(job, block, blocks);
      onBlock?.(job.start + (block + 1) * job.blockBytes);
    }
  } catch {
    fail(words);
  } finally {
    Atomics.sub(words, ACTIVE, 1);
    Atomics.notify(words, ACTIVE);
  }
}
function awaitBlocks(job) {
  const { words, before, end } = parts(job.control, blockCount(job));
  for (let active = Atomics.load(words, ACTIVE); active > 0; active = Atomics.load(words, ACTIVE)) {
    Atomics.wait(words, ACTIVE, active);
  }
  if (Atomics.load(words, FAILED) !== 0 || Atomics.load(words, ENDED) === 0) return void 0;
  const blocksRead = Atomics.load(words, ENDED);
  return before[blocksRead] === job.rowCount * job.rowLength ? end[0] : void 0;
}
function fail(words) {
  Atomics.store(words, FAILED, 1);
  Atomics.notify(words, FAILED);
}
var scratch;
function scratchFor(blockBytes) {
  const length = 1 + blockBytes + TAIL_BYTES;
  if (scratch?.bytes.length !== length) {
    scratch = { bytes: new Uint8Array(length), values: new Uint32Array(Math.ceil(length / 2)) };
  }
  return scratch;
}
function runBlock(job, block, blocks) {
  const { bytes, values } = scratchFor(job.blockBytes);
  const shared = parts(job.control, blocks);
  const { words, state, before } = shared;
  const offset = job.start + block * job.blockBytes - 1;
  const length = readAt(job.fd, bytes, offset);
  const scanned = scanBlock(bytes, 1, Math.min(1 + job.blockBytes, length), length, values);
  if (!awaitTurn(words, state, block)) return;
  const isBehindEnd = Atomics.load(words, ENDED) !== 0;
  if (!isBehindEnd && !publish(shared, block, offset, scanned)) {
    fail(words);
    return;
  }
  Atomics.store(state, block, DONE);
  Atomics.notify(state, block);
  if (!isBehindEnd && !store(job, values, scanned.count, before[block])) fail(words);
}
function publish({ words, expected, before, end }, block, offset, scanned) {
  const opening = block === 0 ? VALUE : expected[block - 1];
  if (scanned.isBad || scanned.first !== UNKNOWN && scanned.first !== opening) return false;
  before[block + 1] = before[block] + scanned.count;
  expected[block] = scanned.expected === UNKNOWN ? opening : scanned.expected;
  if (scanned.closedAt < 0) return true;
  if (expected[block] === VALUE) return false;
  end[0] = offset + scanned.closedAt;
  Atomics.store(words, ENDED, block + 1);
  return true;
}
function awaitTurn(words, state, block) {
  while (block > 0 && Atomics.load(state, block - 1) === PENDING) {
    if (Atomics.load(words, FAILED) !== 0) return false;
    Atomics.wait(state, block - 1, PENDING, 50);
  }
  return Atomics.load(words, FAILED) === 0;
}
var ZERO2 = 48;
var COMMA_BYTE = 44;
var CLOSE = 93;
function scanBlock(bytes, from, to, length, values) {
  let at = from;
  if (isDigit(bytes[from - 1])) while (at < length && isDigit(bytes[at])) at++;
  let count = 0;
  let first = UNKNOWN;
  let expected = UNKNOWN;
  const result = (closedAt, isBad) => ({ count, first, expected, closedAt, isBad });
  while (at < to) {
    const byte = bytes[at];
    let digit = byte - ZERO2;
    if (digit >>> 0 <= 9) {
      if (expected === COMMA) return result(-1, true);
      if (first === UNKNOWN) first = VALUE;
      const start = at;
      let value = digit;
      while (++at < length) {
        digit = bytes[at] - ZERO2;
        if (digit >>> 0 > 9) break;
        value = value * 10 + digit | 0;
      }
      const digits = at - start;
      if (digits > 9 || at === length || digits > 1 && byte === ZERO2) {
        const exact = digits === 10 && at < length && byte !== ZERO2 ? exactNumber(bytes, start, at) : Number.POSITIVE_INFINITY;
        if (exact > 4294967295) return result(-1, true);
        values[count++] = exact;
      } else values[count++] = value;
      expected = COMMA;
      if (at < to && bytes[at] === COMMA_BYTE) {
        at++;
        expected = VALUE;
      }
    } else if (byte === COMMA_BYTE) {
      if (expected === VALUE) return result(-1, true);
      if (first === UNKNOWN) first = COMMA;
      expected = VALUE;
      at++;
    } else if (byte === 32 || byte === 10 || byte === 13 || byte === 9) at++;
    else if (byte === CLOSE) return result(at, false);
    else return result(-1, true);
  }
  return result(-1, false);
}
function isDigit(byte) {
  return byte - ZERO2 >>> 0 <= 9;
}
function store({ columns, rowLength, rowCount }, values, count, index) {
  if (index + count > rowCount * rowLength) return false;
  return columns.every((column) => {
    const place = ((column.field - index) % rowLength + rowLength) % rowLength;
    const row = (index + place - column.field) / rowLength;
    if (column.kind === "number") return storeNumbers(column.data, row + column.shift, values, place, rowLength, count);
    if (column.kind === "mapped") return storeMapped(column, row, values, place, rowLength, count);
    if (column.kind === "divided") return storeDivided(column, row, values, place, rowLength, count);
    for (let i = place; i < count; i += rowLength) if (values[i] !== column.value) return false;
    return true;
  });
}
function storeNumbers(data, at, values, from, step, count) {
  for (let i = from, row = at; i < count; i += step, row++) data[row] = values[i];
  return true;
}
function storeMapped({ data, map }, at, values, from, step, count) {
  const size = map.length;
  for (let i = from, row = at; i < count; i += step, row++) {
    const value = values[i];
    if (value >= size) return false;
    data[row] = map[value];
  }
  return true;
}
function storeDivided({ data, divisor, limit }, at, values, from, step, count) {
  for (let i = from, row = at; i < count; i += step, row++) {
    const quotient = values[i] / divisor >>> 0;
    if (quotient * divisor !== values[i] || quotient >= limit) return false;
    data[row] = quotient;
  }
  return true;
}

export {
  regularFileSize,
  withFile,
  readAt,
  eachChunk,
  processorCount,
  exactNumber,
  BLOCK_BYTES,
  createControl,
  runBlocks,
  awaitBlocks
};
