// src/snapshot/schema.ts
var NODE_KINDS = [
  "hidden",
  "array",
  "string",
  "object",
  "code",
  "closure",
  "regexp",
  "number",
  "native",
  "synthetic",
  "concatenated string",
  "sliced string",
  "symbol",
  "bigint",
  "object shape",
  "wasm object"
];
var EDGE_KINDS = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];
var numbered = (names) => Object.fromEntries(names.map((name, index) => [name, index]));
var NodeKind = numbered(NODE_KINDS);
var EdgeKind = numbered(EDGE_KINDS);
var HeaderError = class extends Error {
};
var NODE_FIELDS = ["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness"];
var REQUIRED_NODE_FIELDS = ["type", "name", "id", "self_size", "edge_count"];
var EDGE_FIELDS = ["type", "name_or_index", "to_node"];
var LOCATION_FIELDS = ["object_index", "script_id", "line", "column"];
function parseHeader(json) {
  const snapshot = asRecord(JSON.parse(json), '"snapshot"');
  const meta = asRecord(snapshot.meta, '"snapshot.meta"');
  const node = rowLayout(meta, "node_fields", NODE_FIELDS, REQUIRED_NODE_FIELDS);
  const nodeTypes = typeNames(meta, "node_types");
  const edgeTypes = typeNames(meta, "edge_types");
  const nodeKinds = mapKinds(nodeTypes, NODE_KINDS, "node_types");
  const edgeKinds = mapKinds(edgeTypes, EDGE_KINDS, "edge_types");
  return {
    schema: {
      node,
      edge: rowLayout(meta, "edge_fields", EDGE_FIELDS, EDGE_FIELDS),
      location: meta.location_fields === void 0 ? void 0 : rowLayout(meta, "location_fields", LOCATION_FIELDS, LOCATION_FIELDS),
      nodeKinds: nodeKinds.names,
      edgeKinds: edgeKinds.names,
      nodeKindOfRaw: withUndeclaredSymbols(nodeTypes, nodeKinds.ofRaw),
      edgeKindOfRaw: edgeKinds.ofRaw
    },
    nodeCount: wholeNumber(snapshot, "node_count"),
    edgeCount: wholeNumber(snapshot, "edge_count"),
    traceFunctionCount: wholeNumber(snapshot, "trace_function_count", 0),
    extraNativeBytes: snapshot.extra_native_bytes === void 0 ? void 0 : wholeNumber(snapshot, "extra_native_bytes"),
    rootOrdinal: wholeNumber(snapshot, "root_index", 0) / node.length,
    meta
  };
}
function asRecord(value, what) {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  throw new HeaderError(`${what} is missing or not an object`);
}
function wholeNumber(record, key, absent) {
  const value = record[key];
  if (value === void 0 && absent !== void 0) return absent;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0) return value + 0;
  const found = value === void 0 ? "missing" : `${JSON.stringify(value)?.slice(0, 40)}, not a whole number`;
  throw new HeaderError(`"snapshot.${key}" is ${found}`);
}
function rowLayout(meta, key, fields2, required) {
  const names = stringList(meta[key], `"snapshot.meta.${key}"`);
  const at = Object.fromEntries(fields2.map((field) => [field, names.indexOf(field)]));
  const missing = required.find((field) => at[field] < 0);
  if (missing !== void 0) throw new HeaderError(`"snapshot.meta.${key}" has no field "${missing}"`);
  return { length: names.length, at };
}
function stringList(value, what) {
  if (Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string")) return value;
  throw new HeaderError(`${what} is missing or not a list of names`);
}
function typeNames(meta, key) {
  const list2 = meta[key];
  return stringList(Array.isArray(list2) ? list2.find(Array.isArray) : void 0, `"snapshot.meta.${key}"`);
}
function mapKinds(raw, known, key) {
  const names = [...known];
  const ofRaw = raw.map((name) => {
    const index = names.indexOf(name);
    return index < 0 ? names.push(name) - 1 : index;
  });
  if (names.length > 255) throw new HeaderError(`"snapshot.meta.${key}" lists ${raw.length} types, more than 255`);
  return { names, ofRaw: Uint8Array.from(ofRaw) };
}
function withUndeclaredSymbols(raw, ofRaw) {
  return raw.length === 12 ? Uint8Array.from([...ofRaw, NodeKind.symbol]) : ofRaw;
}

// src/util/bit-set.ts
var BitSet = class {
  words;
  /** `words`: those of a set of this size, instead of an empty one. */
  constructor(size, words2 = new Uint32Array(size + 31 >>> 5)) {
    this.words = words2;
  }
  has(index) {
    return (this.words[index >>> 5] & 1 << (index & 31)) !== 0;
  }
  add(index) {
    this.words[index >>> 5] |= 1 << (index & 31);
  }
  delete(index) {
    this.words[index >>> 5] &= ~(1 << (index & 31));
  }
};

// src/util/growable.ts
var GrowableUint32 = class {
  length = 0;
  #data;
  constructor(capacity = 16) {
    this.#data = new Uint32Array(Math.max(capacity, 1));
  }
  push(value) {
    if (this.length === this.#data.length) {
      const larger = new Uint32Array(this.length * 2);
      larger.set(this.#data);
      this.#data = larger;
    }
    this.#data[this.length++] = value;
  }
  /** Takes the last value off; undefined if there is none. */
  pop() {
    return this.length === 0 ? void 0 : this.#data[--this.length];
  }
  get(index) {
    return this.#data[index];
  }
  /** The values so far, sharing memory with this array until it grows again. */
  view() {
    return this.#data.subarray(0, this.length);
  }
};

// src/analyze/components.ts
function stronglyConnectedComponents(snapshot, edges) {
  const { nodeCount, firstEdge, edgeTarget } = snapshot;
  const { words: words2 } = edges;
  const ofNode = new Uint32Array(nodeCount);
  const visit = new Uint32Array(nodeCount);
  const low = new Uint32Array(nodeCount);
  const cursor = new Uint32Array(nodeCount);
  const open2 = new Uint32Array(nodeCount);
  const path = new Uint32Array(nodeCount);
  const members = new GrowableUint32();
  const first = new GrowableUint32();
  first.push(0);
  first.push(0);
  let openCount = 0;
  let visits = 0;
  let count2 = 0;
  for (let start = 0; start < nodeCount; start++) {
    if (visit[start] !== 0) continue;
    let depth = 0;
    const enter = (node) => {
      visit[node] = low[node] = ++visits;
      cursor[node] = firstEdge[node];
      open2[openCount++] = node;
      path[depth++] = node;
    };
    enter(start);
    while (depth > 0) {
      const node = path[depth - 1];
      const edge = cursor[node];
      if (edge < firstEdge[node + 1]) {
        cursor[node] = edge + 1;
        if ((words2[edge >>> 5] & 1 << (edge & 31)) === 0) continue;
        const target = edgeTarget[edge];
        if (visit[target] === 0) enter(target);
        else if (low[target] !== CLOSED && visit[target] < low[node]) low[node] = visit[target];
        continue;
      }
      depth--;
      if (low[node] === visit[node]) {
        let from = openCount;
        do
          from--;
        while (open2[from] !== node);
        if (openCount - from > 1 || hasSelfEdge(snapshot, edges, node)) {
          count2++;
          for (let i = from; i < openCount; i++) {
            ofNode[open2[i]] = count2;
            members.push(open2[i]);
          }
          first.push(members.length);
        }
        for (let i = from; i < openCount; i++) low[open2[i]] = CLOSED;
        openCount = from;
      }
      if (depth > 0 && low[node] < low[path[depth - 1]]) low[path[depth - 1]] = low[node];
    }
  }
  const all = members.view();
  const starts = first.view();
  for (let component = 1; component <= count2; component++) all.subarray(starts[component], starts[component + 1]).sort();
  return { ofNode, first: starts, members: all, count: count2 };
}
var CLOSED = 4294967295;
function hasSelfEdge({ firstEdge, edgeTarget }, edges, node) {
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeTarget[edge] === node && edges.has(edge)) return true;
  }
  return false;
}

// src/util/number-column.ts
var MIN_CAPACITY = 1 << 12;
var NumberColumn = class {
  length = 0;
  #data;
  /** `capacity`: how many values are believed to come; the column grows beyond it by doubling. */
  constructor(capacity) {
    this.#data = new Uint32Array(Math.max(capacity, 1));
  }
  /**
   * Appends `rows` values, every `stride`-th of `values` from `offset` on.
   * Returns -1, or the row of the first value that is not a whole number from 0 to 2^53 - 1; the column is then unusable.
   */
  append(values, offset, stride, rows) {
    this.#data = reserve(this.#data, this.length, this.length + rows);
    let row = 0;
    if (this.#data instanceof Uint32Array) row = copyStrided(values, offset, stride, rows, this.#data, this.length);
    for (; row < rows; row++) {
      const value = values[offset + row * stride];
      if (!Number.isSafeInteger(value) || value < 0) return row;
      if (value > 4294967295 && this.#data instanceof Uint32Array) this.#data = Float64Array.from(this.#data);
      this.#data[this.length + row] = value;
    }
    this.length += rows;
    return -1;
  }
  push(value) {
    this.#data = reserve(this.#data, this.length, this.length + 1);
    if (value > 4294967295 && this.#data instanceof Uint32Array) this.#data = Float64Array.from(this.#data);
    this.#data[this.length++] = value;
  }
  /** The finished column, exactly `length` long; shares memory with the builder. */
  finish() {
    return this.#data.subarray(0, this.length);
  }
};
function copyStrided(values, offset, stride, rows, target, at) {
  for (let row = 0, k = offset; row < rows; row++, k += stride) {
    const value = values[k];
    target[at + row] = value;
    if (target[at + row] !== value) return row;
  }
  return rows;
}
function reserve(data, used, needed) {
  if (needed <= data.length) return data;
  const Type = data.constructor;
  const larger = new Type(Math.max(needed, data.length * 2, MIN_CAPACITY));
  larger.set(data.subarray(0, used));
  return larger;
}

// src/snapshot/columns.ts
var RowError = class extends Error {
  section;
  valueIndex;
  constructor(section, row, valueIndex, message) {
    super(row === void 0 ? message : `${message} (${section.slice(0, -1)} ${row})`);
    this.section = section;
    this.valueIndex = valueIndex;
  }
};
var RowReader = class {
  rows = 0;
  #section;
  layout;
  constructor(section, layout) {
    this.#section = section;
    this.layout = layout;
  }
  fail(field, row, message) {
    throw new RowError(this.#section, row, row * this.layout.length + this.layout.at[field], message);
  }
  failNumber(field, row, value, range = "0 to 2^53 - 1") {
    this.fail(field, row, `${field} is ${value}, not a whole number from ${range}`);
  }
  checkCount(key, promised) {
    if (promised === this.rows) return;
    const message = `the header promises ${promised} ${this.#section} (${key}), but there are ${this.rows}`;
    throw new RowError(this.#section, void 0, void 0, message);
  }
  /** Appends one field of all rows to a column. */
  numbers(column, field, values, rows) {
    const { at, length } = this.layout;
    const bad = column.append(values, at[field], length, rows);
    if (bad >= 0) this.failNumber(field, this.rows + bad, values[bad * length + at[field]]);
  }
  /** Appends one field of all rows to `target`, from `this.rows` on, each number replaced by `map[number]`. */
  kinds(target, map, field, values, rows) {
    const { at, length } = this.layout;
    for (let row = 0, k = at[field]; row < rows; row++, k += length) {
      const value = values[k];
      const raw = value >>> 0;
      if (raw !== value || raw >= map.length)
        this.fail(
          field,
          this.rows + row,
          `${field} ${value} is none of the ${map.length} types (0 to ${map.length - 1})`
        );
      target[this.rows + row] = map[raw];
    }
  }
};
var NodeColumns = class {
  #reader;
  #kindOfRaw;
  #kind;
  #name;
  #id;
  #selfBytes;
  #firstEdge;
  #detachedness;
  #traceId;
  /** `capacity`: nodes believed to come. */
  constructor(schema, capacity) {
    this.#reader = new RowReader("nodes", schema.node);
    this.#kindOfRaw = schema.nodeKindOfRaw;
    this.#kind = new Uint8Array(capacity);
    this.#name = new NumberColumn(capacity);
    this.#id = new NumberColumn(capacity);
    this.#selfBytes = new NumberColumn(capacity);
    this.#firstEdge = new Uint32Array(capacity + 1);
    if (schema.node.at.detachedness >= 0) this.#detachedness = new Uint8Array(capacity);
  }
  append(values, rows) {
    const reader = this.#reader;
    const end = reader.rows + rows;
    this.#kind = reserve(this.#kind, reader.rows, end);
    reader.kinds(this.#kind, this.#kindOfRaw, "type", values, rows);
    reader.numbers(this.#name, "name", values, rows);
    reader.numbers(this.#id, "id", values, rows);
    reader.numbers(this.#selfBytes, "self_size", values, rows);
    this.#appendEdgeCounts(values, rows);
    if (this.#detachedness !== void 0) this.#appendDetachedness(values, rows);
    if (reader.layout.at.trace_node_id >= 0) this.#appendTraceIds(values, rows);
    reader.rows = end;
  }
  #appendEdgeCounts(values, rows) {
    const { layout, rows: before } = this.#reader;
    this.#firstEdge = reserve(this.#firstEdge, before + 1, before + rows + 1);
    const firstEdge = this.#firstEdge;
    for (let row = 0, k = layout.at.edge_count; row < rows; row++, k += layout.length) {
      const count2 = values[k];
      const sum = firstEdge[before + row] + count2;
      firstEdge[before + row + 1] = sum;
      if (!(count2 >= 0) || firstEdge[before + row + 1] !== sum) this.#badEdgeCount(before + row, count2);
    }
  }
  #badEdgeCount(row, count2) {
    if (!Number.isSafeInteger(count2) || count2 < 0) this.#reader.failNumber("edge_count", row, count2);
    const sum = this.#firstEdge[row] + count2;
    this.#reader.fail("edge_count", row, `edge_count is ${count2}: ${sum} edges so far, more than 2^32 - 1`);
  }
  #appendDetachedness(values, rows) {
    const { layout, rows: before } = this.#reader;
    const detachedness = reserve(this.#detachedness, before, before + rows);
    this.#detachedness = detachedness;
    for (let row = 0, k = layout.at.detachedness; row < rows; row++, k += layout.length) {
      const value = values[k];
      detachedness[before + row] = value;
      if (detachedness[before + row] !== value) {
        this.#reader.failNumber("detachedness", before + row, value, "0 to 255");
      }
    }
  }
  /** The column is made at the first node that has a trace: without tracking all are 0. */
  #appendTraceIds(values, rows) {
    const { layout, rows: before } = this.#reader;
    if (this.#traceId === void 0) {
      let k = layout.at.trace_node_id;
      while (k < rows * layout.length && values[k] === 0) k += layout.length;
      if (k >= rows * layout.length) return;
      this.#traceId = new NumberColumn(before + rows);
      for (let node = 0; node < before; node++) this.#traceId.push(0);
    }
    this.#reader.numbers(this.#traceId, "trace_node_id", values, rows);
  }
  checkCount(nodeCount) {
    this.#reader.checkCount("node_count", nodeCount);
  }
  finish(nodeCount, stringCount) {
    const reader = this.#reader;
    this.checkCount(nodeCount);
    const name = this.#name.finish();
    const bad = firstAtLeast(name, stringCount);
    if (bad >= 0) reader.fail("name", bad, `name ${name[bad]} points outside the ${stringCount} strings`);
    return {
      nodeKind: this.#kind.subarray(0, nodeCount),
      nodeName: name,
      nodeId: this.#id.finish(),
      nodeSelfBytes: this.#selfBytes.finish(),
      firstEdge: this.#firstEdge.subarray(0, nodeCount + 1),
      nodeDetachedness: this.#detachedness?.subarray(0, nodeCount),
      nodeTraceId: this.#traceId?.finish()
    };
  }
};
var EdgeColumns = class {
  #reader;
  #kindOfRaw;
  #nodeCount;
  #nodeRowLength;
  #kind;
  #name;
  #target;
  /** `nodeCount`: as the header has it; `capacity`: edges believed to come. */
  constructor(schema, nodeCount, capacity) {
    this.#reader = new RowReader("edges", schema.edge);
    this.#kindOfRaw = schema.edgeKindOfRaw;
    this.#nodeCount = nodeCount;
    this.#nodeRowLength = schema.node.length;
    this.#kind = new Uint8Array(capacity);
    this.#name = new NumberColumn(capacity);
    this.#target = new Uint32Array(capacity);
  }
  append(values, rows) {
    const reader = this.#reader;
    const before = reader.rows;
    this.#kind = reserve(this.#kind, before, before + rows);
    reader.kinds(this.#kind, this.#kindOfRaw, "type", values, rows);
    this.#appendNames(values, rows);
    this.#target = reserve(this.#target, before, before + rows);
    const target = this.#target;
    const nodeRowLength = this.#nodeRowLength;
    const nodeCount = this.#nodeCount;
    const { length, at } = reader.layout;
    for (let row = 0, k = at.to_node; row < rows; row++, k += length) {
      const node = values[k] / nodeRowLength >>> 0;
      if (node * nodeRowLength !== values[k] || node >= nodeCount) this.#badTarget(before + row, values[k]);
      target[before + row] = node;
    }
    reader.rows += rows;
  }
  /**
   * From Node 24 on V8 writes element indexes above 2^31 - 1 as the negative numbers of the same 32 bits: 4294967294 as
   * -2. They are rare, and are looked for only once there is a negative number.
   */
  #appendNames(values, rows) {
    const { at, length } = this.#reader.layout;
    if (this.#name.append(values, at.name_or_index, length, rows) < 0) return;
    for (let row = 0, k = at.name_or_index; row < rows; row++, k += length) {
      const value = values[k];
      if ((value | 0) === value && isIndexed(this.#kind[this.#reader.rows + row])) values[k] = value >>> 0;
    }
    this.#reader.numbers(this.#name, "name_or_index", values, rows);
  }
  #badTarget(row, value) {
    const onGrid = value % this.#nodeRowLength === 0;
    const why = onGrid ? `points outside the ${this.#nodeCount} nodes (0 to ${(this.#nodeCount - 1) * this.#nodeRowLength})` : `points into the middle of a node (no multiple of ${this.#nodeRowLength})`;
    this.#reader.fail("to_node", row, `to_node ${value} ${why}`);
  }
  checkCount(edgeCount) {
    this.#reader.checkCount("edge_count", edgeCount);
  }
  /** `claimed`: the sum of all nodes' edge_count. */
  finish(edgeCount, stringCount, claimed) {
    const reader = this.#reader;
    this.checkCount(edgeCount);
    if (claimed !== edgeCount) {
      throw new RowError(
        "nodes",
        void 0,
        void 0,
        `the nodes' edge_count fields add up to ${claimed}, but there are ${edgeCount} edges`
      );
    }
    const kind = this.#kind.subarray(0, edgeCount);
    const name = this.#name.finish();
    for (let edge = 0; edge < edgeCount; edge++) {
      if (name[edge] >= stringCount && !isIndexed(kind[edge])) {
        reader.fail("name_or_index", edge, `name_or_index ${name[edge]} points outside the ${stringCount} strings`);
      }
    }
    return { edgeKind: kind, edgeName: name, edgeTarget: this.#target.subarray(0, edgeCount) };
  }
};
function isIndexed(edgeKind) {
  return edgeKind === EdgeKind.element || edgeKind === EdgeKind.hidden;
}
var LocationColumns = class {
  #reader;
  #nodeRowLength;
  #nodeCount;
  #columns = {
    node: new Uint32Array(0),
    scriptId: new Int32Array(0),
    line: new Int32Array(0),
    column: new Int32Array(0)
  };
  /** Without a layout there are no locations. */
  constructor(layout, nodeRowLength, nodeCount) {
    this.#reader = layout === void 0 ? void 0 : new RowReader("locations", layout);
    this.#nodeRowLength = nodeRowLength;
    this.#nodeCount = nodeCount;
  }
  append(values, rows) {
    const reader = this.#reader;
    if (reader === void 0) return;
    const before = reader.rows;
    const { at, length } = reader.layout;
    const columns = this.#columns;
    columns.node = reserve(columns.node, before, before + rows);
    for (let row = 0; row < rows; row++) {
      const index = values[row * length + at.object_index];
      const node = index / this.#nodeRowLength;
      if (!Number.isInteger(node) || node < 0 || node >= this.#nodeCount) {
        reader.fail("object_index", before + row, `object_index ${index} is not the place of a node`);
      }
      columns.node[before + row] = node;
    }
    columns.scriptId = this.#signed(columns.scriptId, "script_id", values, rows);
    columns.line = this.#signed(columns.line, "line", values, rows);
    columns.column = this.#signed(columns.column, "column", values, rows);
    reader.rows += rows;
  }
  /** V8 marks what it does not know with -1; versions that write unsigned numbers make 4294967295 of it. */
  #signed(data, field, values, rows) {
    const { layout, rows: before } = this.#reader;
    const column = reserve(data, before, before + rows);
    for (let row = 0, k = layout.at[field]; row < rows; row++, k += layout.length) {
      const value = values[k];
      column[before + row] = value;
      if (column[before + row] !== value && value >>> 0 !== value) {
        this.#reader.failNumber(field, before + row, value, "-2^31 to 2^32 - 1");
      }
    }
    return column;
  }
  /** Sorted by node, so that a node's place is found by bisection; V8 writes them in no order. */
  finish() {
    const rows = this.#reader?.rows ?? 0;
    const { node, scriptId, line, column } = this.#columns;
    const order2 = orderOf(node, rows);
    return {
      node: Uint32Array.from(order2, (row) => node[row]),
      scriptId: Int32Array.from(order2, (row) => scriptId[row]),
      line: Int32Array.from(order2, (row) => line[row]),
      column: Int32Array.from(order2, (row) => column[row])
    };
  }
};
function firstAtLeast(values, limit) {
  for (let i = 0; i < values.length; i++) if (values[i] >= limit) return i;
  return -1;
}
function orderOf(node, rows) {
  return Uint32Array.from(
    Float64Array.from({ length: rows }, (_, row) => node[row] * rows + row).sort(),
    (key) => key % rows
  );
}

// src/snapshot/ephemerons.ts
var ENTRY_KEY = /^\d+ \/ part of key \(.*? @(\d+)\) -> value \(/s;
var ENTRY_VALUE = / @(\d+)\) pair in WeakMap \(table @(\d+)\)$/;
function parseEphemeronName(name) {
  const key = ENTRY_KEY.exec(name);
  const value = key === null ? null : ENTRY_VALUE.exec(name);
  if (key === null || value === null) return void 0;
  return { keyId: Number(key[1]), valueId: Number(value[1]), tableId: Number(value[2]) };
}
var CLOSING_PARENTHESIS = 41;
function findEphemeronEdges(heap) {
  const { edgeKind, edgeName, firstEdge, nodeCount, nodeId, strings } = heap;
  const isOther = new BitSet(strings.count);
  const edges = new GrowableUint32();
  const fromTable = new GrowableUint32();
  const ids = { table: new NumberColumn(16), key: new NumberColumn(16), value: new NumberColumn(16) };
  for (let node = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1];
    for (let edge = firstEdge[node]; edge < end; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal) continue;
      const name = edgeName[edge];
      if (isOther.has(name)) continue;
      const entry = strings.lastByte(name) === CLOSING_PARENTHESIS ? parseEphemeronName(strings.get(name)) : void 0;
      if (entry === void 0) {
        isOther.add(name);
        continue;
      }
      edges.push(edge);
      fromTable.push(Number(nodeId[node] === entry.tableId));
      ids.table.push(entry.tableId);
      ids.key.push(entry.keyId);
      ids.value.push(entry.valueId);
    }
  }
  const { pair, pairCount } = numberPairs(ids.table.finish(), ids.key.finish(), ids.value.finish());
  return { edge: edges.view(), fromTable: Uint8Array.from(fromTable.view()), pair, pairCount };
}
function numberPairs(table, key, value) {
  const compare = (a, b) => table[a] - table[b] || key[a] - key[b] || value[a] - value[b];
  const order2 = Uint32Array.from(table, (_, index) => index).sort(compare);
  const pair = new Uint32Array(table.length);
  let pairCount = 0;
  for (let i = 0; i < order2.length; i++) {
    if (i === 0 || compare(order2[i - 1], order2[i]) !== 0) pairCount++;
    pair[order2[i]] = pairCount - 1;
  }
  return { pair, pairCount };
}

// src/analyze/edge-pattern.ts
var ANY_INDEX = -1;
var WEAK_MAP_ENTRY = -2;
var UNKNOWN = 0;
var NAMED = 1;
var SLOT = 2;
var ENTRY = 3;
function edgePatterns({ edgeKind, edgeName, strings }) {
  const sort = new Uint8Array(strings.count);
  return (edge) => {
    const kind = edgeKind[edge];
    if (isIndexed(kind)) return ANY_INDEX;
    const name = edgeName[edge];
    if (kind !== EdgeKind.internal) return name;
    if (sort[name] === UNKNOWN) sort[name] = sortOf(strings.get(name));
    if (sort[name] === NAMED) return name;
    return sort[name] === SLOT ? ANY_INDEX : WEAK_MAP_ENTRY;
  };
}
function sortOf(name) {
  if (/^\d+$/.test(name)) return SLOT;
  return parseEphemeronName(name) === void 0 ? NAMED : ENTRY;
}

// src/util/memo.ts
function oncePer(compute) {
  const known = /* @__PURE__ */ new WeakMap();
  return (key) => {
    let value = known.get(key);
    if (value === void 0) {
      value = compute(key);
      known.set(key, value);
    }
    return value;
  };
}

// src/analyze/edge-policy.ts
var retainingEdges = oncePer((snapshot) => {
  const { words: words2 } = snapshot.saved.group("retainingEdges", ["words"], () => findRetainingEdges(snapshot));
  return new BitSet(snapshot.edgeCount, words2);
});
function findRetainingEdges(snapshot) {
  const { edgeKind, edgeTarget, firstEdge, nodeCount, root, ephemerons } = snapshot;
  const edges = new BitSet(snapshot.edgeCount);
  for (let node = 0; node < nodeCount; node++) {
    const end = firstEdge[node + 1];
    for (let edge = firstEdge[node]; edge < end; edge++) {
      const kind = edgeKind[edge];
      if (kind === EdgeKind.weak || edgeTarget[edge] === node) continue;
      if (kind === EdgeKind.shortcut && node !== root) continue;
      edges.add(edge);
    }
  }
  for (let i = 0; i < ephemerons.edge.length; i++) {
    if (ephemerons.fromTable[i] === 1) edges.delete(ephemerons.edge[i]);
  }
  return edges;
}

// src/snapshot/saved.ts
var SavedColumns = class {
  #read;
  #has;
  #computed = /* @__PURE__ */ new Map();
  constructor(has = () => false, read) {
    this.#has = has;
    this.#read = read;
  }
  /** What had to be computed so far: what an index may take up. */
  get computed() {
    return this.#computed;
  }
  /**
   * The columns of a group. Those in the index are read one by one as they are looked at; if the group is not there, or one of
   * them turns out to be damaged, the group is computed.
   */
  group(name, keys2, compute) {
    const computed = () => {
      const group = this.#computed.get(name) ?? compute();
      this.#computed.set(name, group);
      return group;
    };
    const read = this.#read;
    if (read === void 0 || !this.#has(name)) return computed();
    const known = {};
    const lazy = {};
    for (const key of keys2) {
      const get = () => {
        known[key] ??= read(name, key) ?? computed()[key];
        return known[key];
      };
      Object.defineProperty(lazy, key, { enumerable: true, get });
    }
    return lazy;
  }
};
function savedGroup(name, keys2, compute) {
  return oncePer((snapshot) => snapshot.saved.group(name, keys2, () => compute(snapshot)));
}
function savedColumn(name, compute) {
  return oncePer((snapshot) => snapshot.saved.group(name, ["values"], () => ({ values: compute(snapshot) })).values);
}
function bytesOf(value) {
  return new TextEncoder().encode(JSON.stringify(value));
}
function parsedBytes(bytes2) {
  return JSON.parse(new TextDecoder().decode(bytes2));
}

// src/analyze/roots.ts
var userRoots = oncePer((snapshot) => {
  const { root, firstEdge, edgeTarget, nodeKind, nodeName, strings } = snapshot;
  const found = /* @__PURE__ */ new Set();
  for (let edge = firstEdge[root]; edge < firstEdge[root + 1]; edge++) {
    const node = edgeTarget[edge];
    const isUserRoot = nodeKind[node] !== NodeKind.synthetic || strings.get(nodeName[node]) === "(Document DOM trees)";
    if (isUserRoot) found.add(node);
  }
  return Uint32Array.from(found);
});
var rootNodes = oncePer((snapshot) => {
  const { nodeCount, nodeKind, root } = snapshot;
  const roots = new BitSet(nodeCount);
  for (let node = 0; node < nodeCount; node++) if (nodeKind[node] === NodeKind.synthetic) roots.add(node);
  roots.add(root);
  for (const node of userRoots(snapshot)) roots.add(node);
  return roots;
});

// src/analyze/distances.ts
var NO_DISTANCE = -5;
var SYSTEM_DISTANCE = 1e8;
var distances = savedColumn("distances", (snapshot) => {
  const { root, nodeCount } = snapshot;
  const distance = new Int32Array(nodeCount).fill(NO_DISTANCE);
  const queue = new Uint32Array(nodeCount);
  const exceptions = findExceptions(snapshot);
  const seeds = userRoots(snapshot);
  for (const node of seeds) distance[node] = 1;
  queue.set(seeds);
  search(snapshot, distance, queue, seeds.length, exceptions);
  if (distance[root] === NO_DISTANCE || seeds.length > 0) distance[root] = seeds.length > 0 ? SYSTEM_DISTANCE : 0;
  queue[0] = root;
  search(snapshot, distance, queue, 1, exceptions);
  return distance;
});
function search(snapshot, distance, queue, queued, exceptions) {
  const { firstEdge, edgeKind, edgeTarget } = snapshot;
  const { words: words2 } = exceptions.edges;
  const weak = EdgeKind.weak;
  let length = queued;
  for (let next = 0; next < length; next++) {
    const node = queue[next];
    const further = distance[node] + 1;
    const end = firstEdge[node + 1];
    for (let edge = firstEdge[node]; edge < end; edge++) {
      const target = edgeTarget[edge];
      if (distance[target] !== NO_DISTANCE || edgeKind[edge] === weak) continue;
      if ((words2[edge >>> 5] & 1 << (edge & 31)) !== 0 && !exceptions.follow(edge)) continue;
      distance[target] = further;
      queue[length++] = target;
    }
  }
}
function findExceptions(snapshot) {
  const { ephemerons, edgeCount } = snapshot;
  const edges = new BitSet(edgeCount);
  const { refused, taken: taken2 } = namedExceptions(snapshot);
  for (const edge of ephemerons.edge) edges.add(edge);
  for (const edge of refused) edges.add(edge);
  for (const edge of taken2) edges.delete(edge);
  const entryOfEdge = lookup(ephemerons.edge);
  const metOnce = new BitSet(ephemerons.pairCount);
  const follow = (edge) => {
    if (refused.has(edge)) return false;
    const pair = ephemerons.pair[entryOfEdge(edge)];
    if (metOnce.has(pair)) {
      metOnce.delete(pair);
      return true;
    }
    metOnce.add(pair);
    return false;
  };
  return { edges, follow };
}
function namedExceptions(snapshot) {
  const { edgeKind, edgeName, firstEdge, nodeCount, nodeKind, nodeName, strings } = snapshot;
  const sloppyMap = new Set(strings.indexesOf("sloppy_function_map"));
  const nativeContext = new Set(strings.indexesOf("system / NativeContext"));
  const mapDescriptors = new Set(strings.indexesOf("(map descriptors)"));
  const refused = /* @__PURE__ */ new Set();
  const taken2 = /* @__PURE__ */ new Set();
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node];
    const isContext = kind === NodeKind.hidden && nativeContext.has(nodeName[node]);
    const isDescriptors = kind === NodeKind.array && mapDescriptors.has(nodeName[node]);
    if (!isContext && !isDescriptors) continue;
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const name = edgeName[edge];
      const indexed = isIndexed(edgeKind[edge]);
      const index = indexed ? name : Number.parseInt(strings.get(name), 10);
      if (isContext ? !indexed && sloppyMap.has(name) : index >= 2 && index % 3 === 1) refused.add(edge);
      else if (isDescriptors) taken2.add(edge);
    }
  }
  return { refused, taken: taken2 };
}
function lookup(ascending) {
  return (value) => {
    let low = 0;
    let high = ascending.length - 1;
    while (low <= high) {
      const middle = low + high >>> 1;
      if (ascending[middle] === value) return middle;
      if (ascending[middle] < value) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  };
}

// src/analyze/hops.ts
var UNREACHED = 4294967295;
function hopsFrom(snapshot, starts, edges) {
  const hops = new Uint32Array(snapshot.nodeCount).fill(UNREACHED);
  for (const node of starts) hops[node] = 0;
  spread(snapshot, hops, starts, edges);
  return hops;
}
function hopsFromRoots(snapshot, edges) {
  const hops = new Uint32Array(snapshot.nodeCount).fill(UNREACHED);
  const seeds = userRoots(snapshot);
  for (const node of seeds) hops[node] = 1;
  spread(snapshot, hops, seeds, edges);
  if (hops[snapshot.root] === UNREACHED || seeds.length > 0)
    hops[snapshot.root] = seeds.length > 0 ? SYSTEM_DISTANCE : 0;
  spread(snapshot, hops, Uint32Array.of(snapshot.root), edges);
  return hops;
}
function spread(snapshot, hops, starts, edges) {
  const { firstEdge, edgeTarget, nodeCount } = snapshot;
  const { words: words2 } = edges;
  const queue = new Uint32Array(nodeCount);
  queue.set(starts);
  let length = starts.length;
  for (let next = 0; next < length; next++) {
    const node = queue[next];
    const further = hops[node] + 1;
    const end = firstEdge[node + 1];
    for (let edge = firstEdge[node]; edge < end; edge++) {
      if ((words2[edge >>> 5] & 1 << (edge & 31)) === 0) continue;
      const target = edgeTarget[edge];
      if (hops[target] !== UNREACHED) continue;
      hops[target] = further;
      queue[length++] = target;
    }
  }
}

// src/analyze/cycles.ts
function cycles(snapshot, { through, raw = false, limit = 30 } = {}) {
  const edges = raw ? withSelfEdges(snapshot) : withoutPlumbing(snapshot);
  const components = stronglyConnectedComponents(snapshot, edges);
  const search2 = new ShortestCycles(snapshot, edges, components);
  const { groups, searched } = groupByPattern(snapshot, components, search2, through);
  const kept = groups.slice(0, limit);
  holdFromOutside(snapshot, components, kept);
  const sum = (value) => groups.reduce((total, group) => total + value(group), 0);
  return {
    question: "cycles",
    snapshot,
    through,
    raw,
    groups: kept,
    total: {
      groups: groups.length,
      components: sum((group) => group.components),
      nodeCount: sum((group) => group.nodeCount),
      selfBytes: sum((group) => group.selfBytes)
    },
    limitsReached: { ...groups.length > limit ? { groups: limit } : {}, ...searched > 0 ? { searched } : {} }
  };
}
function withSelfEdges(snapshot) {
  const { edgeCount, edgeKind, edgeTarget, firstEdge, nodeCount } = snapshot;
  const edges = new BitSet(edgeCount);
  edges.words.set(retainingEdges(snapshot).words);
  for (let node = 0; node < nodeCount; node++) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeTarget[edge] === node && edgeKind[edge] !== EdgeKind.weak) edges.add(edge);
    }
  }
  return edges;
}
var PLUMBING_PROPERTIES = ["__proto__", "constructor", "prototype"];
var PLUMBING_SLOTS = [...PLUMBING_PROPERTIES, "map", "native_context", "initial_map", "global_proxy"];
var PLUMBING_KINDS = /* @__PURE__ */ new Set([
  NodeKind.hidden,
  NodeKind.code,
  NodeKind["object shape"],
  NodeKind.synthetic,
  NodeKind["wasm object"]
]);
function withoutPlumbing(snapshot) {
  const { edgeKind, edgeName, edgeTarget, firstEdge, nodeCount, strings } = snapshot;
  const edges = withSelfEdges(snapshot);
  const isPlumbing = plumbingNodes(snapshot);
  const properties = new Set(PLUMBING_PROPERTIES.flatMap((name) => strings.indexesOf(name)));
  const slots = new Set(PLUMBING_SLOTS.flatMap((name) => strings.indexesOf(name)));
  for (let node = 0; node < nodeCount; node++) {
    const whole = isPlumbing.has(node);
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const kind = edgeKind[edge];
      const named = kind === EdgeKind.property && properties.has(edgeName[edge]) || kind === EdgeKind.internal && slots.has(edgeName[edge]);
      if (whole || named || isPlumbing.has(edgeTarget[edge])) edges.delete(edge);
    }
  }
  return edges;
}
function plumbingNodes(snapshot) {
  const { nodeCount, nodeKind, nodeName, strings } = snapshot;
  const proxy = new Set(strings.indexesOf("system / JSProxy"));
  const isSystem = new Uint8Array(strings.count);
  const nodes = new BitSet(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node];
    const name = nodeName[node];
    if (kind === NodeKind.native && isSystem[name] === 0) {
      isSystem[name] = strings.get(name).startsWith("system / ") ? 2 : 1;
    }
    const hidden = PLUMBING_KINDS.has(kind) || kind === NodeKind.native && isSystem[name] === 2;
    if (hidden && !proxy.has(name)) nodes.add(node);
  }
  for (const node of userRoots(snapshot)) nodes.add(node);
  return nodes;
}
function groupByPattern(snapshot, components, search2, through) {
  const { nodeId, nodeKind, nodeSelfBytes } = snapshot;
  const patternOf = edgePatterns(snapshot);
  const wanted = through === void 0 ? void 0 : new BitSet(snapshot.nodeCount);
  for (const node of through?.nodes ?? []) wanted?.add(node);
  const isFunctionOrScope = functionsAndScopes(snapshot);
  const groups = /* @__PURE__ */ new Map();
  let searched = 0;
  for (let component = 1; component <= components.count; component++) {
    const all = components.members.subarray(components.first[component], components.first[component + 1]);
    const starts = wanted === void 0 ? all : all.filter((node) => wanted.has(node));
    if (starts.length === 0) continue;
    const cycle = search2.through(starts);
    if (cycle === void 0) continue;
    if (cycle.isPartial) searched++;
    const isScopeOnly = cycle.nodes.every(isFunctionOrScope);
    const { key, nodes, edges } = rotated(
      cycle,
      (node, edge) => (
        // Newer versions of V8 give scopes names of their own.
        isScopeOnly ? `${nodeKind[node] === NodeKind.closure}` : `${snapshot.types.ofNode[node]}:${patternOf(edge)}`
      )
    );
    let smallestId = Number.POSITIVE_INFINITY;
    let selfBytes = 0;
    for (const node of all) {
      smallestId = Math.min(smallestId, nodeId[node]);
      selfBytes += nodeSelfBytes[node];
    }
    const group = groups.get(key);
    if (group === void 0) {
      const sizes = { components: 1, nodeCount: all.length, selfBytes, largest: all.length };
      groups.set(key, { ...sizes, nodes, edges, heldBy: void 0, isScopeOnly, smallestId });
      continue;
    }
    group.components++;
    group.nodeCount += all.length;
    group.selfBytes += selfBytes;
    group.largest = Math.max(group.largest, all.length);
    if (smallestId < group.smallestId) Object.assign(group, { nodes, edges, smallestId });
  }
  const sorted = [...groups.values()].sort(
    (a, b) => Number(a.isScopeOnly) - Number(b.isScopeOnly) || b.components - a.components || b.nodeCount - a.nodeCount || a.smallestId - b.smallestId
  );
  return { groups: sorted.map(({ smallestId: _, ...group }) => group), searched };
}
function functionsAndScopes({ nodeKind, nodeName, strings }) {
  return (node) => nodeKind[node] === NodeKind.closure || strings.get(nodeName[node]).startsWith("system / Context");
}
function rotated({ nodes, edges }, step) {
  const steps = nodes.map((node, i) => step(node, edges[i]));
  const best = smallestRotation(steps);
  const turn = (list2) => [...list2.slice(best), ...list2.slice(0, best)];
  return { key: turn(steps).join(" "), nodes: turn(nodes), edges: turn(edges) };
}
function smallestRotation(steps) {
  const count2 = steps.length;
  let a = 0;
  let b = 1;
  let same = 0;
  while (a < count2 && b < count2 && same < count2) {
    const x = steps[(a + same) % count2];
    const y = steps[(b + same) % count2];
    if (x === y) {
      same++;
      continue;
    }
    if (x > y) a += same + 1;
    else b += same + 1;
    if (a === b) b++;
    same = 0;
  }
  return Math.min(a, b);
}
var MAX_STARTS = 64;
var MAX_EDGES_FOLLOWED = 1 << 22;
var ShortestCycles = class {
  #snapshot;
  #edges;
  #components;
  /** The search that reached a node last, the edge it came by, and the node that edge leaves. */
  #reachedBy;
  #viaEdge;
  #viaNode;
  #searches = 0;
  constructor(snapshot, edges, components) {
    this.#snapshot = snapshot;
    this.#edges = edges;
    this.#components = components;
    this.#reachedBy = new Uint32Array(snapshot.nodeCount);
    this.#viaEdge = new Uint32Array(snapshot.nodeCount);
    this.#viaNode = new Uint32Array(snapshot.nodeCount);
  }
  /** A shortest of the cycles through one of `starts`, all of one component. */
  through(starts) {
    const itself = this.#selfCycle(starts);
    if (itself !== void 0) return itself;
    let best;
    let tried = 0;
    let edgesLeft = MAX_EDGES_FOLLOWED;
    while (tried < starts.length && tried < MAX_STARTS && edgesLeft > 0 && best?.nodes.length !== 2) {
      const result = this.#from(starts[tried++], best === void 0 ? Number.POSITIVE_INFINITY : best.nodes.length);
      edgesLeft -= result.followed;
      best = result.cycle ?? best;
    }
    if (best !== void 0) best.isPartial = best.nodes.length > 2 && tried < starts.length;
    return best;
  }
  #selfCycle(starts) {
    const { firstEdge, edgeTarget } = this.#snapshot;
    for (const node of starts) {
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        if (edgeTarget[edge] === node && this.#edges.has(edge)) return { nodes: [node], edges: [edge], isPartial: false };
      }
    }
    return void 0;
  }
  /** A shortest cycle through `start` of fewer nodes than `limit`. */
  #from(start, limit) {
    const { firstEdge, edgeTarget } = this.#snapshot;
    const component = this.#components.ofNode[start];
    const search2 = ++this.#searches;
    const queue = new GrowableUint32();
    queue.push(start);
    let followed = 0;
    let depth = 1;
    let levelEnd = 1;
    for (let next = 0; next < queue.length; next++) {
      if (next === levelEnd) {
        depth++;
        levelEnd = queue.length;
      }
      if (depth >= limit) break;
      const node = queue.get(next);
      for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
        followed++;
        const target = edgeTarget[edge];
        if (this.#components.ofNode[target] !== component || !this.#edges.has(edge)) continue;
        if (target === start) return { cycle: this.#trace(start, node, edge), followed };
        if (this.#reachedBy[target] === search2) continue;
        this.#reachedBy[target] = search2;
        this.#viaEdge[target] = edge;
        this.#viaNode[target] = node;
        queue.push(target);
      }
    }
    return { cycle: void 0, followed };
  }
  #trace(start, last, closing) {
    const nodes = [last];
    const edges = [closing];
    for (let node = last; node !== start; node = this.#viaNode[node]) {
      nodes.push(this.#viaNode[node]);
      edges.push(this.#viaEdge[node]);
    }
    return { nodes: nodes.reverse(), edges: edges.reverse(), isPartial: false };
  }
};
function holdFromOutside(snapshot, components, groups) {
  if (groups.length === 0) return;
  const { nodeId, retainers } = snapshot;
  const retaining = retainingEdges(snapshot);
  const hops = hopsFromRoots(snapshot, retaining);
  for (const group of groups) {
    const component = components.ofNode[group.nodes[0]];
    let holder = -1;
    for (const node of components.members.subarray(components.first[component], components.first[component + 1])) {
      for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
        const source2 = retainers.source[slot];
        if (!retaining.has(retainers.edge[slot]) || components.ofNode[source2] === component) continue;
        if (hops[source2] === UNREACHED) continue;
        const nearer = holder < 0 || hops[source2] < hops[holder] || hops[source2] === hops[holder] && nodeId[source2] < nodeId[holder];
        if (!nearer) continue;
        holder = source2;
        group.heldBy = retainers.edge[slot];
      }
    }
  }
}

// src/snapshot/detachedness.ts
var UNKNOWN2 = 0;
var ATTACHED = 1;
var DETACHED = 2;
function spreadDetachedness(columns, strings) {
  const { nodeDetachedness, nodeKind, nodeName } = columns;
  if (nodeDetachedness === void 0) {
    const isDetached = (node) => nodeKind[node] === NodeKind.native && strings.get(nodeName[node]).startsWith("Detached ");
    return Uint8Array.from(nodeKind, (_, node) => isDetached(node) ? DETACHED : UNKNOWN2);
  }
  const state = nodeDetachedness.slice();
  const settled = new Uint8Array(state.length);
  const waiting = { [ATTACHED]: new GrowableUint32(), [DETACHED]: new GrowableUint32() };
  const settle = (node, newState) => {
    if (settled[node] === 1) return;
    settled[node] = 1;
    if (nodeKind[node] !== NodeKind.native) return;
    state[node] = newState;
    if (newState === ATTACHED || newState === DETACHED) waiting[newState].push(node);
  };
  for (let node = 0; node < state.length; node++) if (state[node] !== UNKNOWN2) settle(node, state[node]);
  for (const newState of [ATTACHED, DETACHED]) {
    for (let node = waiting[newState].pop(); node !== void 0; node = waiting[newState].pop()) {
      for (let edge = columns.firstEdge[node]; edge < columns.firstEdge[node + 1]; edge++) {
        const kind = columns.edgeKind[edge];
        if (kind !== EdgeKind.hidden && kind !== EdgeKind.weak) settle(columns.edgeTarget[edge], newState);
      }
    }
  }
  return state;
}

// src/analyze/self-sizes.ts
var UNVISITED = 4294967295;
var SEVERAL = 4294967294;
function selfSizes(snapshot, model) {
  return model === "raw" ? snapshot.nodeSelfBytes : movedSizes(snapshot);
}
var movedSizes = savedColumn("selfSizes", (snapshot) => {
  if (userRoots(snapshot).length === 0) return snapshot.nodeSelfBytes;
  const { nodeCount, nodeKind, root } = snapshot;
  const owners = findOwners(snapshot);
  let sizes = snapshot.nodeSelfBytes.slice();
  for (let node = 0; node < nodeCount; node++) {
    const owner = owners[node];
    if (owner === UNVISITED || owner === SEVERAL || owner === node) continue;
    if (owner === root || nodeKind[owner] === NodeKind.synthetic) continue;
    const sum = sizes[owner] + sizes[node];
    if (sum > 4294967295 && sizes instanceof Uint32Array) sizes = Float64Array.from(sizes);
    sizes[owner] = sum;
    sizes[node] = 0;
  }
  return sizes;
});
function findOwners(snapshot) {
  const { nodeCount, nodeKind, nodeName, strings, firstEdge, edgeKind, edgeTarget } = snapshot;
  const externalText = new Set(strings.indexesOf("system / ExternalStringData"));
  const isExternalText = (node) => externalText.has(nodeName[node]) && snapshot.detachedness[node] !== DETACHED;
  const owners = new Uint32Array(nodeCount);
  const waiting = new GrowableUint32(Math.max(16, nodeCount));
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node];
    const isPart = kind === NodeKind.hidden || kind === NodeKind.array || kind === NodeKind.native && isExternalText(node);
    owners[node] = isPart ? UNVISITED : node;
    if (!isPart) waiting.push(node);
  }
  for (let node = waiting.pop(); node !== void 0; node = waiting.pop()) {
    const owner = owners[node];
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.weak) continue;
      const target = edgeTarget[edge];
      const known = owners[target];
      if (known === target || known === owner || known === SEVERAL) continue;
      owners[target] = known === UNVISITED ? owner : SEVERAL;
      waiting.push(target);
    }
  }
  return owners;
}

// src/analyze/dominators.ts
var UNVISITED2 = 4294967295;
var dominatorTree = savedGroup(
  "dominatorTree",
  ["dominator", "order"],
  (snapshot) => {
    const edges = essentialEdges(snapshot);
    const search2 = depthFirst(snapshot, edges);
    return { dominator: dominatorsOf(snapshot, edges, search2), order: search2.order };
  }
);
function retainedSizes(snapshot, model) {
  return model === "raw" ? retainedRaw(snapshot) : retainedMoved(snapshot);
}
var retainedRaw = savedColumn("retainedRaw", (snapshot) => sumUp(snapshot, selfSizes(snapshot, "raw")));
var retainedMoved = savedColumn("retained", (snapshot) => sumUp(snapshot, selfSizes(snapshot, "devtools")));
function sumUp(snapshot, sizes) {
  const { dominator, order: order2 } = dominatorTree(snapshot);
  const retained = Float64Array.from(sizes);
  const reached = new BitSet(snapshot.nodeCount);
  for (let i = order2.length - 1; i > 0; i--) {
    const node = order2[i];
    reached.add(node);
    retained[dominator[node]] += retained[node];
  }
  const { root, nodeCount } = snapshot;
  for (let node = 0; node < nodeCount; node++) {
    if (node !== root && !reached.has(node)) retained[root] += retained[node];
  }
  return retained;
}
var dominatedNodes = savedGroup(
  "dominatedNodes",
  ["first", "children"],
  (snapshot) => {
    const { nodeCount, root } = snapshot;
    const { dominator } = dominatorTree(snapshot);
    const first = new Uint32Array(nodeCount + 1);
    for (let node = 0; node < nodeCount; node++) if (node !== root) first[dominator[node] + 1]++;
    for (let node = 0; node < nodeCount; node++) first[node + 1] += first[node];
    const next = first.slice();
    const children = new Uint32Array(Math.max(0, nodeCount - 1));
    for (let node = 0; node < nodeCount; node++) if (node !== root) children[next[dominator[node]]++] = node;
    return { first, children };
  }
);
function essentialEdges(snapshot) {
  const retaining = retainingEdges(snapshot);
  const page = pageNodes(snapshot);
  if (page === void 0) return retaining;
  const { edgeTarget, firstEdge, nodeCount, root } = snapshot;
  const edges = new BitSet(snapshot.edgeCount);
  edges.words.set(retaining.words);
  for (let node = 0; node < nodeCount; node++) {
    if (node === root || page.has(node)) continue;
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (page.has(edgeTarget[edge])) edges.delete(edge);
    }
  }
  return edges;
}
function pageNodes(snapshot) {
  const { root, firstEdge, edgeKind, edgeTarget, nodeKind, nodeName, strings, nodeCount } = snapshot;
  const page = new BitSet(nodeCount);
  const waiting = new GrowableUint32();
  const reach = (node) => {
    if (page.has(node)) return;
    page.add(node);
    waiting.push(node);
  };
  const isDomTrees = (node) => nodeKind[node] === NodeKind.synthetic && strings.get(nodeName[node]) === "(Document DOM trees)";
  for (let edge = firstEdge[root]; edge < firstEdge[root + 1]; edge++) {
    const kind = edgeKind[edge];
    const target = edgeTarget[edge];
    if (kind === EdgeKind.shortcut || kind === EdgeKind.element && isDomTrees(target)) reach(target);
  }
  if (waiting.length === 0) return void 0;
  for (let node = waiting.pop(); node !== void 0; node = waiting.pop()) {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.weak) reach(edgeTarget[edge]);
    }
  }
  return page;
}
function depthFirst(snapshot, edges) {
  const { root, nodeCount, firstEdge, edgeTarget } = snapshot;
  const { words: words2 } = edges;
  const order2 = new Uint32Array(nodeCount);
  const place = new Uint32Array(nodeCount).fill(UNVISITED2);
  const parent = new Uint32Array(nodeCount);
  const cursor = new Uint32Array(nodeCount);
  let reached = 0;
  const descend = (start) => {
    place[start] = reached;
    parent[reached] = 0;
    cursor[reached] = firstEdge[start];
    order2[reached] = start;
    let current = reached++;
    const top = current;
    for (; ; ) {
      const edge = cursor[current];
      if (edge < firstEdge[order2[current] + 1]) {
        cursor[current] = edge + 1;
        if ((words2[edge >>> 5] & 1 << (edge & 31)) === 0) continue;
        const target = edgeTarget[edge];
        if (place[target] !== UNVISITED2) continue;
        place[target] = reached;
        parent[reached] = current;
        cursor[reached] = firstEdge[target];
        order2[reached] = target;
        current = reached++;
      } else if (current === top) return;
      else current = parent[current];
    }
  };
  descend(root);
  if (reached < nodeCount) {
    const entered = enteredNodes(snapshot, edges);
    for (let node = 0; node < nodeCount; node++) if (place[node] === UNVISITED2 && !entered.has(node)) descend(node);
  }
  return { order: order2.subarray(0, reached), place, parent: parent.subarray(0, reached) };
}
function enteredNodes({ nodeCount, edgeCount, edgeTarget }, edges) {
  const entered = new BitSet(nodeCount);
  for (let edge = 0; edge < edgeCount; edge++) if (edges.has(edge)) entered.add(edgeTarget[edge]);
  return entered;
}
function dominatorsOf(snapshot, edges, { order: order2, place, parent }) {
  const { nodeCount, root } = snapshot;
  const { first, edge, source: source2 } = snapshot.retainers;
  const { words: words2 } = edges;
  const count2 = order2.length;
  const forest = new Forest(parent);
  const { semi } = forest;
  const bucket = new Uint32Array(count2);
  const immediate = new Uint32Array(count2);
  for (let v = count2 - 1; v > 0; v--) {
    const node = order2[v];
    let least = parent[v];
    const end = first[node + 1];
    for (let slot = first[node]; slot < end; slot++) {
      const e = edge[slot];
      if ((words2[e >>> 5] & 1 << (e & 31)) === 0) continue;
      const u = place[source2[slot]];
      if (u === UNVISITED2) continue;
      const candidate = u <= v ? u : semi[forest.leastOnWay(u, v)];
      if (candidate < least) least = candidate;
    }
    semi[v] = least;
    const above = parent[v];
    if (least === above) immediate[v] = above;
    else {
      immediate[v] = bucket[least];
      bucket[least] = v;
    }
    for (let u = bucket[above]; u !== 0; ) {
      const next = immediate[u];
      const way = forest.leastOnWay(u, v - 1);
      immediate[u] = semi[way] < above ? way : above;
      u = next;
    }
    bucket[above] = 0;
  }
  for (let v = 1; v < count2; v++) if (immediate[v] !== semi[v]) immediate[v] = immediate[immediate[v]];
  const dominator = new Uint32Array(nodeCount).fill(root);
  for (let v = 1; v < count2; v++) dominator[order2[v]] = order2[immediate[v]];
  return dominator;
}
var Forest = class {
  semi;
  /** The node with the least semidominator on the way up as far as it is compressed. */
  #best;
  #ancestor;
  #way = new GrowableUint32();
  constructor(parent) {
    this.semi = new Uint32Array(parent.length);
    for (let v = 0; v < parent.length; v++) this.semi[v] = v;
    this.#best = this.semi.slice();
    this.#ancestor = parent.slice();
  }
  /** The node with the least semidominator from `u` up to, but not including, the first one numbered `bound` or below. */
  leastOnWay(u, bound) {
    const ancestor = this.#ancestor;
    if (ancestor[u] <= bound) return this.#best[u];
    const best = this.#best;
    const { semi } = this;
    const way = this.#way;
    let top = u;
    while (ancestor[top] > bound) {
      way.push(top);
      top = ancestor[top];
    }
    const end = ancestor[top];
    let least = best[top];
    for (let below = way.pop(); below !== void 0; below = way.pop()) {
      if (semi[best[below]] <= semi[least]) least = best[below];
      else best[below] = least;
      ancestor[below] = end;
    }
    return least;
  }
};

// src/analyze/detached.ts
function detached(snapshot, { limit = 30, sizes = "devtools" } = {}) {
  const { nodeCount, nodeId, root } = snapshot;
  const isDetached = detachedDomNodes(snapshot);
  const { dominator, order: order2 } = dominatorTree(snapshot);
  const retained = retainedSizes(snapshot, sizes);
  const topOf = new Uint32Array(nodeCount);
  const trees = /* @__PURE__ */ new Map();
  for (const node of order2) {
    const above = dominator[node];
    const inside = node !== root && topOf[above] !== 0;
    if (!inside && !isDetached.has(node)) continue;
    const top = inside ? topOf[above] - 1 : node;
    topOf[node] = top + 1;
    if (!inside) trees.set(node, { node, nodeCount: 0, retainedBytes: retained[node], heldBy: void 0 });
    if (isDetached.has(node)) trees.get(top).nodeCount++;
  }
  holdFromOutside2(snapshot, topOf, trees);
  const all = [...trees.values()].sort((a, b) => b.retainedBytes - a.retainedBytes || nodeId[a.node] - nodeId[b.node]);
  return {
    snapshot,
    sizes,
    trees: all,
    total: {
      trees: all.length,
      nodeCount: all.reduce((sum, tree) => sum + tree.nodeCount, 0),
      retainedBytes: all.reduce((sum, tree) => sum + tree.retainedBytes, 0)
    },
    limit
  };
}
function detachedDomNodes({ nodeCount, nodeKind, nodeName, detachedness, strings }) {
  const nodes = new BitSet(nodeCount);
  const isDom = new Uint8Array(strings.count);
  for (let node = 0; node < nodeCount; node++) {
    if (nodeKind[node] !== NodeKind.native || detachedness[node] !== DETACHED) continue;
    const name = nodeName[node];
    if (isDom[name] === 0) isDom[name] = DOM_NAME.test(strings.get(name)) ? 2 : 1;
    if (isDom[name] === 2) nodes.add(node);
  }
  return nodes;
}
var DOM_NAME = /^(Detached )?(<|#|(HTML|SVG|MathML)\w*Element\b|(Text|Comment|Attr|Document|DocumentFragment|ShadowRoot|HTMLDocument|Element|CDATASection|ProcessingInstruction)$)/;
function holdFromOutside2(snapshot, topOf, trees) {
  if (trees.size === 0) return;
  const { nodeCount, nodeId, retainers } = snapshot;
  const retaining = retainingEdges(snapshot);
  const hops = hopsFromRoots(snapshot, retaining);
  const holder = /* @__PURE__ */ new Map();
  for (let node = 0; node < nodeCount; node++) {
    if (topOf[node] === 0) continue;
    const top = topOf[node] - 1;
    for (let slot = retainers.first[node]; slot < retainers.first[node + 1]; slot++) {
      const source2 = retainers.source[slot];
      if (!retaining.has(retainers.edge[slot]) || topOf[source2] === top + 1 || hops[source2] === UNREACHED) continue;
      const known = holder.get(top);
      const isNearer = known === void 0 || hops[source2] < hops[known] || hops[source2] === hops[known] && nodeId[source2] < nodeId[known];
      if (!isNearer) continue;
      holder.set(top, source2);
      trees.get(top).heldBy = retainers.edge[slot];
    }
  }
}

// src/analyze/dominator-view.ts
var DROP = 0.5;
function dominators(snapshot, options = {}) {
  const { node = snapshot.root, depth = 3, fan = 10, minShare = 0.01, sizes = "devtools" } = options;
  const retained = retainedSizes(snapshot, sizes);
  const heapBytes = retained[snapshot.root];
  const rows = [{ node, level: 0, parent: -1, retainedBytes: retained[node], left: void 0 }];
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index];
    const children = childrenOf(snapshot, row.node);
    if (children.length === 0) continue;
    const shown = row.level === depth ? [] : largest(snapshot, children, retained, fan, minShare * heapBytes);
    for (const child of shown) {
      rows.push({ node: child, level: row.level + 1, parent: index, retainedBytes: retained[child], left: void 0 });
    }
    const total = children.reduce((sum, child) => sum + retained[child], 0);
    const retainedBytes = total - shown.reduce((sum, child) => sum + retained[child], 0);
    if (shown.length < children.length) row.left = { count: children.length - shown.length, retainedBytes };
  }
  const { dominator } = dominatorTree(snapshot);
  const chain = [node];
  while (chain[chain.length - 1] !== snapshot.root) chain.push(dominator[chain[chain.length - 1]]);
  return {
    question: "dominators",
    snapshot,
    node,
    sizes,
    depth,
    minShare,
    heapBytes,
    rows,
    chain,
    drop: nextDrop(snapshot, node, retained)
  };
}
function childrenOf(snapshot, node) {
  const { first, children } = dominatedNodes(snapshot);
  return children.subarray(first[node], first[node + 1]);
}
function largest({ nodeId }, children, retained, fan, least) {
  return Array.from(children.filter((child) => retained[child] >= least && retained[child] > 0)).sort((a, b) => retained[b] - retained[a] || nodeId[a] - nodeId[b]).slice(0, fan);
}
function nextDrop(snapshot, node, retained) {
  for (let current = node, level = 0; ; level++) {
    const children = childrenOf(snapshot, current);
    let child = -1;
    for (const candidate of children) if (child < 0 || retained[candidate] > retained[child]) child = candidate;
    if (child < 0) return void 0;
    if (retained[child] < DROP * retained[current]) {
      const largestChildBytes = retained[child];
      return { node: current, retainedBytes: retained[current], largestChildBytes, childCount: children.length, level };
    }
    current = child;
  }
}

// src/util/errors.ts
var HeapgraphError = class extends Error {
  code;
  hint;
  constructor(code, message, hint) {
    super(message);
    this.name = "HeapgraphError";
    this.code = code;
    this.hint = hint;
  }
};

// src/analyze/select.ts
function select(snapshot, selector) {
  if ("id" in selector) return { subject: `@${selector.id}`, nodes: withId(snapshot, selector.id) };
  if ("type" in selector) {
    const matches = textPattern(selector.type);
    const wanted = Uint8Array.from(snapshot.types.names, (name) => Number(matches(name)));
    return {
      subject: selector.type,
      nodes: sortById(
        snapshot,
        nodesWhere(snapshot, (node) => wanted[snapshot.types.ofNode[node]] === 1)
      )
    };
  }
  const isNamed = namePredicate(snapshot, selector.name);
  return {
    subject: `name ${selector.name}`,
    nodes: sortById(
      snapshot,
      nodesWhere(snapshot, (node) => isNamed(snapshot.nodeName[node]))
    )
  };
}
function textPattern(pattern) {
  const regex = /^\/(.*)\/([a-z]*)$/s.exec(pattern);
  if (regex === null) return (text2) => text2 === pattern;
  try {
    const compiled = new RegExp(regex[1], regex[2].replace(/[gy]/g, ""));
    return (text2) => compiled.test(text2);
  } catch (error) {
    throw new HeapgraphError(
      "USAGE",
      `${pattern} is no regular expression: ${error.message}`,
      "write /\u2026/ or an exact name"
    );
  }
}
function namePredicate(snapshot, pattern) {
  const matches = textPattern(pattern);
  const { strings } = snapshot;
  const verdict = new Uint8Array(strings.count);
  return (name) => {
    if (verdict[name] === 0) verdict[name] = matches(strings.get(name)) ? 2 : 1;
    return verdict[name] === 2;
  };
}
function edgeNamePredicate(snapshot, pattern) {
  const { edgeKind, edgeName } = snapshot;
  const matches = textPattern(pattern);
  const isNamed = namePredicate(snapshot, pattern);
  return (edge) => isIndexed(edgeKind[edge]) ? matches(String(edgeName[edge])) : isNamed(edgeName[edge]);
}
function withId(snapshot, id) {
  const node = snapshot.nodeId.indexOf(id);
  return node < 0 ? new Uint32Array(0) : Uint32Array.of(node);
}
function nodesWhere(snapshot, matches) {
  const found = new GrowableUint32();
  for (let node = 0; node < snapshot.nodeCount; node++) if (matches(node)) found.push(node);
  return found.view();
}
function sortById({ nodeId, nodeCount }, nodes) {
  const keys2 = Float64Array.from(nodes, (node) => nodeId[node] * nodeCount + node);
  if (!keys2.every(Number.isSafeInteger)) return nodes.sort((a, b) => nodeId[a] - nodeId[b] || a - b);
  keys2.sort();
  for (let i = 0; i < nodes.length; i++) nodes[i] = keys2[i] % nodeCount;
  return nodes;
}
function nearestTypes(snapshot, wanted, limit = 5) {
  const text2 = wanted.toLowerCase();
  return [...new Set(snapshot.types.names)].map((name) => ({ name, score: unlikeness(text2, name.toLowerCase()) })).filter(({ score }) => score <= Math.max(2, Math.ceil(text2.length / 3))).sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1)).slice(0, limit).map(({ name }) => name);
}
var LONGEST_COMPARED = 64;
function unlikeness(a, b) {
  if (a === b) return 0;
  if (b.length > LONGEST_COMPARED || a.length > LONGEST_COMPARED) return Number.POSITIVE_INFINITY;
  if (a.length > 2 && b.includes(a)) return 1;
  return editDistance(a, b);
}
function editDistance(a, b) {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + Number(a[i - 1] !== b[j - 1]));
    }
    row = next;
  }
  return row[b.length];
}

// src/analyze/neighbors.ts
var DEFAULT_DEPTH = 3;
var DEFAULT_FAN = 10;
var DEFAULT_MIN_SHARE = 0.01;
var MAX_NAMES = 8;
function backrefs(snapshot, target, options = {}) {
  return neighbors(snapshot, "backrefs", target, options);
}
function refs(snapshot, target, options = {}) {
  return neighbors(snapshot, "refs", target, options);
}
function neighbors(snapshot, question, target, { depth = DEFAULT_DEPTH, fan = DEFAULT_FAN, minShare = DEFAULT_MIN_SHARE }) {
  const walk = question === "backrefs" ? inward(snapshot) : outward(snapshot);
  const stops = question === "backrefs" ? rootNodes(snapshot) : new BitSet(snapshot.nodeCount);
  const shown = new BitSet(snapshot.nodeCount);
  const followed = new BitSet(snapshot.nodeCount);
  const groups = [
    {
      level: 0,
      steps: 0,
      parent: -1,
      nodes: target.nodes,
      joints: [],
      reached: 0,
      isRoot: false,
      seen: false,
      weights: new Float32Array(target.nodes.length).fill(1),
      share: 1,
      left: void 0
    }
  ];
  const limitsReached = {};
  for (let from = 0, to = 1; from < to; from = to, to = groups.length) {
    for (let index = from; index < to; index++) for (const node of groups[index].nodes) shown.add(node);
    for (let index = from; index < to; index++) {
      const group = groups[index];
      group.seen ||= group.nodes.length > 0 && group.nodes.every((node) => followed.has(node));
      if (group.isRoot || group.seen) continue;
      for (const node of group.nodes) followed.add(node);
      const found = groupNeighbors(snapshot, walk, group, { shown, stops });
      const stop = group.steps === depth ? "depth" : group.share < minShare ? "share" : void 0;
      if (stop !== void 0) {
        if (found.length === 0) continue;
        group.left = { groups: found.length, edges: countEdges(found), reason: stop };
        limitsReached[stop] = stop === "depth" ? depth : minShare;
        continue;
      }
      const kept = found.slice(0, fan);
      if (kept.length < found.length) {
        group.left = { groups: found.length - fan, edges: countEdges(found.slice(fan)), reason: "fan" };
        limitsReached.fan = fan;
      }
      for (const { nodes, joints, seen, isRoot, reached, weights, reachedWeight } of kept) {
        const share = Math.min(1, reachedWeight / target.nodes.length);
        const steps = group.steps + Number(snapshot.nodeKind[nodes[0]] !== NodeKind.array);
        const level = group.level + 1;
        groups.push({
          level,
          steps,
          parent: index,
          nodes,
          joints,
          reached,
          isRoot,
          seen,
          weights,
          share,
          left: void 0
        });
      }
    }
  }
  return { snapshot, question, target, depth, fan, minShare, groups, limitsReached };
}
function inward(snapshot) {
  const { first, edge: edges, source: source2 } = snapshot.retainers;
  const retaining = retainingEdges(snapshot);
  return (node, visit) => {
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      if (retaining.has(edges[slot])) visit(source2[slot], edges[slot]);
    }
  };
}
function outward(snapshot) {
  const { firstEdge, edgeTarget } = snapshot;
  const retaining = retainingEdges(snapshot);
  return (node, visit) => {
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (retaining.has(edge)) visit(edgeTarget[edge], edge);
    }
  };
}
var countEdges = (found) => found.reduce((sum, { edges }) => sum + edges, 0);
var Bundle = class {
  typeKey;
  seen;
  isRoot;
  edge = new GrowableUint32();
  neighbor = new GrowableUint32();
  /** The object asked about, as a place in the list of them: ascending. */
  member = new GrowableUint32();
  constructor(typeKey, seen, isRoot) {
    this.typeKey = typeKey;
    this.seen = seen;
    this.isRoot = isRoot;
  }
};
function groupNeighbors(snapshot, walk, { nodes, weights }, { shown, stops }) {
  const { edgeKind, nodeId } = snapshot;
  const typeKeyOf = typeKeys(snapshot);
  const bundles = /* @__PURE__ */ new Map();
  for (let member = 0; member < nodes.length; member++) {
    walk(nodes[member], (neighbor, edge) => {
      const seen = shown.has(neighbor);
      const isRoot = stops.has(neighbor);
      const key = (typeKeyOf(neighbor) * 256 + edgeKind[edge]) * 4 + 2 * Number(seen) + Number(isRoot);
      let bundle = bundles.get(key);
      if (bundle === void 0) {
        bundle = new Bundle(typeKeyOf(neighbor), seen, isRoot);
        bundles.set(key, bundle);
      }
      bundle.edge.push(edge);
      bundle.neighbor.push(neighbor);
      bundle.member.push(member);
    });
  }
  const foundOfType = /* @__PURE__ */ new Map();
  for (const bundle of bundles.values()) {
    const found = foundOfType.get(bundle.typeKey) ?? [];
    foundOfType.set(bundle.typeKey, found);
    const names = distinctNames(snapshot, bundle.edge.view());
    if (names.length > MAX_NAMES) addJoint(snapshot, found, bundle, nodes.length, names, () => true);
    else
      for (const name of names)
        addJoint(snapshot, found, bundle, nodes.length, [name], (edge) => snapshot.edgeName[edge] === name);
  }
  return [...foundOfType.values()].flat().map((found) => counted(snapshot, found, weights)).sort(
    (a, b) => Number(a.seen) - Number(b.seen) || b.reached - a.reached || b.edges - a.edges || nodeId[a.nodes[0]] - nodeId[b.nodes[0]] || a.joints[0].exampleEdge - b.joints[0].exampleEdge
  );
}
function typeKeys({ types: types2, nodeKind, nodeName }) {
  return (node) => {
    const byName = nodeKind[node] === NodeKind.synthetic || nodeKind[node] === NodeKind.array;
    return byName ? types2.names.length + nodeName[node] : types2.ofNode[node];
  };
}
var scratchWeights = oncePer(({ nodeCount }) => new Float32Array(nodeCount));
function distinctNames({ edgeName }, edges) {
  const names = Float64Array.from(edges, (edge) => edgeName[edge]).sort();
  return Array.from(names.filter((name, i) => i === 0 || name !== names[i - 1]));
}
function addJoint(snapshot, found, bundle, count2, names, isMeant) {
  const all = bundle.edge.view();
  const neighbors2 = bundle.neighbor.view();
  const members = bundle.member.view();
  const meant = all.map((_, i) => i).filter((i) => isMeant(all[i]));
  const pairs = distinct(Float64Array.from(meant, (i) => neighbors2[i] * count2 + members[i]));
  const nodes = sortById(snapshot, distinct(Uint32Array.from(meant, (i) => neighbors2[i])));
  const exampleEdge = all[meant[0]];
  const edges = meant.length;
  const edgeKind = snapshot.edgeKind[exampleEdge];
  const joint = { edgeKind, names: names.slice(0, MAX_NAMES), nameCount: names.length, edges, exampleEdge };
  const { typeKey, seen, isRoot } = bundle;
  const twin = found.find((other) => other.seen === seen && areEqual(other.nodes, nodes));
  if (twin === void 0) found.push({ typeKey, nodes, joints: [joint], pairs, edges, seen, isRoot });
  else {
    twin.joints.push(joint);
    twin.joints.sort((a, b) => b.edges - a.edges || a.exampleEdge - b.exampleEdge);
    twin.edges += edges;
    const both = new Float64Array(twin.pairs.length + pairs.length);
    both.set(twin.pairs);
    both.set(pairs, twin.pairs.length);
    twin.pairs = distinct(both);
  }
}
function counted(snapshot, found, memberWeights) {
  const count2 = memberWeights.length;
  const weightOf = scratchWeights(snapshot);
  const met = new BitSet(count2);
  let reached = 0;
  let reachedWeight = 0;
  for (const pair of found.pairs) {
    const member = pair % count2;
    weightOf[(pair - member) / count2] += memberWeights[member];
    if (met.has(member)) continue;
    met.add(member);
    reached++;
    reachedWeight += memberWeights[member];
  }
  const weights = Float32Array.from(found.nodes, (node) => weightOf[node]);
  for (const node of found.nodes) weightOf[node] = 0;
  return { ...found, reached, reachedWeight, weights };
}
function distinct(values) {
  const sorted = values.slice().sort();
  return sorted.filter((value, i) => i === 0 || value !== sorted[i - 1]);
}
function areEqual(a, b) {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}

// src/analyze/objects.ts
function list(snapshot, selection, options = {}) {
  const { sort = "retained", limit = 30, sizes = "devtools" } = options;
  const size = selfSizes(snapshot, sizes);
  const nodes = selection.nodes.slice();
  if (sort === "self") nodes.sort((a, b) => size[b] - size[a]);
  if (sort === "retained") {
    const retained = retainedSizes(snapshot, sizes);
    nodes.sort((a, b) => retained[b] - retained[a]);
  }
  if (sort === "distance") {
    const distance = distances(snapshot);
    nodes.sort((a, b) => (distance[a] >>> 0) - (distance[b] >>> 0));
  }
  return {
    snapshot,
    selection,
    sizes,
    nodes: nodes.subarray(0, limit),
    total: { count: nodes.length, selfBytes: nodes.reduce((sum, node) => sum + size[node], 0) },
    limitsReached: nodes.length > limit ? { rows: limit } : {}
  };
}
function show(snapshot, node, { limit = 30, sizes = "devtools" } = {}) {
  const { firstEdge, retainers } = snapshot;
  const total = { out: firstEdge[node + 1] - firstEdge[node], in: retainers.first[node + 1] - retainers.first[node] };
  return {
    snapshot,
    node,
    distance: distances(snapshot)[node],
    sizes,
    selfBytes: selfSizes(snapshot, sizes)[node],
    retainedBytes: retainedSizes(snapshot, sizes)[node],
    retainedCount: countDominated(snapshot, node),
    dominator: dominatorTree(snapshot).dominator[node],
    reachable: reachableFrom(snapshot, node, sizes),
    out: Uint32Array.from({ length: Math.min(limit, total.out) }, (_, i) => firstEdge[node] + i),
    in: retainers.edge.slice(retainers.first[node], retainers.first[node] + Math.min(limit, total.in)),
    total,
    limitsReached: Math.max(total.in, total.out) > limit ? { edges: limit } : {}
  };
}
function reachableFrom(snapshot, node, sizes) {
  const { firstEdge, edgeTarget, nodeCount } = snapshot;
  const retaining = retainingEdges(snapshot);
  const size = selfSizes(snapshot, sizes);
  const reached = new BitSet(nodeCount);
  const waiting = new GrowableUint32();
  reached.add(node);
  waiting.push(node);
  let count2 = 0;
  let selfBytes = 0;
  for (let next = waiting.pop(); next !== void 0; next = waiting.pop()) {
    count2++;
    selfBytes += size[next];
    for (let edge = firstEdge[next]; edge < firstEdge[next + 1]; edge++) {
      const target = edgeTarget[edge];
      if (reached.has(target) || !retaining.has(edge)) continue;
      reached.add(target);
      waiting.push(target);
    }
  }
  return { count: count2, selfBytes };
}
function countDominated(snapshot, node) {
  const { first, children } = dominatedNodes(snapshot);
  const waiting = new GrowableUint32();
  waiting.push(node);
  let count2 = 0;
  for (let next = waiting.pop(); next !== void 0; next = waiting.pop()) {
    count2++;
    for (let i = first[next]; i < first[next + 1]; i++) waiting.push(children[i]);
  }
  return count2;
}

// src/analyze/path.ts
var DEFAULT_COUNT = 1;
var DEFAULT_MAX_STEPS = 1e6;
function shortestPaths(snapshot, target, options = {}) {
  const { count: count2 = DEFAULT_COUNT, from, avoid = [], maxSteps = DEFAULT_MAX_STEPS } = options;
  const edges = withoutDeadEnds(snapshot, target, withoutAvoided(snapshot, target, from, avoid));
  const hops = from === void 0 ? hopsFromRoots(snapshot, edges) : hopsFrom(snapshot, from.nodes, edges);
  const starts = from === void 0 ? rootNodes(snapshot) : bitSetOf(snapshot.nodeCount, from.nodes);
  const search2 = new BackwardSearch(snapshot, edges, hops, starts, target.nodes);
  const paths = [];
  while (paths.length < count2) {
    const chain = search2.next(maxSteps);
    if (chain === void 0) break;
    paths.push(search2.path(chain));
  }
  const more = paths.length === count2 && search2.next(maxSteps) !== void 0;
  return {
    question: "path",
    snapshot,
    target,
    from,
    avoid,
    paths,
    reached: target.nodes.filter((node) => hops[node] !== UNREACHED).length,
    limitsReached: { ...search2.gaveUp ? { steps: maxSteps } : {}, ...more ? { count: count2 } : {} }
  };
}
function withoutAvoided(snapshot, target, from, avoid) {
  const retaining = retainingEdges(snapshot);
  if (avoid.length === 0) return retaining;
  const edges = copyOf(snapshot.edgeCount, retaining);
  const mayEnd = bitSetOf(snapshot.nodeCount, target.nodes);
  const mayBegin = bitSetOf(snapshot.nodeCount, from?.nodes ?? new Uint32Array(0));
  const avoidedType = new Uint8Array(snapshot.types.names.length);
  const avoidedIds = /* @__PURE__ */ new Set();
  const avoidedEdge = [];
  for (const pattern of avoid) {
    const id = /^@(\d+)$/.exec(pattern);
    if (id !== null) avoidedIds.add(Number(id[1]));
    else {
      const matches = textPattern(pattern);
      snapshot.types.names.forEach((name, type) => {
        if (matches(name)) avoidedType[type] = 1;
      });
      avoidedEdge.push(edgeNamePredicate(snapshot, pattern));
    }
  }
  const { edgeTarget, firstEdge, nodeCount, nodeId, types: types2 } = snapshot;
  const isAvoidedNode = (node) => avoidedType[types2.ofNode[node]] === 1 || avoidedIds.has(nodeId[node]);
  for (let node = 0; node < nodeCount; node++) {
    const mayPass = mayBegin.has(node) || !isAvoidedNode(node);
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (!edges.has(edge)) continue;
      const held = edgeTarget[edge];
      const mayEnter = mayEnd.has(held) || !isAvoidedNode(held);
      if (!mayPass || !mayEnter || avoidedEdge.some((isAvoided) => isAvoided(edge))) edges.delete(edge);
    }
  }
  return edges;
}
function withoutDeadEnds({ firstEdge, edgeCount }, { nodes }, edges) {
  if (nodes.length !== 1) return edges;
  const rest = copyOf(edgeCount, edges);
  for (let edge = firstEdge[nodes[0]]; edge < firstEdge[nodes[0] + 1]; edge++) rest.delete(edge);
  return rest;
}
function copyOf(size, set) {
  const copy2 = new BitSet(size);
  copy2.words.set(set.words);
  return copy2;
}
function bitSetOf(size, members) {
  const set = new BitSet(size);
  for (const member of members) set.add(member);
  return set;
}
var VISITS_PER_STEP = 16;
var BackwardSearch = class {
  steps = 0;
  gaveUp = false;
  #snapshot;
  #edges;
  #hops;
  #starts;
  #queue = new ChainQueue();
  #chainAtHand;
  #candidatesOf = /* @__PURE__ */ new Map();
  /** The search for a rest that visited a node last, and how far from the chain. */
  #visitedBy;
  #depth;
  #rests = 0;
  constructor(snapshot, edges, hops, starts, targets) {
    this.#snapshot = snapshot;
    this.#edges = edges;
    this.#hops = hops;
    this.#starts = starts;
    this.#chainAtHand = new ChainAtHand(snapshot.nodeCount);
    this.#visitedBy = new Uint32Array(snapshot.nodeCount);
    this.#depth = new Uint32Array(snapshot.nodeCount);
    const nodes = targets.filter((node) => hops[node] !== UNREACHED);
    const none = new Uint32Array(nodes.length);
    const candidates = this.#sorted({ nodes, edges: none, parallel: none });
    this.#offer(void 0, candidates, 0);
  }
  /** The next complete chain; undefined when there are no more, or after `maxSteps`. */
  next(maxSteps) {
    for (; ; ) {
      const chain = this.#queue.pop();
      if (chain === void 0) return void 0;
      this.gaveUp = this.steps++ >= maxSteps;
      if (this.gaveUp) return void 0;
      if (!chain.isCertain) {
        const isStillFirst = this.#makeCertain(chain);
        this.#offer(chain.towardsTarget, chain.candidates, chain.place + 1);
        if (!isStillFirst) continue;
      }
      if (this.#starts.has(chain.node)) return chain;
      this.#offer(chain, this.#retainersOf(chain.node), 0);
    }
  }
  /** Finds out how long the chain gets at the least, and queues it anew if that is longer than believed. */
  #makeCertain(chain) {
    chain.isCertain = true;
    const before = chain.towardsTarget;
    if (before === void 0 || this.#hops[chain.node] <= before.nearest) return true;
    const rest = this.#restOf(chain);
    if (rest === UNREACHED) return false;
    if (rest === this.#hops[chain.node]) return true;
    this.#queue.push(chain, chain.length + rest);
    return false;
  }
  /** Hops of `chain.node` when the other nodes of the chain are not passed; UNREACHED marks what was visited as dead. */
  #restOf(chain) {
    const { first, edge: edges, source: sources } = this.#snapshot.retainers;
    const hops = this.#hops;
    const search2 = ++this.#rests;
    const before = chain.towardsTarget;
    this.#chainAtHand.become(chain);
    const queue = new GrowableUint32();
    queue.push(chain.node);
    this.#visitedBy[chain.node] = search2;
    this.#depth[chain.node] = 0;
    let best = UNREACHED;
    for (let next = 0; next < queue.length; next++) {
      const node = queue.get(next);
      const depth = this.#depth[node];
      if (depth + hops[node] >= best) continue;
      if (this.#starts.has(node)) {
        best = depth + hops[node];
        continue;
      }
      for (let slot = first[node]; slot < first[node + 1]; slot++) {
        const source2 = sources[slot];
        if (this.#visitedBy[source2] === search2 || hops[source2] === UNREACHED) continue;
        if (!this.#edges.has(edges[slot]) || this.#chainAtHand.has(source2) || before?.dead?.has(source2)) continue;
        this.#visitedBy[source2] = search2;
        this.#depth[source2] = depth + 1;
        queue.push(source2);
      }
    }
    this.steps += Math.floor(queue.length / VISITS_PER_STEP);
    if (best === UNREACHED && before !== void 0) {
      before.dead ??= /* @__PURE__ */ new Set();
      for (const node of queue.view()) before.dead.add(node);
    }
    return best;
  }
  path(chain) {
    const path = { nodes: [], edges: [], parallel: [] };
    for (let link = chain; link !== void 0; link = link.towardsTarget) {
      path.nodes.push(link.node);
      if (link.towardsTarget === void 0) continue;
      path.edges.push(link.edge);
      path.parallel.push(link.parallel);
    }
    return path;
  }
  /** Queues `chain` with the first of `candidates` from `place` on that can go before it. */
  #offer(chain, candidates, from) {
    const { nodes, edges, parallel } = candidates;
    let place = from;
    if (place === nodes.length) return;
    this.#chainAtHand.become(chain);
    while (place < nodes.length && (this.#chainAtHand.has(nodes[place]) || chain?.dead?.has(nodes[place]))) place++;
    if (place === nodes.length) return;
    const node = nodes[place];
    const hops = this.#hops[node];
    const length = chain === void 0 ? 0 : chain.length + 1;
    const nearest = chain === void 0 ? hops : Math.min(hops, chain.nearest);
    const longer = {
      node,
      edge: edges[place],
      parallel: parallel[place],
      towardsTarget: chain,
      length,
      nearest,
      candidates,
      place,
      isCertain: false,
      dead: void 0
    };
    this.#queue.push(longer, length + hops);
  }
  /** Each retainer once, with the best named of its edges. */
  #retainersOf(node) {
    const known = this.#candidatesOf.get(node);
    if (known !== void 0) return known;
    const { first, edge: edges, source: sources } = this.#snapshot.retainers;
    const found = { nodes: [], edges: [], parallel: [] };
    for (let slot = first[node]; slot < first[node + 1]; slot++) {
      const edge = edges[slot];
      const source2 = sources[slot];
      if (!this.#edges.has(edge) || this.#hops[source2] === UNREACHED) continue;
      const last = found.nodes.length - 1;
      if (last >= 0 && found.nodes[last] === source2) {
        found.parallel[last]++;
        if (this.#isBetterNamed(edge, found.edges[last])) found.edges[last] = edge;
      } else {
        found.nodes.push(source2);
        found.edges.push(edge);
        found.parallel.push(1);
      }
    }
    const candidates = this.#sorted({
      nodes: Uint32Array.from(found.nodes),
      edges: Uint32Array.from(found.edges),
      parallel: Uint32Array.from(found.parallel)
    });
    this.#candidatesOf.set(node, candidates);
    return candidates;
  }
  #isBetterNamed(a, b) {
    const { edgeKind } = this.#snapshot;
    return NAME_RANK[edgeKind[a]] < NAME_RANK[edgeKind[b]];
  }
  #sorted({ nodes, edges, parallel }) {
    const { nodeId } = this.#snapshot;
    const hops = this.#hops;
    const order2 = Uint32Array.from(nodes, (_, place) => place).sort(
      (a, b) => hops[nodes[a]] - hops[nodes[b]] || nodeId[nodes[a]] - nodeId[nodes[b]] || a - b
    );
    return {
      nodes: order2.map((place) => nodes[place]),
      edges: order2.map((place) => edges[place]),
      parallel: order2.map((place) => parallel[place])
    };
  }
};
var NAME_RANK = Uint8Array.from({ length: 256 }, (_, kind) => [1, 2, 0, 3, 4, 5, 6][kind] ?? 7);
var ChainAtHand = class {
  #marks;
  #chain;
  constructor(nodeCount) {
    this.#marks = new BitSet(nodeCount);
  }
  has(node) {
    return this.#marks.has(node);
  }
  become(chain) {
    const added = [];
    let mine = this.#chain;
    let other = chain;
    while (mine !== other) {
      if (mine !== void 0 && (other === void 0 || mine.length >= other.length)) {
        this.#marks.delete(mine.node);
        mine = mine.towardsTarget;
      } else if (other !== void 0) {
        added.push(other.node);
        other = other.towardsTarget;
      }
    }
    for (const node of added) this.#marks.add(node);
    this.#chain = chain;
  }
};
var ChainQueue = class {
  #entries = [];
  #age = 0;
  push(chain, least) {
    const entries = this.#entries;
    entries.push({ chain, least, age: this.#age++ });
    let at = entries.length - 1;
    while (at > 0) {
      const parent = at - 1 >> 1;
      if (!this.#before(at, parent)) break;
      this.#swap(at, parent);
      at = parent;
    }
  }
  pop() {
    const entries = this.#entries;
    if (entries.length === 0) return void 0;
    this.#swap(0, entries.length - 1);
    const { chain } = entries.pop();
    let at = 0;
    for (; ; ) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2])
        if (child < entries.length && this.#before(child, least)) least = child;
      if (least === at) return chain;
      this.#swap(at, least);
      at = least;
    }
  }
  #before(a, b) {
    const x = this.#entries[a];
    const y = this.#entries[b];
    if (x.least !== y.least) return x.least < y.least;
    if (x.chain.length !== y.chain.length) return x.chain.length > y.chain.length;
    return x.age < y.age;
  }
  #swap(a, b) {
    const entry = this.#entries[a];
    this.#entries[a] = this.#entries[b];
    this.#entries[b] = entry;
  }
};

// src/snapshot/places.ts
function placeOfRow(snapshot, row) {
  const { scriptId, line } = snapshot.locations;
  const script = row < 0 ? void 0 : scriptNames(snapshot).get(scriptId[row]);
  return script === void 0 ? void 0 : { script, line: line[row] + 1 };
}
function locationRow({ locations }, node) {
  const nodes = locations.node;
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = low + high >>> 1;
    if (nodes[middle] <= node) low = middle + 1;
    else high = middle;
  }
  return low > 0 && nodes[low - 1] === node ? low - 1 : -1;
}
var scriptNames = oncePer((snapshot) => {
  const find = () => ({ names: bytesOf([...findScriptNames(snapshot)]) });
  return new Map(parsedBytes(snapshot.saved.group("scripts", ["names"], find).names));
});
function findScriptNames(snapshot) {
  const { locations, nodeKind, nodeName, strings } = snapshot;
  const names = /* @__PURE__ */ new Map();
  const target = internalTarget(snapshot);
  for (let row = 0; row < locations.node.length; row++) {
    const scriptId = locations.scriptId[row];
    const closure = locations.node[row];
    if (names.has(scriptId) || nodeKind[closure] !== NodeKind.closure) continue;
    const shared = target(closure, "shared");
    const script = shared < 0 ? -1 : firstOf(target(shared, "script"), target(shared, "script_or_debug_info"));
    const name = script < 0 ? -1 : target(script, "name");
    if (name >= 0 && nodeKind[name] === NodeKind.string) names.set(scriptId, readablePath(strings.get(nodeName[name])));
  }
  return names;
}
function firstOf(a, b) {
  return a >= 0 ? a : b;
}
function internalTarget({
  edgeKind,
  edgeName,
  edgeTarget,
  firstEdge,
  strings
}) {
  const indexes = /* @__PURE__ */ new Map();
  return (node, name) => {
    let wanted = indexes.get(name);
    if (wanted === void 0) {
      wanted = strings.indexesOf(name);
      indexes.set(name, wanted);
    }
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.internal && wanted.includes(edgeName[edge])) return edgeTarget[edge];
    }
    return -1;
  };
}
function readablePath(script) {
  return script.replace(/^file:\/\//, "");
}

// src/analyze/prepare.ts
function prepare(snapshot) {
  void [snapshot.retainers.first, snapshot.types, snapshot.ephemerons, snapshot.detachedness];
  if (snapshot.locations.node.length > 0) placeOfRow(snapshot, 0);
  distances(snapshot);
  retainingEdges(snapshot);
  void [dominatorTree(snapshot).dominator, dominatedNodes(snapshot).first];
  for (const model of ["devtools", "raw"]) {
    selfSizes(snapshot, model);
    retainedSizes(snapshot, model);
  }
}

// src/snapshot/shapes.ts
var MAX_TEXT = 120;
var MIN_COUNT = 2;
var MIN_SHARE = 1e3;
function inferShapes(columns, strings, objects) {
  const lists = new PropertyLists();
  const listOf = propertyLists(columns, strings, objects, lists);
  const shapes = frequentShapes(strings, lists, objects.length);
  const shapeOfList = matchShapes(strings, lists, shapes);
  return (index) => shapeOfList[listOf[index]]?.text;
}
var PropertyLists = class {
  /** How many objects have each list. */
  counts = [];
  #names = new GrowableUint32(1024);
  #ends = [];
  #byHash = /* @__PURE__ */ new Map();
  get length() {
    return this.counts.length;
  }
  get(list2) {
    return this.#names.view().subarray(this.#start(list2), this.#ends[list2]);
  }
  /** The number of the list equal to the first `length` of `names`. */
  add(names, length) {
    let hash = length;
    for (let i = 0; i < length; i++) hash = Math.imul(hash, 31) + names[i] | 0;
    let candidates = this.#byHash.get(hash);
    if (candidates === void 0) {
      candidates = [];
      this.#byHash.set(hash, candidates);
    }
    let list2 = candidates.find((candidate) => this.#equals(candidate, names, length));
    if (list2 === void 0) {
      list2 = this.counts.push(0) - 1;
      for (let i = 0; i < length; i++) this.#names.push(names[i]);
      this.#ends.push(this.#names.length);
      candidates.push(list2);
    }
    this.counts[list2]++;
    return list2;
  }
  #start(list2) {
    return list2 === 0 ? 0 : this.#ends[list2 - 1];
  }
  #equals(list2, names, length) {
    const start = this.#start(list2);
    if (this.#ends[list2] - start !== length) return false;
    for (let i = 0; i < length; i++) if (this.#names.get(start + i) !== names[i]) return false;
    return true;
  }
};
function propertyLists(columns, strings, objects, lists) {
  const { firstEdge, edgeKind, edgeName } = columns;
  const proto = strings.indexesOf("__proto__");
  let names = new Uint32Array(64);
  return objects.map((object) => {
    let length = 0;
    if (firstEdge[object + 1] - firstEdge[object] > names.length) {
      names = new Uint32Array(2 * (firstEdge[object + 1] - firstEdge[object]));
    }
    for (let edge = firstEdge[object]; edge < firstEdge[object + 1]; edge++) {
      if (edgeKind[edge] === EdgeKind.property && !proto.includes(edgeName[edge])) names[length++] = edgeName[edge];
    }
    return lists.add(names, length);
  });
}
function frequentShapes(strings, lists, objectCount) {
  const byText = /* @__PURE__ */ new Map();
  for (let list2 = 0; list2 < lists.length; list2++) {
    const indexes = lists.get(list2);
    if (indexes.length === 0) continue;
    const shape2 = shapeOf(strings, indexes);
    const known = byText.get(shape2.text);
    if (known === void 0) byText.set(shape2.text, { ...shape2, count: lists.counts[list2] });
    else known.count += lists.counts[list2];
  }
  const enough = Math.max(MIN_COUNT, objectCount / MIN_SHARE);
  return [...byText.values()].filter(({ count: count2 }) => count2 >= enough).sort((a, b) => b.count - a.count);
}
function shapeOf(strings, indexes) {
  let text2 = "{";
  const names = [];
  for (const index of indexes) {
    const name = strings.get(index);
    const written = propertyText(name);
    const isFirst = text2.length === 1;
    if (!isFirst && text2.length + written.length > MAX_TEXT) break;
    text2 += isFirst ? written : `, ${written}`;
    names.push(name);
  }
  return { text: `${text2}}`, names };
}
function propertyText(name) {
  return /[,'"{}]/.test(name) ? JSON.stringify(name) : name;
}
function matchShapes(strings, lists, shapes) {
  const byLead = groupByLead(shapes.map((shape2, rank) => ({ shape: shape2, rank, counts: countNames(shape2.names) })));
  const nameOf = namesInUse(strings, shapes);
  return Array.from({ length: lists.length }, (_, list2) => {
    const has = countNames(Array.from(lists.get(list2), nameOf));
    let best;
    for (const name of has.keys()) {
      for (const wanted of byLead.get(name) ?? []) {
        if (best !== void 0 && !isBetter(wanted, best)) continue;
        if ([...wanted.counts].every(([name2, count2]) => (has.get(name2) ?? 0) >= count2)) best = wanted;
      }
    }
    return best?.shape;
  });
}
function countNames(names) {
  const counts = /* @__PURE__ */ new Map();
  for (const name of names) if (name !== void 0) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
function namesInUse(strings, shapes) {
  const inUse = new Set(shapes.flatMap(({ names }) => names));
  const known = /* @__PURE__ */ new Map();
  return (index) => {
    let name = known.get(index);
    if (name === void 0 && !known.has(index)) {
      const text2 = strings.get(index);
      name = inUse.has(text2) ? text2 : void 0;
      known.set(index, name);
    }
    return name;
  };
}
function isBetter(a, b) {
  const more = a.shape.names.length - b.shape.names.length;
  return more > 0 || more === 0 && a.rank < b.rank;
}
function groupByLead(shapes) {
  const users = countNames(shapes.flatMap(({ counts }) => [...counts.keys()]));
  const byLead = /* @__PURE__ */ new Map();
  for (const wanted of shapes) {
    const lead = wanted.shape.names.reduce((rarest, name) => users.get(name) < users.get(rarest) ? name : rarest);
    const group = byLead.get(lead);
    if (group === void 0) byLead.set(lead, [wanted]);
    else group.push(wanted);
  }
  return byLead;
}

// src/analyze/groupings.ts
function groupNodes(snapshot, by) {
  if (by === "kind") return byKind(snapshot);
  if (by === "shape") return byShape(snapshot);
  return by === "script" ? byScript(snapshot) : snapshot.types;
}
function byKind({ header, nodeKind }) {
  const names = header.schema.nodeKinds;
  return { names, locations: names.map(() => -1), ofNode: Uint32Array.from(nodeKind) };
}
var Names = class {
  list = [];
  #numbers = /* @__PURE__ */ new Map();
  number(name) {
    let number = this.#numbers.get(name);
    if (number === void 0) {
      number = this.list.push(name) - 1;
      this.#numbers.set(name, number);
    }
    return number;
  }
};
function byShape(snapshot) {
  const { types: types2, nodeKind, nodeCount } = snapshot;
  const objects = new GrowableUint32();
  for (let node = 0; node < nodeCount; node++) if (nodeKind[node] === NodeKind.object) objects.push(node);
  const shape2 = inferShapes(snapshot, snapshot.strings, objects.view());
  const names = new Names();
  const ofNode = types2.ofNode.map((type) => names.number(types2.names[type]));
  for (let index = 0; index < objects.length; index++) {
    const node = objects.get(index);
    const type = types2.names[types2.ofNode[node]];
    const text2 = shape2(index);
    if (text2 !== void 0) ofNode[node] = names.number(type.startsWith("{") ? text2 : `${type} ${text2}`);
  }
  return { names: names.list, locations: names.list.map(() => -1), ofNode };
}
var NO_SCRIPT = "(no script)";
function byScript(snapshot) {
  const names = new Names();
  names.number(NO_SCRIPT);
  const ofNode = new Uint32Array(snapshot.nodeCount);
  for (const node of snapshot.locations.node) {
    const place = placeOfRow(snapshot, locationRow(snapshot, node));
    if (place !== void 0) ofNode[node] = names.number(place.script);
  }
  return { names: names.list, locations: names.list.map(() => -1), ofNode };
}

// src/analyze/types.ts
function types(snapshot, options = {}) {
  const {
    by = "type",
    retained = true,
    sort = retained ? "retained" : "self",
    filter,
    limit = 30,
    sizes = "devtools"
  } = options;
  const isMeant = filter === void 0 ? () => true : textPattern(filter);
  const grouping = groupNodes(snapshot, by);
  const { all, heapBytes, emptyCount } = addUp(snapshot, grouping, sizes, retained);
  const rows = all.filter(({ type, count: count2 }) => count2 > 0 && isMeant(type)).sort(order(sort));
  const total = {
    types: rows.length,
    count: rows.reduce((sum, { count: count2 }) => sum + count2, 0),
    selfBytes: rows.reduce((sum, { selfBytes }) => sum + selfBytes, 0)
  };
  const limitsReached = rows.length > limit ? { rows: limit } : {};
  return { snapshot, by, sizes, rows: rows.slice(0, limit), total, heapBytes, emptyCount, limitsReached };
}
function addUp(snapshot, { names, locations, ofNode }, sizes, retained) {
  const { nodeCount, nodeId } = snapshot;
  const selfBytes = selfSizes(snapshot, sizes);
  const distance = distances(snapshot);
  const retainedBytes = retained ? retainedOfGroups(snapshot, ofNode, names.length, sizes) : void 0;
  const all = names.map(
    (type, group) => ({
      type,
      location: locations[group],
      count: 0,
      selfBytes: 0,
      retainedBytes: retainedBytes?.[group],
      distance: Number.POSITIVE_INFINITY,
      example: -1
    })
  );
  let heapBytes = 0;
  let emptyCount = 0;
  for (let node = 0; node < nodeCount; node++) {
    if (selfBytes[node] === 0) {
      emptyCount++;
      continue;
    }
    const row = all[ofNode[node]];
    row.count++;
    row.selfBytes += selfBytes[node];
    heapBytes += selfBytes[node];
    if (distance[node] < row.distance) row.distance = distance[node];
    if (row.example < 0 || nodeId[node] < nodeId[row.example]) row.example = node;
  }
  return { all, heapBytes, emptyCount };
}
function retainedOfGroups(snapshot, ofNode, groupCount, sizes) {
  const { root } = snapshot;
  const { dominator } = dominatorTree(snapshot);
  const { first, children } = dominatedNodes(snapshot);
  const selfBytes = selfSizes(snapshot, sizes);
  const retained = retainedSizes(snapshot, sizes);
  const sums = new Float64Array(groupCount);
  const open2 = new Uint32Array(groupCount);
  const next = first.slice();
  const enter = (node) => {
    if (selfBytes[node] === 0) return;
    if (open2[ofNode[node]]++ === 0) sums[ofNode[node]] += retained[node];
  };
  enter(root);
  for (let node = root; ; ) {
    if (next[node] < first[node + 1]) {
      node = children[next[node]++];
      enter(node);
      continue;
    }
    if (selfBytes[node] !== 0) open2[ofNode[node]]--;
    if (node === root) return sums;
    node = dominator[node];
  }
}
function order(sort) {
  const byName = (a, b) => (a.type < b.type ? -1 : Number(a.type > b.type)) || a.location - b.location;
  const bySelf = (a, b) => b.selfBytes - a.selfBytes;
  const byCount = (a, b) => b.count - a.count;
  if (sort === "name") return byName;
  if (sort === "count") return (a, b) => byCount(a, b) || bySelf(a, b) || byName(a, b);
  if (sort === "self") return (a, b) => bySelf(a, b) || byCount(a, b) || byName(a, b);
  return (a, b) => (b.retainedBytes ?? 0) - (a.retainedBytes ?? 0) || bySelf(a, b) || byName(a, b);
}

// src/emit/width.ts
var plainAscii = /^[\x20-\x7e]*$/;
var wide = new RegExp("\\p{Emoji_Presentation}|[\\u1100-\\u115f\\u2329\\u232a\\u2e80-\\u303e\\u3041-\\u3247\\u3250-\\ua4cf\\ua960-\\ua97c\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6b\\uff01-\\uff60\\uffe0-\\uffe6\\u{16fe0}-\\u{18cff}\\u{1aff0}-\\u{1b2ff}\\u{1f200}-\\u{1f265}\\u{20000}-\\u{3fffd}]", "u");
var emojiSelector = "\uFE0F";
var marksOnly = /^[\p{Mn}\p{Me}\p{Variation_Selector}\u200c\u200d]+$/u;
var segmenter = new Intl.Segmenter("en", { granularity: "grapheme" });
var longestGrapheme = 32;
function graphemes(text2) {
  if (plainAscii.test(text2)) return text2.split("");
  const pieces = [];
  for (const { segment } of segmenter.segment(text2)) {
    if (segment.length <= longestGrapheme) pieces.push(segment);
    else pieces.push(...segment);
  }
  return pieces;
}
function textWidth(text2) {
  if (plainAscii.test(text2)) return text2.length;
  let width = 0;
  for (const piece of graphemes(text2)) width += graphemeWidth(piece);
  return width;
}
function graphemeWidth(piece) {
  if (marksOnly.test(piece)) return 0;
  return wide.test(piece) || piece.includes(emojiSelector) ? 2 : 1;
}

// src/emit/clean.ts
var unsafe = new RegExp("(?![\\u200c\\u200d]|\\p{Variation_Selector})[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}\\p{Noncharacter_Code_Point}\\p{Default_Ignorable_Code_Point}]", "gu");
var shortEscapes = { "\n": "\\n", "	": "\\t", "\r": "\\r" };
var ellipsis = "\u2026";
function forTerminal(text2, max = Number.POSITIVE_INFINITY) {
  return cutMiddle(piecesFor(text2, max).map(visible), max);
}
function forDot(text2, max = Number.POSITIVE_INFINITY) {
  return forTerminal(text2, max).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("&", "&amp;");
}
var xmlEntities = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
function forXml(text2, max = Number.POSITIVE_INFINITY) {
  return forTerminal(text2, max).replace(/[&<>"']/g, (character) => xmlEntities[character]);
}
function forJson(json) {
  return json.replace(unsafe, (character) => character === "\n" ? character : jsonEscape(character));
}
function visible(text2) {
  return text2.replace(unsafe, (character) => shortEscapes[character] ?? `\\u{${hex(character.codePointAt(0))}}`);
}
function jsonEscape(character) {
  return character.split("").map((unit) => `\\u${hex(unit.charCodeAt(0)).padStart(4, "0")}`).join("");
}
function hex(code) {
  return code.toString(16);
}
function piecesFor(text2, max) {
  const reach = Math.max(1, max) * longestGrapheme;
  if (text2.length <= 2 * reach) return graphemes(text2);
  return graphemes(text2.slice(0, reach)).concat(graphemes(text2.slice(-reach)));
}
function cost(piece) {
  return Math.max(1, textWidth(piece));
}
function cutMiddle(pieces, max) {
  const total = pieces.reduce((sum, piece) => sum + cost(piece), 0);
  if (total <= max) return pieces.join("");
  const head = takeWhileFits(pieces, Math.ceil((max - 1) / 2));
  const tail = takeWhileFits(pieces.toReversed(), Math.floor((max - 1) / 2)).reverse();
  return head.join("") + ellipsis + tail.join("");
}
function takeWhileFits(pieces, room) {
  let used = 0;
  let end = 0;
  while (end < pieces.length && used + cost(pieces[end]) <= room) used += cost(pieces[end++]);
  return pieces.slice(0, end);
}

// src/util/units.ts
var byteUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
function formatBytes(bytes2) {
  let value = Math.abs(bytes2);
  let unit = 0;
  while (value >= (unit === 0 ? 1e3 : 999.95) && unit < byteUnits.length - 1) {
    value /= 1e3;
    unit++;
  }
  const digits = unit === 0 ? String(value) : value.toFixed(1);
  return `${bytes2 < 0 ? "-" : ""}${digits} ${byteUnits[unit]}`;
}
function formatCount(count2) {
  return String(count2).replace(/\B(?=(\d{3})+$)/g, ",");
}
function formatPercent(part, whole) {
  if (part === 0 || whole === 0) return "0 %";
  const percent = 100 * part / whole;
  if (percent < 0.1) return "<0.1 %";
  if (percent < 9.95) return `${percent.toFixed(1)} %`;
  if (part < whole && percent > 99) return ">99 %";
  return `${Math.round(percent)} %`;
}
function plural(count2, one, many = `${one}s`) {
  return `${formatCount(count2)} ${count2 === 1 ? one : many}`;
}

// src/emit/export-text.ts
var BATCH_ROWS = 1 << 14;
var CHUNK_LENGTH = 1 << 18;
function* rowsToText(table, style) {
  const { before, after } = style;
  const writtenOf = writtenWords(table, style);
  let chunk = "";
  for (const { rowCount, cells } of table.batches(BATCH_ROWS)) {
    const written = cells.map(writtenOf);
    for (let row = 0; row < rowCount; row++) {
      for (let column = 0; column < cells.length; column++) {
        const value = cells[column].values[row];
        const texts = written[column];
        chunk += before[column];
        chunk += texts === void 0 ? value : texts(value);
      }
      chunk += after;
      if (chunk.length >= CHUNK_LENGTH) {
        yield chunk;
        chunk = "";
      }
    }
  }
  if (chunk !== "") yield chunk;
}
var HALF = new RegExp("\\p{Surrogate}", "gu");
function writtenWords({ heads }, { text: text2 }) {
  const known = heads.map(() => ({ words: void 0, written: [] }));
  return (cells, column) => {
    if (!("words" in cells)) return void 0;
    const { words: words2 } = cells;
    if (known[column].words !== words2) known[column] = { words: words2, written: [] };
    const { written } = known[column];
    return (word) => {
      written[word] ??= text2(words2[word].replace(HALF, "\uFFFD"));
      return written[word];
    };
  };
}

// src/emit/export-csv.ts
function* toCsv(table) {
  yield `${table.heads.map(({ name }) => name).join(",")}\r
`;
  const before = table.heads.map((_, index) => index === 0 ? "" : ",");
  yield* rowsToText(table, { before, after: "\r\n", text: (text2) => `"${text2.replaceAll('"', '""')}"` });
}

// src/emit/export-ndjson.ts
function toNdjson(table) {
  const before = table.heads.map(({ name }, index) => `${index === 0 ? "{" : ","}${JSON.stringify(name)}:`);
  return rowsToText(table, { before, after: "}\n", text: (text2) => forJson(JSON.stringify(text2)) });
}

// src/emit/export-parquet.ts
var ROW_GROUP = 122880;
var MAX_INT32 = 2147483647;
var PAST_INT64 = 2 ** 63;
async function toParquet(table) {
  return chunksOf(table, await import("hyparquet-writer"));
}
function* chunksOf(table, { ByteWriter, ParquetWriter }) {
  const { heads } = table;
  const bytes2 = new ByteWriter();
  const encode = wordEncoder();
  const writer = new ParquetWriter({ writer: bytes2, schema: schemaOf(heads), createdBy: "heapgraph" });
  for (const { rowCount, cells } of table.batches(ROW_GROUP)) {
    writer.write({ columnData: cells.map((cell, index) => source(heads[index], cell, encode)), rowGroupSize: rowCount });
    yield taken(bytes2);
  }
  writer.finish();
  yield taken(bytes2);
}
function schemaOf(heads) {
  const columns = heads.map(({ name, form }) => {
    const column = { name, repetition_type: "REQUIRED" };
    if (form === "int32") return { ...column, type: "INT32" };
    if (form === "int64") return { ...column, type: "INT64" };
    return { ...column, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } };
  });
  return [{ name: "schema", num_children: columns.length }, ...columns];
}
function source(head, cells, encode) {
  const { name } = head;
  const column = { name, offsetIndex: false };
  if ("words" in cells) {
    const encoded = encode(head, cells);
    const data = Array.from(cells.values, (word) => encoded[word]);
    return cells.form === "word" ? { ...column, data, encoding: "RLE_DICTIONARY" } : { ...column, data };
  }
  const isSmall = cells.values.every((value) => value <= MAX_INT32);
  if (isSmall) return { ...column, data: cells.values, encoding: "DELTA_BINARY_PACKED" };
  return { ...column, data: Array.from(cells.values, (value) => int64(name, value)), encoding: "PLAIN" };
}
function wordEncoder() {
  const known = /* @__PURE__ */ new Map();
  return (head, { words: words2 }) => {
    const last = known.get(head);
    if (last?.words === words2) return last.encoded;
    const encoded = encodeAll(words2);
    known.set(head, { words: words2, encoded });
    return encoded;
  };
}
function encodeAll(words2) {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(3 * words2.reduce((sum, word) => sum + word.length, 0));
  let at = 0;
  return words2.map((word) => {
    const { written } = encoder.encodeInto(word, buffer.subarray(at));
    at += written;
    return buffer.subarray(at - written, at);
  });
}
function int64(name, value) {
  if (value < PAST_INT64) return BigInt(value);
  throw new HeapgraphError("TOO_LARGE", `${name} ${value} is more than Parquet's 64 bits hold`, "use another --format");
}
function taken(writer) {
  const bytes2 = writer.getBytes().slice();
  writer.index = 0;
  return bytes2;
}

// src/emit/wording.ts
var widestSnapshotName = 80;
var targetSign = "\u25CE";
var rootSign = "\u25A3";
function roleSign(role) {
  if (role === "target") return targetSign;
  return role === "root" ? rootSign : "";
}
function typeName(type) {
  return type === "" ? "(unnamed)" : type;
}
function times(count2) {
  return count2 === 1 ? "" : ` \xD7${formatCount(count2)}`;
}
function selfSize(bytes2) {
  return `self ${formatBytes(bytes2)}`;
}
function sizeText({ selfBytes, retainedBytes }, heapBytes) {
  const share = retainedBytes !== null && heapBytes !== null ? ` (${formatPercent(retainedBytes, heapBytes)})` : "";
  const retained = retainedBytes === null ? "" : `retained ${formatBytes(retainedBytes)}${share}`;
  return [retained, selfBytes > 0 ? selfSize(selfBytes) : ""].filter((text2) => text2 !== "").join(" \xB7 ");
}
function idText(node) {
  if (node.id === 0 || node.kind === "synthetic") return "";
  return node.count === 1 ? `@${node.id}` : `e.g. @${node.id}`;
}
function strengthText(strength) {
  if (strength === "ephemeron") return "needs key and table";
  return strength === "strong" ? "" : strength;
}
function moreText(node, references) {
  const size = node.selfBytes > 0 ? `, ${selfSize(node.selfBytes)}` : "";
  return `\u2026 ${node.type}${references > 0 ? `: ${plural(references, "reference")}` : ""}${size}`;
}
function snapshotText(snapshot) {
  return `${forTerminal(snapshot.name, widestSnapshotName)}: ${plural(snapshot.nodeCount, "node")}, ${plural(snapshot.edgeCount, "edge")}`;
}
function limitText(limit) {
  return `note: ${limit}`;
}

// src/emit/speedscope.ts
var widestName = 200;
function toSpeedscope({ name, rows }) {
  const total = rows[0]?.retainedBytes ?? 0;
  const profile = { type: "evented", name, unit: "bytes", startValue: 0, endValue: total, events: eventsOf(rows) };
  const file = {
    $schema: "https://www.speedscope.app/file-format-schema.json",
    exporter: "heapgraph",
    name,
    activeProfileIndex: 0,
    shared: { frames: rows.map(frameOf) },
    profiles: [profile]
  };
  return `${forJson(JSON.stringify(file))}
`;
}
function frameOf({ type, id, place, count: count2 }) {
  if (id === void 0) return { name: `(${plural(count2, "more object")})` };
  const at = /^(.*):(\d+)$/s.exec(place);
  const named = { name: forTerminal(`${typeName(type)} @${id}${place === "" ? "" : ` ${place}`}`, widestName) };
  if (at !== null) return { ...named, file: forTerminal(at[1], widestName), line: Number(at[2]) };
  return place === "" ? named : { ...named, file: forTerminal(place, widestName) };
}
function eventsOf(rows) {
  const children = childrenOf2(rows);
  const events = [];
  const open2 = [];
  const enter = (frame, at) => {
    events.push({ type: "O", frame, at });
    open2.push({ frame, at, opened: 0 });
  };
  if (rows.length > 0) enter(0, 0);
  for (let next = 0, top = open2.at(-1); top !== void 0; top = open2.at(-1)) {
    const child = children[top.frame][top.opened++];
    if (child !== void 0) enter(child, next);
    else {
      open2.pop();
      next = top.at + rows[top.frame].retainedBytes;
      events.push({ type: "C", frame: top.frame, at: next });
    }
  }
  return events;
}
function childrenOf2(rows) {
  const children = rows.map(() => []);
  for (const [index, { parent }] of rows.entries()) if (parent >= 0) children[parent].push(index);
  return children;
}

// src/emit/json.ts
function toJson(graph) {
  const { question, subject, direction, snapshot, count: count2, selfBytes, heapBytes, chains, cycles: cycles2, limits } = graph.getAttributes();
  const fields2 = {
    question,
    subject,
    direction,
    snapshot: { name: snapshot.name, nodeCount: snapshot.nodeCount, edgeCount: snapshot.edgeCount },
    count: count2,
    selfBytes,
    heapBytes,
    nodes: graph.mapNodes((key, node) => ({ key, ...nodeFields(node) })),
    edges: graph.mapEdges((key, edge, source2, target) => ({ key, source: source2, target, ...edgeFields(edge) })),
    chains: chains.map(chainFields),
    cycles: cycles2.map(cycleFields),
    limits
  };
  return tableToJson("result", fields2);
}
function tableToJson(name, fields2) {
  return `${forJson(JSON.stringify({ schema: `heapgraph/${name}/1`, ...fields2 }, void 0, 2))}
`;
}
function nodeFields(node) {
  const { role, type, kind, id, count: count2, selfBytes, retainedBytes, preview: preview2, place, level, notes: notes2 } = node;
  return { role, type, kind, id, count: count2, selfBytes, retainedBytes, preview: preview2, place, level, notes: notes2 };
}
function edgeFields({ label, kind, count: count2, strength }) {
  return { label, kind, count: count2, strength };
}
function chainFields({ nodes, edges }) {
  return { nodes, edges };
}
function cycleFields(cycle) {
  const { pattern, components, nodeCount, selfBytes, nodes, edges, heldBy } = cycle;
  return { pattern, components, nodeCount, selfBytes, nodes, edges, heldBy: heldBy ?? null };
}

// src/emit/paint.ts
function asIs(text2) {
  return text2;
}
var plainPaint = {
  type: asIs,
  edge: asIs,
  size: asIs,
  mark: asIs,
  dim: asIs,
  strong: asIs,
  warn: asIs
};

// src/emit/text-table.ts
var gap = "  ";
function textTable(columns, rows, paint = plainPaint) {
  const titles = columns.map((column) => forTerminal(column.title));
  const cells = rows.map((row) => columns.map((column, index) => forTerminal(row[index] ?? "", column.max)));
  const widths = columns.map(
    (_, index) => cells.reduce((widest, row) => Math.max(widest, textWidth(row[index])), textWidth(titles[index]))
  );
  const lines = [tableLine(columns, titles, widths, () => paint.strong)];
  for (const row of cells)
    lines.push(tableLine(columns, row, widths, (column) => column.style ? paint[column.style] : asIs));
  return `${lines.join("\n")}
`;
}
function tableLine(columns, cells, widths, paintOf) {
  const line = columns.map((column, index) => {
    const cell = cells[index];
    const space = " ".repeat(widths[index] - textWidth(cell));
    const painted2 = cell === "" ? "" : paintOf(column)(cell);
    if (column.align === "right") return space + painted2;
    return index === columns.length - 1 ? painted2 : painted2 + space;
  });
  return line.join(gap).trimEnd();
}

// src/emit/tables.ts
var WIDEST_NAME = 60;
var WIDEST_PLACE = 80;
function notes(limits, paint) {
  return limits.map((limit) => `${paint.warn(forTerminal(limitText(limit)))}
`).join("");
}
function typesText(view, paint = plainPaint) {
  const { rows, total, heapBytes, by } = view;
  const retained = rows.some(({ retainedBytes }) => retainedBytes !== null);
  const share = (bytes2) => formatPercent(bytes2, heapBytes);
  const columns = [
    { title: "count", align: "right", cell: (row) => formatCount(row.count) },
    { title: "self", align: "right", style: "size", cell: (row) => formatBytes(row.selfBytes) },
    { title: "", align: "right", style: "dim", cell: (row) => share(row.selfBytes) },
    {
      title: "retained",
      align: "right",
      style: "size",
      hidden: !retained,
      cell: (row) => formatBytes(row.retainedBytes ?? 0)
    },
    { title: "", align: "right", style: "dim", hidden: !retained, cell: (row) => share(row.retainedBytes ?? 0) },
    { title: by, style: "type", max: WIDEST_NAME, cell: (row) => row.type === "" ? "(unnamed)" : row.type },
    {
      title: "source",
      style: "dim",
      max: WIDEST_PLACE,
      hidden: rows.every(({ place }) => place === ""),
      cell: (row) => row.place
    }
  ];
  const shown = columns.filter(({ hidden }) => hidden !== true);
  const table = textTable(
    shown,
    rows.map((row) => shown.map(({ cell }) => cell(row))),
    paint
  );
  const summary = `${plural(total.types, by)}, ${plural(total.count, "object")}, self ${formatBytes(total.selfBytes)}`;
  return `${table}${paint.dim(summary)}
${notes(view.limits, paint)}`;
}
function typesJson(view) {
  return tableToJson("types", view);
}
var SYSTEM_DISTANCE2 = 1e8;
function distanceText(distance) {
  if (distance < 0) return "unreachable";
  return distance >= SYSTEM_DISTANCE2 ? `${formatCount(distance - SYSTEM_DISTANCE2)} (system)` : formatCount(distance);
}
function nameText({ type, preview: preview2 }) {
  return [type === "" ? "(unnamed)" : type, preview2].filter((text2) => text2 !== "").join("  ");
}
function listText(view, paint = plainPaint) {
  const { rows, total } = view;
  const table = textTable(
    [
      { title: "id", style: "dim" },
      { title: "retained", align: "right", style: "size" },
      { title: "self", align: "right", style: "size" },
      { title: "distance", align: "right" },
      { title: "object", style: "type", max: WIDEST_NAME },
      { title: "source", style: "dim", max: WIDEST_PLACE }
    ],
    rows.map((row) => [
      `@${row.id}`,
      formatBytes(row.retainedBytes),
      formatBytes(row.selfBytes),
      distanceText(row.distance),
      nameText(row),
      row.place
    ]),
    paint
  );
  const summary = `${plural(total.count, "object")}, self ${formatBytes(total.selfBytes)}`;
  return `${table}${paint.dim(summary)}
${notes(view.limits, paint)}`;
}
function listJson(view) {
  return tableToJson("list", view);
}
function showText(view, paint = plainPaint) {
  const { object, detachedness, total, dominator, heapBytes } = view;
  const facts = [
    ["kind", object.kind],
    ["self", formatBytes(object.selfBytes)],
    [
      "retained",
      `${formatBytes(object.retainedBytes)} (${formatPercent(object.retainedBytes, heapBytes)} of the heap)`
    ],
    ["not retained", notRetainedText(view)],
    ["dominated by", dominator === null ? "" : `${dominator.type} @${dominator.id}`],
    ["distance", distanceText(object.distance)],
    ["source", object.place],
    ["detachedness", detachedness === "unknown" ? "" : detachedness]
  ];
  const heading = `${paint.type(forTerminal(object.type === "" ? "(unnamed)" : object.type, WIDEST_NAME))} ${paint.dim(`@${object.id}`)}`;
  return [
    `${heading}${object.preview === "" ? "" : `  ${forTerminal(object.preview, WIDEST_PLACE)}`}
`,
    ...facts.filter(([, value]) => value !== "").map(([name, value]) => `  ${name}: ${forTerminal(value)}
`),
    `
${paint.strong(`held by ${plural(total.in, "edge")}`)}
`,
    edgesText(view.in, paint),
    `
${paint.strong(`holds by ${plural(total.out, "edge")}`)}
`,
    edgesText(view.out, paint),
    notes(view.limits, paint)
  ].join("");
}
function notRetainedText({ notRetained: { count: count2, selfBytes } }) {
  if (count2 === 0) return "";
  return `reaches another ${formatBytes(selfBytes)} in ${plural(count2, "object")} that something else holds too: dropping it would not free those`;
}
function edgesText(edges, paint) {
  if (edges.length === 0) return "  none\n";
  return textTable(
    [
      { title: "  edge", style: "edge", max: WIDEST_NAME },
      { title: "", style: "dim" },
      { title: "id", style: "dim" },
      { title: "self", align: "right", style: "size" },
      { title: "object", style: "type", max: WIDEST_NAME },
      { title: "source", style: "dim", max: WIDEST_PLACE }
    ],
    edges.map(({ label, strength, other }) => [
      `  ${label}`,
      strengthText(strength),
      `@${other.id}`,
      formatBytes(other.selfBytes),
      [other.type === "" ? "(unnamed)" : other.type, other.preview].filter((text2) => text2 !== "").join("  "),
      other.place
    ]),
    paint
  );
}
function showJson(view) {
  return tableToJson("show", view);
}
function detachedText({ rows, total, limits }, paint = plainPaint) {
  const table = textTable(
    [
      { title: "trees", align: "right" },
      { title: "nodes", align: "right" },
      { title: "retained", align: "right", style: "size" },
      { title: "top", style: "type", max: WIDEST_NAME },
      { title: "e.g.", style: "dim" },
      { title: "held by", style: "edge", max: WIDEST_NAME },
      { title: "source", style: "dim", max: WIDEST_PLACE }
    ],
    rows.map((row) => [
      formatCount(row.trees),
      formatCount(row.nodeCount),
      formatBytes(row.retainedBytes),
      row.type,
      `@${row.exampleId}`,
      row.heldBy === "" ? "nothing (unreachable)" : row.heldBy,
      row.place
    ]),
    paint
  );
  const summary = `${plural(total.trees, "detached tree")}, ${plural(total.nodeCount, "DOM node")}, retained ${formatBytes(total.retainedBytes)}`;
  return `${table}${paint.dim(summary)}
${notes(limits, paint)}`;
}
function detachedJson(view) {
  return tableToJson("detached", view);
}
function infoText(view, freeBytes, paint = plainPaint) {
  const fits = view.neededBytes < freeBytes;
  const verdict = `about ${formatBytes(view.neededBytes)} to load and answer; ${formatBytes(freeBytes)} free: ${fits ? "fits" : "does not fit"}`;
  const facts = [
    ["file", view.name],
    [
      "size",
      view.storedBytes === void 0 ? "unknown (a pipe)" : formatBytes(view.storedBytes) + (view.isPacked ? ", packed" : "")
    ],
    ["written by", view.producer],
    ["nodes", formatCount(view.nodeCount)],
    ["edges", formatCount(view.edgeCount)],
    ["also has", view.has.length === 0 ? "nothing besides" : view.has.join(", ")],
    ["memory", verdict]
  ];
  const width = Math.max(...facts.map(([name]) => name.length));
  const lines = facts.map(([name, value]) => `${paint.dim(name.padEnd(width))}  ${forTerminal(value)}
`);
  return `${lines.join("")}${notes(["from the header alone; the numbers are what the file says of itself"], paint)}`;
}
function infoJson(view) {
  return tableToJson("info", view);
}

// src/read/private-file.ts
import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  closeSync as closeSync2,
  fstatSync,
  mkdirSync,
  openSync as openSync2,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync as statSync2,
  utimesSync,
  writeSync
} from "node:fs";

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
function readAt(fd, bytes2, offset) {
  let length = 0;
  while (length < bytes2.length) {
    const read = readSync(fd, bytes2, length, bytes2.length - length, offset + length);
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

// src/read/private-file.ts
var END_BYTES = 64 << 10;
var PLACES = 16;
var PLACE_BYTES = 4 << 10;
function stampOf(path) {
  return attempt(() => {
    if (!statSync2(path).isFile()) return void 0;
    return withOpen(path, "r", (fd) => {
      const { size, mtimeNs } = fstatSync(fd, { bigint: true });
      return { size: Number(size), mtimeNs: String(mtimeNs), sample: sampleOf(fd, Number(size)) };
    });
  });
}
function sampleOf(fd, size) {
  const hash = createHash("sha256");
  const take = (offset, length) => {
    const bytes2 = new Uint8Array(length);
    hash.update(bytes2.subarray(0, readAt(fd, bytes2, offset)));
  };
  take(0, END_BYTES);
  for (let place = 1; place <= PLACES; place++) take(Math.floor(size * place / (PLACES + 1)), PLACE_BYTES);
  take(Math.max(0, size - END_BYTES), END_BYTES);
  return hash.digest("hex");
}
function sameStamp(a, b) {
  return a !== void 0 && a.size === b?.size && a.mtimeNs === b.mtimeNs && a.sample === b.sample;
}
function nameOfStamp({ size, mtimeNs, sample }) {
  return createHash("sha256").update(`${size} ${mtimeNs} ${sample}`).digest("hex").slice(0, 32);
}
function isPacked(path) {
  const first = readPart(path, 0, 1)?.[0];
  return first === 31 || first === 40;
}
function readPart(path, offset, length) {
  return attempt(
    () => withOpen(path, "r", (fd) => {
      if (!fstatSync(fd).isFile()) return void 0;
      const bytes2 = new Uint8Array(length);
      return readAt(fd, bytes2, offset) === length ? bytes2 : void 0;
    })
  );
}
function withOpen(path, flags, use, mode) {
  const fd = openSync2(path, flags, mode);
  try {
    return use(fd);
  } finally {
    closeSync2(fd);
  }
}
function putInto(fd) {
  return (bytes2, position) => {
    for (let done = 0; done < bytes2.length; ) {
      done += writeSync(fd, bytes2, done, bytes2.length - done, position + done);
    }
  };
}
var OWNER_ONLY = 384;
var FOLDER_OF_OWNER = 448;
function writePrivately(path, fill, open2 = putInto) {
  const temporary = `${path}.${process.pid}.${randomBytes(6).toString("hex")}.tmp`;
  try {
    withOpen(temporary, "wx", (fd) => fill(open2(fd)), OWNER_ONLY);
    renameSync(temporary, path);
  } catch (error) {
    attempt(() => rmSync(temporary, { force: true }));
    throw notWritable(path, error);
  }
}
function makePrivateFolder(path) {
  try {
    makeFolders(path);
    if (process.platform !== "win32" && (statSync2(path).mode & 63) !== 0) chmodSync(path, FOLDER_OF_OWNER);
  } catch (error) {
    throw notWritable(path, error);
  }
}
function makeFolders(path) {
  if (attempt(() => statSync2(path))?.isDirectory()) return;
  const above = path.replace(/[\\/]+[^\\/]*$/, "");
  if (above !== "" && above !== path) makeFolders(above);
  try {
    mkdirSync(path, FOLDER_OF_OWNER);
  } catch (error) {
    if (!attempt(() => statSync2(path))?.isDirectory()) throw error;
  }
}
var REASONS = {
  ENOENT: "its folder does not exist",
  ENOTDIR: "its folder is a file",
  EEXIST: "a file is in its place",
  EISDIR: "a folder is in its place",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk can only be read",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk is full",
  EFBIG: "the file would be too large"
};
function notWritable(path, error) {
  const code = error.code ?? String(error);
  return new HeapgraphError("UNREADABLE", `${path}: cannot be written: ${REASONS[code] ?? code}`);
}
function filesIn(folder, name) {
  const names = attempt(() => readdirSync(folder)) ?? [];
  return names.filter((file) => name.test(file)).flatMap((file) => {
    const path = `${folder}/${file}`;
    const found = attempt(() => statSync2(path));
    return found?.isFile() ? [{ path, bytes: found.size, usedMs: found.mtimeMs }] : [];
  }).sort((a, b) => a.usedMs - b.usedMs || (a.path < b.path ? -1 : 1));
}
function touch(path) {
  attempt(() => utimesSync(path, /* @__PURE__ */ new Date(), /* @__PURE__ */ new Date()));
}
function removeFile(path) {
  attempt(() => rmSync(path, { force: true }));
  return !isThere(path);
}
function isAbandoned(path) {
  const pid = Number(/\.(\d+)\.[0-9a-f]{12}\.tmp$/.exec(path)?.[1]);
  if (!(pid > 0) || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error.code === "ESRCH";
  }
}
function isSameFile(a, b) {
  return attempt(() => realpathSync(a) === realpathSync(b)) ?? false;
}
function isThere(path) {
  return attempt(() => statSync2(path)) !== void 0;
}
function wholePath(path) {
  return attempt(() => realpathSync(path)) ?? path;
}
function ownVersion() {
  const text2 = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return String(JSON.parse(text2).version);
}
function attempt(what) {
  try {
    return what();
  } catch {
    return void 0;
  }
}

// src/util/checksum.ts
var LANES = 8;
var PRIME = 2654435761 | 0;
var Checksum = class {
  #lanes = Int32Array.from({ length: LANES }, (_, lane) => Math.imul(lane + 1, PRIME));
  #length = 0;
  /** `bytes` must begin at a multiple of 4 in its buffer, and have a multiple of 32 bytes unless they are the last. */
  add(bytes2) {
    const words2 = new Int32Array(bytes2.buffer, bytes2.byteOffset, bytes2.byteLength >>> 2);
    const lanes = this.#lanes;
    let [a, b, c, d, e, f, g, h] = lanes;
    const end = words2.length - words2.length % LANES;
    for (let i = 0; i < end; i += LANES) {
      a = mix(a, words2[i]);
      b = mix(b, words2[i + 1]);
      c = mix(c, words2[i + 2]);
      d = mix(d, words2[i + 3]);
      e = mix(e, words2[i + 4]);
      f = mix(f, words2[i + 5]);
      g = mix(g, words2[i + 6]);
      h = mix(h, words2[i + 7]);
    }
    lanes.set([a, b, c, d, e, f, g, h]);
    for (let i = end; i < words2.length; i++) lanes[i - end] = mix(lanes[i - end], words2[i]);
    for (let i = words2.length * 4; i < bytes2.length; i++) lanes[LANES - 1] = mix(lanes[LANES - 1], bytes2[i] + 1);
    this.#length += bytes2.length;
  }
  /** 16 hexadecimal digits. */
  digest() {
    const half = (from) => {
      let sum = mix(this.#length | 0, Math.floor(this.#length / 2 ** 32));
      for (const lane of this.#lanes.subarray(from, from + LANES / 2)) sum = mix(sum, lane);
      return (sum >>> 0).toString(16).padStart(8, "0");
    };
    return half(0) + half(LANES / 2);
  }
};
function mix(sum, word) {
  const product = Math.imul(sum ^ word, PRIME);
  return product ^ product >>> 15;
}

// src/snapshot/index-file.ts
var TYPES = { u8: Uint8Array, u32: Uint32Array, i32: Int32Array, f64: Float64Array };
var MAGIC = Uint8Array.of(137, 72, 71, 88, 13, 10, 26, 10);
var VERSION = 1;
var START_BYTES = 64;
var CHECKED_BYTES = 48;
var PIECE_BYTES = 1 << 20;
function looksLikeIndex(bytes2) {
  return bytes2 !== void 0 && MAGIC.every((byte, index) => bytes2[index] === byte);
}
function writeIndexFile(path, about, sources, open2) {
  let end = START_BYTES;
  const fill = (put) => {
    const columns = [];
    for (const { name, make } of sources) {
      const array = make();
      if (array === void 0) continue;
      const bytes2 = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      columns.push({ name, type: typeOf(array), offset: end, bytes: bytes2.length, checksum: putChecked(put, bytes2, end) });
      end = roundUp(end + bytes2.length);
    }
    const table = new Uint8Array(Buffer.from(JSON.stringify({ ...about, columns })));
    const tableOffset = end;
    const checksum = putChecked(put, table, tableOffset);
    end += table.length;
    put(startOf(tableOffset, table.length, checksum), 0);
  };
  writePrivately(path, fill, open2);
  return end;
}
function typeOf(array) {
  if (array instanceof Uint8Array) return "u8";
  if (array instanceof Uint32Array) return "u32";
  return array instanceof Int32Array ? "i32" : "f64";
}
function roundUp(offset) {
  return Math.ceil(offset / 8) * 8;
}
function putChecked(put, bytes2, position) {
  const checksum = new Checksum();
  for (let at = 0; at < bytes2.length; at += PIECE_BYTES) {
    const part = bytes2.subarray(at, at + PIECE_BYTES);
    checksum.add(part.byteOffset % 4 === 0 ? part : new Uint8Array(part));
    put(part, position + at);
  }
  return checksum.digest();
}
function startOf(tableOffset, tableBytes, checksum) {
  const start = new Uint8Array(START_BYTES);
  start.set(MAGIC);
  new Uint32Array(start.buffer).set([1, VERSION], 2);
  new Float64Array(start.buffer).set([tableOffset, tableBytes], 2);
  start.set(Buffer.from(checksum, "latin1"), 32);
  start.set(Buffer.from(checksumOf(start.subarray(0, CHECKED_BYTES)), "latin1"), CHECKED_BYTES);
  return start;
}
function checksumOf(bytes2) {
  const checksum = new Checksum();
  checksum.add(bytes2);
  return checksum.digest();
}
var IndexFile = class _IndexFile {
  path;
  table;
  /** Names of the columns read so far, in order. */
  columnsRead = [];
  bytesRead = 0;
  #start;
  #entries;
  constructor(path, start, table) {
    this.path = path;
    this.table = table;
    this.#start = start;
    this.#entries = new Map(table.columns.map((entry) => [entry.name, entry]));
  }
  /** Undefined if there is no file, or none that can be used. */
  static open(path) {
    try {
      return withOpen(path, "r", (fd) => {
        const start = new Uint8Array(START_BYTES);
        if (readAt(fd, start, 0) < START_BYTES) return void 0;
        const table = readTable(fd, start);
        return table === void 0 ? void 0 : new _IndexFile(path, start, table);
      });
    } catch {
      return void 0;
    }
  }
  entry(name) {
    return this.#entries.get(name);
  }
  get names() {
    return this.#entries.keys();
  }
  /** How many elements a column has; -1 if there is none. */
  length(name) {
    const entry = this.#entries.get(name);
    return entry === void 0 ? -1 : entry.bytes / TYPES[entry.type].BYTES_PER_ELEMENT;
  }
  /** A column; undefined if there is none, it is damaged, or the file has been replaced by one with another table. */
  read(name) {
    const entry = this.#entries.get(name);
    if (entry === void 0) return void 0;
    this.columnsRead.push(name);
    try {
      return withOpen(this.path, "r", (fd) => {
        const start = new Uint8Array(START_BYTES);
        readAt(fd, start, 0);
        if (!start.every((byte, index) => byte === this.#start[index])) return void 0;
        return this.#readEntry(fd, entry);
      });
    } catch {
      return void 0;
    }
  }
  #readEntry(fd, entry) {
    const bytes2 = Buffer.allocUnsafeSlow(entry.bytes);
    const checksum = new Checksum();
    for (let at = 0; at < bytes2.length; at += PIECE_BYTES) {
      const part = bytes2.subarray(at, at + PIECE_BYTES);
      if (readAt(fd, part, entry.offset + at) < part.length) return void 0;
      checksum.add(part);
    }
    this.bytesRead += bytes2.length;
    if (checksum.digest() !== entry.checksum) return void 0;
    const Type = TYPES[entry.type];
    return new Type(bytes2.buffer, bytes2.byteOffset, entry.bytes / Type.BYTES_PER_ELEMENT);
  }
};
function readTable(fd, start) {
  const [order2, version] = new Uint32Array(start.buffer, 8, 2);
  if (!looksLikeIndex(start) || order2 !== 1 || version !== VERSION) return void 0;
  const written = Buffer.from(start).toString("latin1");
  if (written.slice(CHECKED_BYTES) !== checksumOf(start.subarray(0, CHECKED_BYTES))) return void 0;
  const [tableOffset, tableBytes] = new Float64Array(start.buffer, 16, 2);
  const bytes2 = Buffer.allocUnsafeSlow(tableBytes + 1);
  if (readAt(fd, bytes2, tableOffset) !== tableBytes) return void 0;
  const text2 = bytes2.subarray(0, tableBytes);
  if (checksumOf(text2) !== written.slice(32, CHECKED_BYTES)) return void 0;
  const table = JSON.parse(text2.toString("utf8"));
  return table.columns.every(isPlausible) ? table : void 0;
}
function isPlausible({ type, bytes: bytes2, offset }) {
  const size = Object.hasOwn(TYPES, type) ? TYPES[type].BYTES_PER_ELEMENT : 0;
  return size > 0 && bytes2 >= 0 && bytes2 % size === 0 && offset >= START_BYTES;
}

// src/snapshot/retainers.ts
function buildRetainers({ firstEdge, edgeTarget }) {
  const nodeCount = firstEdge.length - 1;
  const edgeCount = edgeTarget.length;
  const first = new Uint32Array(nodeCount + 1);
  for (let e = 0; e < edgeCount; e++) first[edgeTarget[e] + 1]++;
  for (let i = 0; i < nodeCount; i++) first[i + 1] += first[i];
  const edge = new Uint32Array(edgeCount);
  const source2 = new Uint32Array(edgeCount);
  for (let from = 0; from < nodeCount; from++) {
    const end = firstEdge[from + 1];
    for (let e = firstEdge[from]; e < end; e++) {
      const slot = first[edgeTarget[e]]++;
      edge[slot] = e;
      source2[slot] = from;
    }
  }
  first.copyWithin(1, 0, nodeCount);
  first[0] = 0;
  return { first, edge, source: source2 };
}
function sourceOf(firstEdge, edge) {
  let low = 0;
  let high = firstEdge.length - 2;
  while (low < high) {
    const middle = low + high + 1 >>> 1;
    if (firstEdge[middle] <= edge) low = middle;
    else high = middle - 1;
  }
  return low;
}

// src/snapshot/types.ts
var NAME_OF_KIND = /* @__PURE__ */ new Map([
  [NodeKind.hidden, "(system)"],
  [NodeKind.code, "(compiled code)"],
  [NodeKind.closure, "Function"],
  [NodeKind.regexp, "RegExp"]
]);
var PLAIN_OBJECT = "Object";
var NONE = 4294967295;
function buildTypes(heap, detachedness) {
  const { nodeKind, nodeName, nodeCount, nodeDetachedness, strings } = heap;
  const types2 = new TypeNumbers(heap);
  const placeOf = places(heap);
  const plain = new Set(strings.indexesOf(PLAIN_OBJECT));
  const plainObjects = new GrowableUint32();
  const ofKind = new Uint32Array(256).fill(NONE);
  const ofNode = new Uint32Array(nodeCount);
  for (let node = 0; node < nodeCount; node++) {
    const kind = nodeKind[node];
    const name = nodeName[node];
    if (kind === NodeKind.object) {
      if (plain.has(name)) plainObjects.push(node);
      else ofNode[node] = types2.ofConstructor(name, placeOf(node), false);
    } else if (kind === NodeKind.native) {
      const isRenamed = nodeDetachedness !== void 0 && detachedness[node] === DETACHED;
      ofNode[node] = types2.ofConstructor(name, NO_PLACE, isRenamed);
    } else {
      if (ofKind[kind] === NONE) ofKind[kind] = types2.number(kindName(heap, kind), NO_PLACE);
      ofNode[node] = ofKind[kind];
    }
  }
  const objects = plainObjects.view();
  const shape2 = inferShapes(heap, strings, objects);
  for (let index = 0; index < objects.length; index++) {
    ofNode[objects[index]] = types2.number(shape2(index) ?? PLAIN_OBJECT, placeOf(objects[index]));
  }
  return { names: types2.names, locations: types2.locations, ofNode };
}
function kindName({ header }, kind) {
  return NAME_OF_KIND.get(kind) ?? `(${header.schema.nodeKinds[kind]})`;
}
var TypeNumbers = class {
  names = [];
  locations = [];
  #strings;
  #numbers = /* @__PURE__ */ new Map();
  /** By string index, for the names of constructors without a place: plain ones, then those of detached nodes. */
  #ofName;
  /** By place and string index. */
  #ofPlacedName = /* @__PURE__ */ new Map();
  constructor({ strings }) {
    this.#strings = strings;
    this.#ofName = [new Uint32Array(strings.count).fill(NONE), /* @__PURE__ */ new Map()];
  }
  /** The type of a name, written out; `place`: the first row of the locations with the constructor's, or NO_PLACE. */
  number(name, place) {
    const key = `${place},${name}`;
    let number = this.#numbers.get(key);
    if (number === void 0) {
      number = this.names.push(name) - 1;
      this.locations.push(place);
      this.#numbers.set(key, number);
    }
    return number;
  }
  /**
   * The type of an object or native node by the string index of its name: no text is made for a name met before. Detachedness
   * that a field tells shows in the name.
   */
  ofConstructor(name, place, isDetached) {
    const [attached, detached2] = this.#ofName;
    const placedKey = place * this.#strings.count + name;
    let number = isDetached ? detached2.get(name) : place === NO_PLACE ? attached[name] : this.#ofPlacedName.get(placedKey);
    if (number !== void 0 && number !== NONE) return number;
    const text2 = this.#strings.get(name);
    number = this.number(constructorName(isDetached ? `Detached ${text2}` : text2), place);
    if (isDetached) detached2.set(name, number);
    else if (place === NO_PLACE) attached[name] = number;
    else this.#ofPlacedName.set(placedKey, number);
    return number;
  }
};
var NO_PLACE = -1;
var COLUMNS = 2 ** 26;
function places({ locations }) {
  const { node: nodes, scriptId, line, column } = locations;
  const rowOfPlace = /* @__PURE__ */ new Map();
  let row = 0;
  return (node) => {
    if (row > 0 && nodes[row - 1] >= node) row = 0;
    while (row < nodes.length && nodes[row] < node) row++;
    if (nodes[row] !== node) return NO_PLACE;
    while (nodes[row + 1] === node) row++;
    let script = rowOfPlace.get(scriptId[row]);
    if (script === void 0) {
      script = /* @__PURE__ */ new Map();
      rowOfPlace.set(scriptId[row], script);
    }
    const key = line[row] * COLUMNS + column[row];
    const first = script.get(key) ?? row;
    script.set(key, first);
    return first;
  };
}
function constructorName(name) {
  const element3 = name.startsWith("Detached <") ? "Detached ".length : 0;
  const blank = name.startsWith("<", element3) ? name.indexOf(" ", element3) : -1;
  return blank < 0 ? name : `${name.slice(0, blank)}>`;
}

// src/snapshot/snapshot.ts
var Snapshot = class {
  /** What the input was called. */
  name;
  header;
  strings;
  nodeCount;
  edgeCount;
  /** Ordinal of the root. */
  root;
  /** Derived columns that an index has, or may take up. */
  saved;
  #columns;
  #retainers;
  #types;
  #detachedness;
  #ephemerons;
  constructor(name, header, columns, strings, saved = new SavedColumns()) {
    this.name = name;
    this.header = header;
    this.strings = strings;
    this.nodeCount = header.nodeCount;
    this.edgeCount = header.edgeCount;
    this.root = header.rootOrdinal;
    this.saved = saved;
    this.#columns = columns;
  }
  get nodeKind() {
    return this.#columns.nodeKind;
  }
  get nodeName() {
    return this.#columns.nodeName;
  }
  get nodeId() {
    return this.#columns.nodeId;
  }
  get nodeSelfBytes() {
    return this.#columns.nodeSelfBytes;
  }
  get firstEdge() {
    return this.#columns.firstEdge;
  }
  get nodeDetachedness() {
    return this.#columns.nodeDetachedness;
  }
  get nodeTraceId() {
    return this.#columns.nodeTraceId;
  }
  get edgeKind() {
    return this.#columns.edgeKind;
  }
  get edgeName() {
    return this.#columns.edgeName;
  }
  get edgeTarget() {
    return this.#columns.edgeTarget;
  }
  get locations() {
    return this.#columns.locations;
  }
  /** Who points at whom: the edges, turned round. */
  get retainers() {
    this.#retainers ??= this.saved.group("retainers", ["first", "edge", "source"], () => buildRetainers(this));
    return this.#retainers;
  }
  /** What `--type` takes: every node's type. */
  get types() {
    this.#types ??= savedTypes(this.saved, () => buildTypes(this, this.detachedness));
    return this.#types;
  }
  /** Edges that keep their target alive only together with a second one: WeakMap entries. */
  get ephemerons() {
    this.#ephemerons ??= savedEphemerons(this.saved, () => findEphemeronEdges(this));
    return this.#ephemerons;
  }
  /** Uint8Array(n): 0 unknown, 1 attached, 2 detached, spread over the nodes of a page as DevTools spreads it. */
  get detachedness() {
    const spread2 = () => ({ values: spreadDetachedness(this, this.strings) });
    this.#detachedness ??= this.saved.group("detachedness", ["values"], spread2).values;
    return this.#detachedness;
  }
};
function savedTypes(saved, build) {
  const { names, locations, ofNode } = saved.group("types", ["names", "locations", "ofNode"], () => {
    const types2 = build();
    return { names: bytesOf(types2.names), locations: Int32Array.from(types2.locations), ofNode: types2.ofNode };
  });
  return { names: parsedBytes(names), locations: Array.from(locations), ofNode };
}
function savedEphemerons(saved, find) {
  const { edge, fromTable, pair, pairCount } = saved.group(
    "ephemerons",
    ["edge", "fromTable", "pair", "pairCount"],
    () => {
      const found = find();
      return { ...found, pairCount: Uint32Array.of(found.pairCount) };
    }
  );
  return { edge, fromTable, pair, pairCount: pairCount[0] };
}

// src/snapshot/strings.ts
var SEGMENT_BYTES = 1 << 24;
var SHORT_RUN_BYTES = 32;
var BACKSLASH = 92;
var StringTable = class {
  count;
  source;
  #places;
  #pieces = [];
  constructor(source2) {
    this.count = source2.count;
    this.source = source2;
  }
  /** A piece of the bytes, read if it has not been. */
  read(index) {
    this.#pieces[index] ??= this.source.piece(index);
    return this.#pieces[index];
  }
  get #offsets() {
    this.#places ??= this.source.offsets();
    return this.#places;
  }
  /** Bytes of all strings as the file writes them. */
  get totalBytes() {
    return this.#offsets[this.count];
  }
  /** The string; bytes that are no UTF-8 become U+FFFD, as JSON.parse of the decoded file has it. */
  get(index) {
    if (!(index >= 0 && index < this.count)) throw new RangeError(`no string ${index} of ${this.count}`);
    const from = this.#offsets[index];
    const to = this.#offsets[index + 1];
    const segment = Math.floor(from / SEGMENT_BYTES);
    const start = from - segment * SEGMENT_BYTES;
    if (from === to) return "";
    const raw = start + (to - from) <= SEGMENT_BYTES ? this.read(segment).toString("utf8", start, start + to - from) : this.#bytes(from, to).toString("utf8");
    return raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw;
  }
  /** The indexes of all strings equal to `text` (a file of V8's has at most one), in ascending order. */
  indexesOf(text2) {
    const wanted = Buffer.from(text2, "utf8");
    const anyLength = text2.includes("\uFFFD");
    const longest = 6 * wanted.length;
    const found = [];
    for (let index = 0; index < this.count; index++) {
      const length = this.#offsets[index + 1] - this.#offsets[index];
      const same = length === wanted.length && this.#startsWith(index, wanted);
      const mayBeEscaped = length > wanted.length && length <= longest;
      if (same || anyLength || mayBeEscaped && this.#hasEscape(index)) {
        if (this.get(index) === text2) found.push(index);
      }
    }
    return found;
  }
  /** The last byte as the file writes it; -1 for the empty string. Cheap: nothing is decoded. */
  lastByte(index) {
    const to = this.#offsets[index + 1];
    return to > this.#offsets[index] ? this.#byteAt(to - 1) : -1;
  }
  #byteAt(offset) {
    const segment = Math.floor(offset / SEGMENT_BYTES);
    return this.read(segment)[offset - segment * SEGMENT_BYTES];
  }
  #startsWith(index, wanted) {
    const from = this.#offsets[index];
    for (let i = 0; i < wanted.length; i++) if (this.#byteAt(from + i) !== wanted[i]) return false;
    return true;
  }
  #hasEscape(index) {
    const to = this.#offsets[index + 1];
    for (let offset = this.#offsets[index]; offset < to; offset++) if (this.#byteAt(offset) === BACKSLASH) return true;
    return false;
  }
  /** Bytes that may lie in several segments. */
  #bytes(from, to) {
    const parts2 = [];
    for (let at = from; at < to; ) {
      const segment = Math.floor(at / SEGMENT_BYTES);
      const start = at - segment * SEGMENT_BYTES;
      const end = Math.min(SEGMENT_BYTES, start + to - at);
      parts2.push(this.read(segment).subarray(start, end));
      at += end - start;
    }
    return Buffer.concat(parts2);
  }
};
var StringTableBuilder = class {
  #offsets = new NumberColumn(1 << 12);
  #segments = [];
  #segment = Buffer.alloc(0);
  #used = 0;
  constructor() {
    this.#offsets.push(0);
  }
  append(bytes2, from, to) {
    let at = from;
    while (at < to) {
      if (this.#used === this.#segment.length) this.#openSegment();
      const end = Math.min(to, at + this.#segment.length - this.#used);
      if (end - at <= SHORT_RUN_BYTES) {
        const segment = this.#segment;
        for (let used = this.#used, i = at; i < end; i++) segment[used++] = bytes2[i];
      } else this.#segment.set(bytes2.subarray(at, end), this.#used);
      this.#used += end - at;
      at = end;
    }
  }
  end() {
    this.#offsets.push(Math.max(0, this.#segments.length - 1) * SEGMENT_BYTES + this.#used);
  }
  finish() {
    const offsets = this.#offsets.finish();
    const segments = this.#segments;
    return new StringTable({ count: offsets.length - 1, offsets: () => offsets, piece: (index) => segments[index] });
  }
  #openSegment() {
    this.#segment = Buffer.allocUnsafeSlow(SEGMENT_BYTES);
    this.#segments.push(this.#segment);
    this.#used = 0;
  }
};

// src/snapshot/index-cache.ts
var BASE = [
  "nodeKind",
  "nodeName",
  "nodeId",
  "nodeSelfBytes",
  "firstEdge",
  "nodeDetachedness",
  "nodeTraceId",
  "edgeKind",
  "edgeName",
  "edgeTarget"
];
var LOCATIONS = ["node", "scriptId", "line", "column"];
var STRING_OFFSETS = "strings.offsets";
var STRING_PIECE = "strings.";
var DERIVED = "derived.";
var states = /* @__PURE__ */ new WeakMap();
function indexPlace(snapshotPath, index, folder) {
  const isAuto = index === "auto";
  if (isAuto && folder === void 0) return void 0;
  const stamp = stampOf(snapshotPath);
  if (stamp === void 0) return void 0;
  const path = isAuto ? `${folder}/${nameOfStamp(stamp)}.hgx` : index;
  return { snapshotPath, stamp, path, folder: isAuto ? folder : void 0 };
}
async function openIndexed(place, load, reload) {
  const file = usableIndex(place);
  const state = { place, file, damaged: file === void 0 && isThere(place.path) };
  const packed = isPacked(place.snapshotPath);
  const snapshot = file === void 0 ? void 0 : fromIndex(file, state, packed ? cannotReload : reload);
  if (snapshot !== void 0 && file !== void 0 && (!packed || readAll(snapshot, file, state))) {
    states.set(snapshot, state);
    touch(place.path);
    return snapshot;
  }
  const loaded = await load();
  states.set(loaded, { place, file: void 0, damaged: isThere(place.path) });
  return loaded;
}
function cannotReload() {
  throw new Error("a packed snapshot cannot be loaded at once");
}
function usableIndex({ path, stamp }) {
  const file = IndexFile.open(path);
  return file?.table.writer === ownVersion() && sameStamp(file.table.stamp, stamp) ? file : void 0;
}
function fromIndex(file, state, reload) {
  const header = headerOf(file);
  if (header === void 0 || !isComplete(file, header)) return void 0;
  let fresh;
  const read = (name) => {
    const column = file.read(name);
    if (column === void 0) state.damaged = true;
    return column;
  };
  const instead = () => {
    fresh ??= reloadUnchanged(state.place, reload);
    return fresh;
  };
  const columns = new IndexedColumns(file, read, instead);
  const strings = new StringTable({
    count: file.table.stringCount,
    offsets: () => read(STRING_OFFSETS) ?? instead().strings.source.offsets(),
    piece(index) {
      const bytes2 = read(STRING_PIECE + index);
      if (bytes2 === void 0) return instead().strings.source.piece(index);
      return Buffer.from(bytes2.buffer, bytes2.byteOffset, bytes2.byteLength);
    }
  });
  const groups = new Set(
    [...file.names].filter((name) => name.startsWith(DERIVED)).map((name) => name.slice(0, name.lastIndexOf(".")))
  );
  const saved = new SavedColumns(
    (group) => groups.has(DERIVED + group),
    (group, key) => read(`${DERIVED}${group}.${key}`)
  );
  return new Snapshot(state.place.snapshotPath, header, columns, strings, saved);
}
function reloadUnchanged({ snapshotPath, stamp }, reload) {
  if (sameStamp(stampOf(snapshotPath), stamp)) return reload();
  throw new HeapgraphError(
    "UNREADABLE",
    `${snapshotPath}: it changed while a question was answered`,
    "ask again, when it is written to its end"
  );
}
function headerOf({ table }) {
  try {
    return parseHeader(JSON.stringify(table.header));
  } catch {
    return void 0;
  }
}
function isComplete(file, { nodeCount, edgeCount, schema }) {
  const { stringCount } = file.table;
  const pieces = stringPieces(file);
  const locations = file.length("locations.node");
  const lengths = [
    ...["nodeKind", "nodeName", "nodeId", "nodeSelfBytes"].map((name) => [
      name,
      nodeCount
    ]),
    ["firstEdge", nodeCount + 1],
    ...["edgeKind", "edgeName", "edgeTarget"].map((name) => [name, edgeCount]),
    [STRING_OFFSETS, stringCount + 1],
    ...LOCATIONS.map((name) => [`locations.${name}`, locations])
  ];
  if (schema.node.at.detachedness >= 0) lengths.push(["nodeDetachedness", nodeCount]);
  if (file.entry("nodeTraceId") !== void 0) lengths.push(["nodeTraceId", nodeCount]);
  for (let piece = 0; piece < pieces - 1; piece++) lengths.push([STRING_PIECE + piece, SEGMENT_BYTES]);
  return locations >= 0 && lengths.every(([name, length]) => file.length(name) === length);
}
function stringPieces(file) {
  let count2 = 0;
  while (file.entry(STRING_PIECE + count2) !== void 0) count2++;
  return count2;
}
function readAll(snapshot, file, state) {
  const { strings } = snapshot;
  try {
    for (const name of BASE) void snapshot[name];
    void snapshot.locations;
    void strings.totalBytes;
    const pieces = stringPieces(file);
    for (let index = 0; index < pieces; index++) strings.read(index);
    return !state.damaged;
  } catch {
    return false;
  }
}
var IndexedColumns = class {
  #file;
  #read;
  #instead;
  #known = {};
  constructor(file, read, instead) {
    this.#file = file;
    this.#read = read;
    this.#instead = instead;
  }
  get nodeKind() {
    this.#known.nodeKind ??= this.#column("nodeKind");
    return this.#known.nodeKind;
  }
  get nodeName() {
    this.#known.nodeName ??= this.#column("nodeName");
    return this.#known.nodeName;
  }
  get nodeId() {
    this.#known.nodeId ??= this.#column("nodeId");
    return this.#known.nodeId;
  }
  get nodeSelfBytes() {
    this.#known.nodeSelfBytes ??= this.#column("nodeSelfBytes");
    return this.#known.nodeSelfBytes;
  }
  get firstEdge() {
    this.#known.firstEdge ??= this.#column("firstEdge");
    return this.#known.firstEdge;
  }
  get nodeDetachedness() {
    if (this.#file.entry("nodeDetachedness") === void 0) return void 0;
    this.#known.nodeDetachedness ??= this.#column("nodeDetachedness");
    return this.#known.nodeDetachedness;
  }
  get nodeTraceId() {
    if (this.#file.entry("nodeTraceId") === void 0) return void 0;
    this.#known.nodeTraceId ??= this.#column("nodeTraceId");
    return this.#known.nodeTraceId;
  }
  get edgeKind() {
    this.#known.edgeKind ??= this.#column("edgeKind");
    return this.#known.edgeKind;
  }
  get edgeName() {
    this.#known.edgeName ??= this.#column("edgeName");
    return this.#known.edgeName;
  }
  get edgeTarget() {
    this.#known.edgeTarget ??= this.#column("edgeTarget");
    return this.#known.edgeTarget;
  }
  get locations() {
    this.#known.locations ??= this.#readLocations();
    return this.#known.locations;
  }
  #column(name) {
    return this.#read(name) ?? this.#instead()[name];
  }
  #readLocations() {
    const [node, scriptId, line, column] = LOCATIONS.map((name) => this.#read(`locations.${name}`));
    const isWhole = node !== void 0 && scriptId !== void 0 && line !== void 0 && column !== void 0;
    return isWhole ? { node, scriptId, line, column } : this.#instead().locations;
  }
};
function saveIndex(snapshot, { always = false, fromBytes = 0, open: open2 } = {}) {
  const state = states.get(snapshot);
  if (state === void 0) return void 0;
  const { place, file } = state;
  if (file !== void 0 && !state.damaged && !always && snapshot.saved.computed.size === 0) return void 0;
  const { stamp, snapshotPath, path, folder } = place;
  if (file === void 0 && !state.damaged && stamp.size < fromBytes) return void 0;
  if (!sameStamp(stampOf(snapshotPath), stamp)) return void 0;
  checkReplaceable(path, snapshotPath);
  if (folder !== void 0) makePrivateFolder(folder);
  const { header, strings } = snapshot;
  const about = {
    writer: ownVersion(),
    stamp,
    snapshot: wholePath(snapshotPath),
    header: headerRecord(header),
    stringCount: strings.count
  };
  const bytes2 = writeIndexFile(path, about, columnSources(snapshot, file), open2);
  states.set(snapshot, { place, file: IndexFile.open(path), damaged: false });
  return { path, bytes: bytes2, isNew: file === void 0 };
}
function checkReplaceable(path, snapshotPath) {
  const isOurs = path.endsWith(".hgx") || !isThere(path) || looksLikeIndex(readPart(path, 0, 8));
  if (isOurs && !isSameFile(path, snapshotPath)) return;
  throw new HeapgraphError("UNREADABLE", `${path}: it is no index, and is left as it is`, "choose another file");
}
function headerRecord(header) {
  return {
    meta: header.meta,
    node_count: header.nodeCount,
    edge_count: header.edgeCount,
    trace_function_count: header.traceFunctionCount,
    ...header.extraNativeBytes === void 0 ? {} : { extra_native_bytes: header.extraNativeBytes },
    root_index: header.rootOrdinal * header.schema.node.length
  };
}
function* columnSources(snapshot, file) {
  const { strings, saved } = snapshot;
  const copied = (name, other) => ({
    name,
    make: () => file?.read(name) ?? other()
  });
  for (const name of BASE) yield copied(name, () => snapshot[name]);
  for (const name of LOCATIONS) yield copied(`locations.${name}`, () => snapshot.locations[name]);
  yield copied(STRING_OFFSETS, () => strings.source.offsets());
  const pieces = Math.ceil(strings.totalBytes / SEGMENT_BYTES);
  for (let index = 0; index < pieces; index++) {
    const length = Math.min(SEGMENT_BYTES, strings.totalBytes - index * SEGMENT_BYTES);
    yield copied(STRING_PIECE + index, () => strings.source.piece(index).subarray(0, length));
  }
  for (const [group, columns] of saved.computed) {
    for (const [key, column] of Object.entries(columns)) yield { name: `${DERIVED}${group}.${key}`, make: () => column };
  }
  for (const name of file?.names ?? []) {
    const group = name.slice(DERIVED.length, name.lastIndexOf("."));
    if (name.startsWith(DERIVED) && !saved.computed.has(group)) yield { name, make: () => file?.read(name) };
  }
}
var INDEX_NAME = /^[0-9a-f]{32}\.hgx$/;
var TEMPORARY_NAME = /^[0-9a-f]{32}\.hgx\.\d+\.[0-9a-f]{12}\.tmp$/;
var DEFAULT_LIMIT_BYTES = 1e10;
function listIndexes(folder) {
  return filesIn(folder, INDEX_NAME).map((stored) => {
    const table = IndexFile.open(stored.path)?.table;
    if (table?.writer !== ownVersion()) return { ...stored, snapshot: void 0, state: "unusable" };
    const now = stampOf(table.snapshot);
    const state = sameStamp(now, table.stamp) ? "ready" : now === void 0 ? "gone" : "changed";
    return { ...stored, snapshot: table.snapshot, state };
  });
}
function pruneIndexes(folder, { limitBytes = DEFAULT_LIMIT_BYTES, keep, limitOnly = false } = {}) {
  const removed = { count: 0, bytes: 0 };
  const remove = ({ path, bytes: bytes2 }) => {
    if (!removeFile(path)) return false;
    removed.count++;
    removed.bytes += bytes2;
    return true;
  };
  for (const file of filesIn(folder, TEMPORARY_NAME)) if (isAbandoned(file.path)) remove(file);
  if (!limitOnly) {
    for (const index of listIndexes(folder)) if (index.state !== "ready") remove(index);
  }
  const files = filesIn(folder, INDEX_NAME);
  let total = files.reduce((sum, { bytes: bytes2 }) => sum + bytes2, 0);
  for (const file of files) {
    if (total <= limitBytes) break;
    if (file.path !== keep && remove(file)) total -= file.bytes;
  }
  return removed;
}
function indexFolder(env, platform = process.platform) {
  const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = env;
  const isWhole = (path) => path !== void 0 && /^(\/|[A-Za-z]:[\\/]|\\\\)/.test(path);
  if (isWhole(XDG_CACHE_HOME)) return `${XDG_CACHE_HOME}/heapgraph`;
  if (platform === "win32") return isWhole(LOCALAPPDATA) ? `${LOCALAPPDATA}\\heapgraph` : void 0;
  return isWhole(HOME) ? `${HOME}/.cache/heapgraph` : void 0;
}

// src/read/digits.ts
var ZERO = 48;
function exactNumber(bytes2, from, to) {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + (bytes2[at] - ZERO);
  return value;
}

// src/read/json-scanner.ts
var ScanError = class extends Error {
  kind;
  offset;
  section;
  constructor(kind, message, offset, section) {
    super(message);
    this.kind = kind;
    this.offset = offset;
    this.section = section;
  }
};
var Mode = {
  start: 0,
  value: 1,
  valueOrEnd: 2,
  key: 3,
  keyOrEnd: 4,
  colon: 5,
  commaOrEnd: 6,
  string: 7,
  number: 8,
  literal: 9,
  numbers: 10,
  strings: 11,
  done: 12
};
var Item = { first: 0, next: 1, after: 2, inString: 3 };
var QUOTE = 34;
var COMMA = 44;
var MINUS = 45;
var ZERO2 = 48;
var COLON = 58;
var OPEN_ARRAY = 91;
var BACKSLASH2 = 92;
var CLOSE_ARRAY = 93;
var OPEN_OBJECT = 123;
var CLOSE_OBJECT = 125;
var LOWER_U = 117;
var IN_OBJECT = 0;
var IN_ARRAY = 1;
var JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
var MAX_NUMBER_BYTES = 64;
var MAX_KEY_BYTES = 4096;
var BLOCK_VALUES = 8192;
var BOM = [239, 187, 191];
var PLAIN = new Uint8Array(256).fill(1, 32);
PLAIN[QUOTE] = 0;
PLAIN[BACKSLASH2] = 0;
var ESCAPABLE = byteSet('"\\/bfnrtu');
var HEX = byteSet("0123456789abcdefABCDEF");
var NUMBER_BYTE = byteSet("0123456789+-.eE");
var SPACE = byteSet(" 	\n\r");
function byteSet(characters) {
  const set = new Uint8Array(256);
  for (const character of characters) set[character.charCodeAt(0)] = 1;
  return set;
}
var JsonScanner = class {
  #handler;
  #mode = Mode.start;
  /** Input bytes before the current chunk. */
  #position = 0;
  #bomBytes = 0;
  /** One entry an open bracket: IN_OBJECT or IN_ARRAY. */
  #stack = new Uint8Array(64);
  #depth = 0;
  #key = "";
  #plan = { kind: "skip" };
  #section;
  /** Hexadecimal digits of a \u escape still to come, or ESCAPE_LETTER. */
  #escape = 0;
  #stringIsKey = false;
  #keyBytes = new KeyCollector();
  #token = new Uint8Array(MAX_NUMBER_BYTES);
  #tokenLength = 0;
  #literal = "";
  #literalAt = 0;
  #item = Item.first;
  #values = new Float64Array(0);
  #valueCount = 0;
  #textParts;
  #textBytes = 0;
  #textFrom = 0;
  constructor(handler) {
    this.#handler = handler;
  }
  /** Scans the next piece of the input; the bytes are not kept. */
  write(chunk) {
    let at = 0;
    while (at < chunk.length) {
      if (this.#mode === Mode.numbers) at = this.#scanNumbers(chunk, at);
      else if (this.#mode === Mode.strings) at = this.#scanStrings(chunk, at);
      else if (this.#mode === Mode.string) at = this.#scanSingleString(chunk, at);
      else at = this.#scanStructure(chunk, at);
    }
    if (this.#textParts !== void 0) this.#keepText(chunk, chunk.length);
    this.#position += chunk.length;
  }
  /** Says that no more input comes. */
  end() {
    if (this.#mode === Mode.done) return;
    if (this.#mode === Mode.start) {
      this.#checkBom();
      const what = this.#position === this.#bomBytes ? "the file is empty" : "the file holds only white space";
      throw new ScanError("empty", what, 0, void 0);
    }
    throw new ScanError("truncated", "the file ends too early", this.#position, this.#section);
  }
  #fail(what, at) {
    throw new ScanError("syntax", what, this.#position + at, this.#section);
  }
  #unexpected(byte, wanted, at) {
    this.#fail(`found ${describeByte(byte)} where ${wanted} belongs`, at);
  }
  #scanStructure(bytes2, from) {
    let at = from;
    while (at < bytes2.length) {
      const byte = bytes2[at];
      if (this.#mode === Mode.number) {
        if (NUMBER_BYTE[byte] === 1) {
          this.#pushToken(byte, at++);
          continue;
        }
        this.#finishToken(at);
        this.#valueDone(bytes2, at);
        continue;
      }
      if (this.#mode === Mode.literal) {
        if (byte !== this.#literal.charCodeAt(this.#literalAt)) this.#unexpected(byte, `"${this.#literal}"`, at);
        at++;
        if (++this.#literalAt === this.#literal.length) this.#valueDone(bytes2, at);
        continue;
      }
      if (SPACE[byte] === 1) {
        at = skipSpace(bytes2, at + 1);
        continue;
      }
      switch (this.#mode) {
        case Mode.start:
          at = this.#scanStart(byte, at);
          break;
        case Mode.value:
        case Mode.valueOrEnd:
          if (byte === CLOSE_ARRAY && this.#mode === Mode.valueOrEnd) {
            this.#depth--;
            this.#valueDone(bytes2, ++at);
          } else {
            at = this.#beginValue(byte, at);
            if (!this.#inStructure()) return at;
          }
          break;
        case Mode.key:
        case Mode.keyOrEnd:
          if (byte === QUOTE) {
            this.#mode = Mode.string;
            this.#stringIsKey = true;
            this.#keyBytes.clear();
            return at + 1;
          }
          if (byte !== CLOSE_OBJECT || this.#mode === Mode.key) this.#unexpected(byte, "a property name", at);
          this.#depth--;
          this.#valueDone(bytes2, ++at);
          break;
        case Mode.colon:
          if (byte !== COLON) this.#unexpected(byte, '":"', at);
          this.#mode = Mode.value;
          at++;
          break;
        case Mode.commaOrEnd: {
          const inArray = this.#stack[this.#depth - 1] === IN_ARRAY;
          if (byte === COMMA) {
            this.#mode = inArray ? Mode.value : Mode.key;
            at++;
          } else if (byte === (inArray ? CLOSE_ARRAY : CLOSE_OBJECT)) {
            this.#depth--;
            this.#valueDone(bytes2, ++at);
          } else this.#unexpected(byte, inArray ? '"," or "]"' : '"," or "}"', at);
          break;
        }
        default:
          throw new ScanError(
            "trailing",
            `found ${describeByte(byte)} after the closing brace`,
            this.#position + at,
            void 0
          );
      }
    }
    return at;
  }
  /** Whether the next byte is for `#scanStructure`: strings and flat arrays have loops of their own. */
  #inStructure() {
    return this.#mode !== Mode.string && this.#mode !== Mode.numbers && this.#mode !== Mode.strings;
  }
  #scanStart(byte, at) {
    if (this.#position + at === this.#bomBytes && byte === BOM[this.#bomBytes]) {
      this.#bomBytes++;
      return at + 1;
    }
    this.#checkBom();
    if (byte === OPEN_OBJECT) {
      this.#push(IN_OBJECT);
      this.#mode = Mode.keyOrEnd;
      return at + 1;
    }
    const kind = topLevelKind(byte);
    if (kind === void 0)
      throw new ScanError("not-json", `it begins with ${describeByte(byte)}`, this.#position + at, void 0);
    throw new ScanError("not-object", `its top level is ${kind}`, this.#position + at, void 0);
  }
  /** Part of a byte order mark is none. */
  #checkBom() {
    if (this.#bomBytes % BOM.length === 0) return;
    throw new ScanError("not-json", `it begins with ${describeByte(BOM[0])}`, 0, void 0);
  }
  /** The first byte of a value: opens a section at depth 1, then enters the mode that reads the value. */
  #beginValue(byte, at) {
    if (this.#depth === 1) {
      this.#section = this.#key;
      this.#plan = this.#handler.section(this.#key, this.#position + at);
      const plan = this.#plan;
      if (plan.kind === "numbers" || plan.kind === "strings") {
        if (byte !== OPEN_ARRAY) this.#unexpected(byte, `an array of ${plan.kind}`, at);
        this.#item = Item.first;
        this.#valueCount = 0;
        if (plan.kind === "numbers") {
          const length = Math.max(1, Math.floor(BLOCK_VALUES / plan.rowLength)) * plan.rowLength;
          if (this.#values.length !== length) this.#values = new Float64Array(length);
          this.#mode = Mode.numbers;
        } else this.#mode = Mode.strings;
        return at + 1;
      }
      if (plan.kind === "text") {
        this.#textParts = [];
        this.#textBytes = 0;
        this.#textFrom = at;
      }
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      this.#push(byte === OPEN_OBJECT ? IN_OBJECT : IN_ARRAY);
      this.#mode = byte === OPEN_OBJECT ? Mode.keyOrEnd : Mode.valueOrEnd;
      return at + 1;
    }
    if (byte === QUOTE) {
      this.#mode = Mode.string;
      this.#stringIsKey = false;
      return at + 1;
    }
    if (byte === MINUS || byte - ZERO2 >>> 0 <= 9) {
      this.#mode = Mode.number;
      return at;
    }
    const literal = LITERALS.get(byte);
    if (literal === void 0) this.#unexpected(byte, "a value", at);
    this.#literal = literal;
    this.#literalAt = 0;
    this.#mode = Mode.literal;
    return at;
  }
  /** Called just behind a value (`at` is the byte after it). */
  #valueDone(bytes2, at) {
    this.#mode = this.#depth === 0 ? Mode.done : Mode.commaOrEnd;
    if (this.#depth !== 1) return;
    if (this.#plan.kind === "text" && this.#textParts !== void 0) {
      this.#keepText(bytes2, at);
      const json = Buffer.concat(this.#textParts).toString("utf8");
      this.#textParts = void 0;
      this.#plan.text(json);
    }
    const section = this.#section;
    this.#section = void 0;
    if (section !== void 0) this.#handler.sectionEnd(section);
  }
  #keepText(bytes2, to) {
    const plan = this.#plan;
    if (plan.kind !== "text" || this.#textParts === void 0) return;
    this.#textParts.push(Buffer.from(bytes2.subarray(this.#textFrom, to)));
    this.#textBytes += to - this.#textFrom;
    this.#textFrom = 0;
    const excess = this.#textBytes - plan.limitBytes;
    if (excess > 0) this.#fail(`the section is longer than ${plan.limitBytes} bytes`, to - excess);
  }
  #push(bracket) {
    if (this.#depth === this.#stack.length) {
      const larger = new Uint8Array(this.#depth * 2);
      larger.set(this.#stack);
      this.#stack = larger;
    }
    this.#stack[this.#depth++] = bracket;
  }
  // Strings
  #scanSingleString(bytes2, from) {
    const at = this.#scanStringBody(bytes2, from, this.#stringIsKey ? this.#keyBytes : IGNORE);
    if (at < 0) return bytes2.length;
    if (this.#stringIsKey) {
      if (this.#depth === 1) this.#key = this.#keyBytes.text();
      this.#mode = Mode.colon;
    } else this.#valueDone(bytes2, at);
    return at;
  }
  #scanStrings(bytes2, from) {
    const plan = this.#plan;
    if (plan.kind !== "strings") throw new Error("not in a section of strings");
    const sink = plan.sink;
    let at = from;
    while (at < bytes2.length) {
      if (this.#item === Item.inString) {
        at = this.#scanStringBody(bytes2, at, sink);
        if (at < 0) return bytes2.length;
        sink.end();
        this.#item = Item.after;
        continue;
      }
      const byte = bytes2[at++];
      if (SPACE[byte] === 1) continue;
      if (byte === QUOTE && this.#item !== Item.after) this.#item = Item.inString;
      else if (byte === COMMA && this.#item === Item.after) this.#item = Item.next;
      else if (byte === CLOSE_ARRAY && this.#item !== Item.next) {
        this.#valueDone(bytes2, at);
        return at;
      } else this.#unexpected(byte, this.#item === Item.after ? '"," or "]"' : "a string", at - 1);
    }
    return at;
  }
  /** Reads on inside a string; returns the place behind its closing quote, or -1 if the chunk ends before. */
  #scanStringBody(bytes2, from, sink) {
    let at = from;
    while (at < bytes2.length) {
      const start = at;
      if (this.#escape === 0) {
        while (at < bytes2.length && PLAIN[bytes2[at]] === 1) at++;
        if (at > start) sink.append(bytes2, start, at);
        if (at === bytes2.length) return -1;
        const byte2 = bytes2[at++];
        if (byte2 === QUOTE) return at;
        if (byte2 !== BACKSLASH2) this.#fail(`found ${describeByte(byte2)} inside a string`, at - 1);
        sink.append(bytes2, at - 1, at);
        this.#escape = ESCAPE_LETTER;
        continue;
      }
      const byte = bytes2[at++];
      if (this.#escape === ESCAPE_LETTER) {
        if (ESCAPABLE[byte] === 0) this.#unexpected(byte, "the letter of an escape", start);
        this.#escape = byte === LOWER_U ? 4 : 0;
      } else {
        if (HEX[byte] === 0) this.#unexpected(byte, "a hexadecimal digit", start);
        this.#escape--;
      }
      sink.append(bytes2, start, at);
    }
    return -1;
  }
  // Numbers
  #scanNumbers(bytes2, from) {
    const plan = this.#plan;
    if (plan.kind !== "numbers") throw new Error("not in a section of numbers");
    const end = bytes2.length;
    const values = this.#values;
    let at = from;
    if (this.#tokenLength > 0) {
      at = this.#collectToken(bytes2, at);
      if (at === end) return at;
      values[this.#valueCount++] = this.#finishToken(at);
      this.#item = Item.after;
    }
    let count2 = this.#valueCount;
    let item = this.#item;
    while (at < end) {
      const byte = bytes2[at];
      if (item !== Item.after) {
        let digit = byte - ZERO2;
        if (digit >>> 0 <= 9) {
          const start = at;
          let value = digit;
          while (++at < end) {
            digit = bytes2[at] - ZERO2;
            if (digit >>> 0 > 9) break;
            value = value * 10 + digit | 0;
          }
          const digits = at - start;
          if (at < end && digits <= 15 && NUMBER_BYTE[bytes2[at]] === 0 && (byte !== ZERO2 || digits === 1)) {
            values[count2++] = digits <= 9 ? value : exactNumber(bytes2, start, at);
          } else {
            at = this.#collectToken(bytes2, start);
            if (at === end) break;
            values[count2++] = this.#finishToken(at);
          }
          if (bytes2[at] === COMMA) {
            at++;
            item = Item.next;
          } else item = Item.after;
          if (count2 === values.length) {
            plan.rows(values, count2 / plan.rowLength);
            count2 = 0;
          }
          continue;
        }
        if (byte === MINUS) {
          at = this.#collectToken(bytes2, at);
          if (at === end) break;
          values[count2++] = this.#finishToken(at);
          item = Item.after;
        } else if (SPACE[byte] === 1) at++;
        else if (byte === CLOSE_ARRAY && item === Item.first) return this.#numbersDone(plan, count2, bytes2, at);
        else this.#unexpected(byte, "a number", at);
      } else if (byte === COMMA) {
        item = Item.next;
        at++;
      } else if (byte === CLOSE_ARRAY) return this.#numbersDone(plan, count2, bytes2, at);
      else if (SPACE[byte] === 1) at++;
      else this.#unexpected(byte, '"," or "]"', at);
      if (count2 === values.length) {
        plan.rows(values, count2 / plan.rowLength);
        count2 = 0;
      }
    }
    this.#valueCount = count2;
    this.#item = item;
    return at;
  }
  #numbersDone(plan, count2, bytes2, at) {
    const rows = Math.floor(count2 / plan.rowLength);
    if (rows > 0) plan.rows(this.#values, rows);
    if (count2 % plan.rowLength !== 0) {
      this.#fail(`the last row has ${count2 % plan.rowLength} of ${plan.rowLength} numbers`, at);
    }
    this.#valueDone(bytes2, at + 1);
    return at + 1;
  }
  /** Moves number bytes into the token; returns the place of the first other byte, or the chunk's end. */
  #collectToken(bytes2, from) {
    let at = from;
    while (at < bytes2.length && NUMBER_BYTE[bytes2[at]] === 1) this.#pushToken(bytes2[at], at++);
    return at;
  }
  #pushToken(byte, at) {
    if (this.#tokenLength === MAX_NUMBER_BYTES) {
      this.#fail(`a number has more than ${MAX_NUMBER_BYTES} characters`, at - MAX_NUMBER_BYTES);
    }
    this.#token[this.#tokenLength++] = byte;
  }
  #finishToken(at) {
    const text2 = String.fromCharCode(...this.#token.subarray(0, this.#tokenLength));
    this.#tokenLength = 0;
    if (!JSON_NUMBER.test(text2)) this.#fail(`"${text2}" is not a JSON number`, at - text2.length);
    return Number(text2);
  }
};
function skipSpace(bytes2, from) {
  let at = from;
  while (at < bytes2.length && SPACE[bytes2[at]] === 1) at++;
  return at;
}
var ESCAPE_LETTER = 5;
var LITERALS = /* @__PURE__ */ new Map([
  [116, "true"],
  [102, "false"],
  [110, "null"]
]);
var IGNORE = { append() {
} };
var NAMES_OF_BYTES = /* @__PURE__ */ new Map([
  [0, "a zero byte"],
  [9, "a tab"],
  [10, "a line feed"],
  [13, "a carriage return"],
  [32, "a space"]
]);
var KeyCollector = class {
  #bytes = Buffer.alloc(MAX_KEY_BYTES);
  #length = 0;
  clear() {
    this.#length = 0;
  }
  append(bytes2, from, to) {
    const room = Math.min(to - from, MAX_KEY_BYTES - this.#length);
    this.#bytes.set(bytes2.subarray(from, from + room), this.#length);
    this.#length += room;
  }
  text() {
    const raw = this.#bytes.toString("utf8", 0, this.#length);
    return this.#length < MAX_KEY_BYTES && raw.includes("\\") ? JSON.parse(`"${raw}"`) : raw;
  }
};
function describeByte(byte) {
  const name = NAMES_OF_BYTES.get(byte);
  if (name !== void 0) return name;
  return byte > 32 && byte < 127 ? `'${String.fromCharCode(byte)}'` : `byte 0x${byte.toString(16).padStart(2, "0")}`;
}
function topLevelKind(byte) {
  if (byte === OPEN_ARRAY) return "an array";
  if (byte === QUOTE) return "a string";
  if (byte === MINUS || byte - ZERO2 >>> 0 <= 9) return "a number";
  return void 0;
}

// src/read/locate.ts
var OPEN_ARRAY2 = 91;
var CLOSE_ARRAY2 = 93;
var COMMA2 = 44;
async function offsetOfNumber(chunks, arrayOffset, index) {
  let position = 0;
  let commas = 0;
  let inArray = false;
  for await (const chunk of chunks) {
    for (let at = Math.max(0, arrayOffset - position); at < chunk.length; at++) {
      const byte = chunk[at];
      if (byte === OPEN_ARRAY2) inArray = true;
      else if (byte === CLOSE_ARRAY2) return void 0;
      else if (byte === COMMA2) commas++;
      else if (byte > 32 && inArray && commas === index) return position + at;
    }
    position += chunk.length;
  }
  return void 0;
}

// src/read/source.ts
import { open, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import * as zlib from "node:zlib";
var CHUNK_BYTES2 = 4 << 20;
var NOT_COMPLETE = "it was not written to its end (process killed, disk full, copy broken off?); take or copy it again";
var UNPACKERS = [
  { magic: [31, 139], name: "gzip", create: (_name) => zlib.createGunzip({ chunkSize: 1 << 20 }) },
  { magic: [40, 181, 47, 253], name: "zstd", create: createZstd }
];
var MAGIC_BYTES = 4;
async function openSource(input, chunkBytes = CHUNK_BYTES2) {
  if (!(Number.isSafeInteger(chunkBytes) && chunkBytes > 0)) {
    throw new HeapgraphError("USAGE", `chunkBytes is ${chunkBytes}, not a whole number above 0`);
  }
  if (typeof input !== "string") {
    const sizeBytes = input instanceof Uint8Array ? input.byteLength : void 0;
    const read2 = input instanceof Uint8Array ? () => slices(input, chunkBytes) : () => input;
    return packedOrNot({ name: "snapshot", storedBytes: sizeBytes, repeatable: sizeBytes !== void 0, read: read2 });
  }
  if (input === "-") {
    const read2 = () => process.stdin;
    return packedOrNot({ name: "standard input", storedBytes: void 0, repeatable: false, read: read2 });
  }
  const size = await regularFileSize2(input);
  const read = () => fileChunks(input, chunkBytes);
  return packedOrNot({ name: input, storedBytes: size, repeatable: size !== void 0, read });
}
async function regularFileSize2(path) {
  const found = await stat(path).catch((error) => unreadable(path, error));
  if (found.isDirectory()) {
    throw new HeapgraphError("UNREADABLE", `${path}: this is a directory`, "name a .heapsnapshot file");
  }
  return found.isFile() ? found.size : void 0;
}
function unreadable(path, error) {
  const code = error.code;
  if (code === "ENOENT") throw new HeapgraphError("UNREADABLE", `${path}: no such file`, "check the path");
  if (code === "EACCES" || code === "EPERM") {
    throw new HeapgraphError(
      "UNREADABLE",
      `${path}: permission denied`,
      "heap snapshots are often written by another user"
    );
  }
  throw new HeapgraphError("UNREADABLE", `${path}: cannot be read (${code ?? String(error)})`);
}
async function packedOrNot(stored) {
  let { head, all, close } = await peek(stored.read());
  const unpacker = UNPACKERS.find(({ magic }) => magic.every((byte, index) => head[index] === byte));
  let fresh = true;
  return {
    name: stored.name,
    sizeBytes: unpacker === void 0 ? stored.storedBytes : void 0,
    storedBytes: stored.storedBytes,
    repeatable: stored.repeatable,
    async *chunks(onStored) {
      if (!fresh) ({ all, close } = await peek(stored.read()));
      fresh = false;
      try {
        const counted2 = count(all, onStored);
        yield* unpacker === void 0 ? counted2 : unpack(stored.name, unpacker, counted2);
      } finally {
        await close();
      }
    }
  };
}
async function peek(chunks) {
  const iterator = chunks[Symbol.asyncIterator]();
  const first = [];
  let length = 0;
  while (length < MAGIC_BYTES) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(length + next.value.length < MAGIC_BYTES ? copy(next.value) : next.value);
    length += next.value.length;
  }
  const head = Buffer.concat(first.map((chunk) => chunk.subarray(0, MAGIC_BYTES)));
  async function* all() {
    yield* first;
    yield* { [Symbol.asyncIterator]: () => iterator };
  }
  return { head, all: all(), close: async () => iterator.return?.() };
}
function copy(bytes2) {
  return new Uint8Array(bytes2);
}
async function* count(chunks, onStored) {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    yield chunk;
    onStored?.(total);
  }
}
async function* slices(bytes2, chunkBytes) {
  for (let at = 0; at < bytes2.length; at += chunkBytes) yield bytes2.subarray(at, at + chunkBytes);
}
async function* fileChunks(path, chunkBytes) {
  const file = await open(path).catch((error) => unreadable(path, error));
  try {
    const buffers = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)];
    let pending = file.read(buffers[0], 0, chunkBytes, null);
    for (let turn = 1; ; turn ^= 1) {
      const { bytesRead, buffer } = await pending.catch((error) => unreadable(path, error));
      if (bytesRead === 0) return;
      pending = file.read(buffers[turn], 0, chunkBytes, null);
      pending.catch(() => {
      });
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
async function* unpack(name, unpacker, packed) {
  const stream = unpacker.create(name);
  const source2 = Readable.from(copies(packed));
  let failedSource;
  source2.on("error", (error) => {
    failedSource = error;
    stream.destroy(error);
  });
  source2.pipe(stream);
  try {
    yield* stream;
  } catch (error) {
    if (failedSource !== void 0) throw failedSource;
    throw damaged(name, unpacker.name, stream.bytesWritten, error);
  } finally {
    source2.destroy();
    stream.destroy();
  }
}
function damaged(name, format, packedBytes, error) {
  const endsEarly = error.code === "Z_BUF_ERROR";
  const what = endsEarly ? `the ${format} data ends too early, at packed byte ${packedBytes}` : `the ${format} data is damaged${packedBytes > 0 ? ` after packed byte ${packedBytes}` : ""} (${error.message})`;
  const hint = endsEarly ? NOT_COMPLETE : "copy it again, or take a new snapshot";
  return new HeapgraphError("BROKEN_SNAPSHOT", `${name}: ${what}`, hint);
}
async function* copies(chunks) {
  for await (const chunk of chunks) yield copy(chunk);
}
function createZstd(name) {
  const create = zlib.createZstdDecompress;
  if (create === void 0) {
    throw new HeapgraphError(
      "UNREADABLE",
      `${name}: it is packed by zstd, which needs Node 22.15 or newer`,
      "unpack the file first, or pipe it: zstd -dc FILE | heapgraph \u2026 -"
    );
  }
  return create({ chunkSize: 1 << 20 });
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
var COMMA3 = 1;
var UNKNOWN3 = 2;
function parts(control, blocks) {
  const words2 = new Int32Array(control, 0, WORDS + 2 * blocks);
  const doubles = new Float64Array(control, align(4 * (WORDS + 2 * blocks)), blocks + 2);
  return {
    words: words2,
    state: words2.subarray(WORDS, WORDS + blocks),
    expected: words2.subarray(WORDS + blocks),
    /** Numbers before block i. */
    before: doubles.subarray(0, blocks + 1),
    /** The offset of the closing bracket. */
    end: doubles.subarray(blocks + 1)
  };
}
var align = (bytes2) => Math.ceil(bytes2 / 8) * 8;
function blockCount({ start, size, blockBytes }) {
  return Math.max(1, Math.ceil((size - start) / blockBytes));
}
function createControl(job) {
  const blocks = blockCount(job);
  return new SharedArrayBuffer(align(4 * (WORDS + 2 * blocks)) + 8 * (blocks + 2));
}
function runBlocks(job, onBlock) {
  const blocks = blockCount(job);
  const { words: words2 } = parts(job.control, blocks);
  Atomics.add(words2, ACTIVE, 1);
  try {
    while (Atomics.load(words2, FAILED) === 0 && Atomics.load(words2, ENDED) === 0) {
      const block = Atomics.add(words2, NEXT_BLOCK, 1);
      if (block >= blocks) return;
      runBlock(job, block, blocks);
      onBlock?.(job.start + (block + 1) * job.blockBytes);
    }
  } catch {
    fail(words2);
  } finally {
    Atomics.sub(words2, ACTIVE, 1);
    Atomics.notify(words2, ACTIVE);
  }
}
function awaitBlocks(job) {
  const { words: words2, before, end } = parts(job.control, blockCount(job));
  for (let active = Atomics.load(words2, ACTIVE); active > 0; active = Atomics.load(words2, ACTIVE)) {
    Atomics.wait(words2, ACTIVE, active);
  }
  if (Atomics.load(words2, FAILED) !== 0 || Atomics.load(words2, ENDED) === 0) return void 0;
  const blocksRead = Atomics.load(words2, ENDED);
  return before[blocksRead] === job.rowCount * job.rowLength ? end[0] : void 0;
}
function fail(words2) {
  Atomics.store(words2, FAILED, 1);
  Atomics.notify(words2, FAILED);
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
  const { bytes: bytes2, values } = scratchFor(job.blockBytes);
  const shared = parts(job.control, blocks);
  const { words: words2, state, before } = shared;
  const offset = job.start + block * job.blockBytes - 1;
  const length = readAt(job.fd, bytes2, offset);
  const scanned = scanBlock(bytes2, 1, Math.min(1 + job.blockBytes, length), length, values);
  if (!awaitTurn(words2, state, block)) return;
  const isBehindEnd = Atomics.load(words2, ENDED) !== 0;
  if (!isBehindEnd && !publish(shared, block, offset, scanned)) {
    fail(words2);
    return;
  }
  Atomics.store(state, block, DONE);
  Atomics.notify(state, block);
  if (!isBehindEnd && !store(job, values, scanned.count, before[block])) fail(words2);
}
function publish({ words: words2, expected, before, end }, block, offset, scanned) {
  const opening = block === 0 ? VALUE : expected[block - 1];
  if (scanned.isBad || scanned.first !== UNKNOWN3 && scanned.first !== opening) return false;
  before[block + 1] = before[block] + scanned.count;
  expected[block] = scanned.expected === UNKNOWN3 ? opening : scanned.expected;
  if (scanned.closedAt < 0) return true;
  if (expected[block] === VALUE) return false;
  end[0] = offset + scanned.closedAt;
  Atomics.store(words2, ENDED, block + 1);
  return true;
}
function awaitTurn(words2, state, block) {
  while (block > 0 && Atomics.load(state, block - 1) === PENDING) {
    if (Atomics.load(words2, FAILED) !== 0) return false;
    Atomics.wait(state, block - 1, PENDING, 50);
  }
  return Atomics.load(words2, FAILED) === 0;
}
var ZERO3 = 48;
var COMMA_BYTE = 44;
var CLOSE = 93;
function scanBlock(bytes2, from, to, length, values) {
  let at = from;
  if (isDigit(bytes2[from - 1])) while (at < length && isDigit(bytes2[at])) at++;
  let count2 = 0;
  let first = UNKNOWN3;
  let expected = UNKNOWN3;
  const result = (closedAt, isBad) => ({ count: count2, first, expected, closedAt, isBad });
  while (at < to) {
    const byte = bytes2[at];
    let digit = byte - ZERO3;
    if (digit >>> 0 <= 9) {
      if (expected === COMMA3) return result(-1, true);
      if (first === UNKNOWN3) first = VALUE;
      const start = at;
      let value = digit;
      while (++at < length) {
        digit = bytes2[at] - ZERO3;
        if (digit >>> 0 > 9) break;
        value = value * 10 + digit | 0;
      }
      const digits = at - start;
      if (digits > 9 || at === length || digits > 1 && byte === ZERO3) {
        const exact = digits === 10 && at < length && byte !== ZERO3 ? exactNumber(bytes2, start, at) : Number.POSITIVE_INFINITY;
        if (exact > 4294967295) return result(-1, true);
        values[count2++] = exact;
      } else values[count2++] = value;
      expected = COMMA3;
      if (at < to && bytes2[at] === COMMA_BYTE) {
        at++;
        expected = VALUE;
      }
    } else if (byte === COMMA_BYTE) {
      if (expected === VALUE) return result(-1, true);
      if (first === UNKNOWN3) first = COMMA3;
      expected = VALUE;
      at++;
    } else if (byte === 32 || byte === 10 || byte === 13 || byte === 9) at++;
    else if (byte === CLOSE) return result(at, false);
    else return result(-1, true);
  }
  return result(-1, false);
}
function isDigit(byte) {
  return byte - ZERO3 >>> 0 <= 9;
}
function store({ columns, rowLength, rowCount }, values, count2, index) {
  if (index + count2 > rowCount * rowLength) return false;
  return columns.every((column) => {
    const place = ((column.field - index) % rowLength + rowLength) % rowLength;
    const row = (index + place - column.field) / rowLength;
    if (column.kind === "number") return storeNumbers(column.data, row + column.shift, values, place, rowLength, count2);
    if (column.kind === "mapped") return storeMapped(column, row, values, place, rowLength, count2);
    if (column.kind === "divided") return storeDivided(column, row, values, place, rowLength, count2);
    for (let i = place; i < count2; i += rowLength) if (values[i] !== column.value) return false;
    return true;
  });
}
function storeNumbers(data, at, values, from, step, count2) {
  for (let i = from, row = at; i < count2; i += step, row++) data[row] = values[i];
  return true;
}
function storeMapped({ data, map }, at, values, from, step, count2) {
  const size = map.length;
  for (let i = from, row = at; i < count2; i += step, row++) {
    const value = values[i];
    if (value >= size) return false;
    data[row] = map[value];
  }
  return true;
}
function storeDivided({ data, divisor, limit }, at, values, from, step, count2) {
  for (let i = from, row = at; i < count2; i += step, row++) {
    const quotient = values[i] / divisor >>> 0;
    if (quotient * divisor !== values[i] || quotient >= limit) return false;
    data[row] = quotient;
  }
  return true;
}

// src/read/number-pool.ts
import { Worker } from "node:worker_threads";
function openNumberPool(threads) {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const program = new URL(`./number-worker.${ending}`, import.meta.url);
  const workers = Array.from({ length: Math.max(0, threads - 1) }, () => {
    const worker = new Worker(program);
    worker.on("error", () => {
    });
    worker.unref();
    return worker;
  });
  return {
    read(job, onBlock) {
      const shared = { ...job, control: createControl(job) };
      for (const worker of workers) worker.postMessage(shared);
      runBlocks(shared, onBlock);
      return awaitBlocks(shared);
    },
    async close() {
      await Promise.all(workers.map((worker) => worker.terminate()));
    }
  };
}

// src/snapshot/load-parallel.ts
var MAX_HEADER_BYTES = 1 << 20;
var CHUNK_BYTES3 = 4 << 20;
async function readInParallel(path, size, threads, onProgress, blockBytes = BLOCK_BYTES) {
  return withFile(path, async (fd) => {
    const pool = openNumberPool(threads);
    try {
      return readSections({ fd, size, blockBytes }, pool, onProgress);
    } finally {
      await pool.close();
    }
  });
}
function readSections(file, pool, onProgress) {
  const { fd, size } = file;
  const start = readHeader(fd);
  if (start === void 0) return void 0;
  const { header, headerText, nodesOffset } = start;
  const { schema, nodeCount, edgeCount } = header;
  const least = 2 * (nodeCount * schema.node.length + edgeCount * schema.edge.length);
  if (least > size || header.traceFunctionCount > 0) return void 0;
  const onBlock = (offset) => onProgress?.("reading", Math.min(offset, size), size);
  const nodes = nodePlans(schema, nodeCount);
  const nodeJob = {
    ...file,
    start: nodesOffset,
    rowLength: schema.node.length,
    rowCount: nodeCount,
    columns: nodes.plans
  };
  const nodesEnd = pool.read(nodeJob, onBlock);
  if (nodesEnd === void 0) return void 0;
  const edgesOffset = openingBehind(fd, nodesEnd, "edges");
  if (edgesOffset === void 0) return void 0;
  const edges = edgePlans(schema, nodeCount, edgeCount);
  const edgeJob = {
    ...file,
    start: edgesOffset,
    rowLength: schema.edge.length,
    rowCount: edgeCount,
    columns: edges.plans
  };
  const restOffset = pool.read(edgeJob, onBlock);
  if (restOffset === void 0 || !sumUp2(nodes.columns.firstEdge, edgeCount)) return void 0;
  const columns = { ...nodes.columns, ...edges.columns, nodeTraceId: void 0 };
  return { header, headerText, columns, restOffset };
}
function readHeader(fd) {
  const bytes2 = Buffer.alloc(MAX_HEADER_BYTES);
  const text2 = bytes2.toString("latin1", 0, readAt(fd, bytes2, 0));
  const opening = /^\s*\{\s*"snapshot"\s*:\s*(?=\{)/.exec(text2);
  const behind = /\}\s*,\s*"nodes"\s*:\s*\[/.exec(text2);
  if (opening === null || behind === null) return void 0;
  const headerText = text2.slice(opening[0].length, behind.index + 1);
  try {
    return { header: parseHeader(headerText), headerText, nodesOffset: behind.index + behind[0].length };
  } catch {
    return void 0;
  }
}
function openingBehind(fd, offset, key) {
  const bytes2 = Buffer.alloc(256);
  const text2 = bytes2.toString("latin1", 0, readAt(fd, bytes2, offset));
  const match = new RegExp(`^\\]\\s*,\\s*"${key}"\\s*:\\s*\\[`).exec(text2);
  return match === null ? void 0 : offset + match[0].length;
}
var words = (length) => new Uint32Array(new SharedArrayBuffer(4 * length));
var bytes = (length) => new Uint8Array(new SharedArrayBuffer(length));
function nodePlans({ node, nodeKindOfRaw }, nodeCount) {
  const { at } = node;
  const columns = {
    nodeKind: bytes(nodeCount),
    nodeName: words(nodeCount),
    nodeId: words(nodeCount),
    nodeSelfBytes: words(nodeCount),
    firstEdge: words(nodeCount + 1),
    nodeDetachedness: at.detachedness < 0 ? void 0 : bytes(nodeCount)
  };
  const number = (field, data, shift = 0) => ({ kind: "number", field, data, shift });
  const plans = [
    { kind: "mapped", field: at.type, data: columns.nodeKind, map: nodeKindOfRaw },
    number(at.name, columns.nodeName),
    number(at.id, columns.nodeId),
    number(at.self_size, columns.nodeSelfBytes),
    number(at.edge_count, columns.firstEdge, 1)
  ];
  if (columns.nodeDetachedness !== void 0) {
    const map = Uint8Array.from({ length: 256 }, (_, value) => value);
    plans.push({ kind: "mapped", field: at.detachedness, data: columns.nodeDetachedness, map });
  }
  if (at.trace_node_id >= 0) plans.push({ kind: "constant", field: at.trace_node_id, value: 0 });
  return { columns, plans };
}
function edgePlans({ node, edge, edgeKindOfRaw }, nodeCount, edgeCount) {
  const { at } = edge;
  const columns = { edgeKind: bytes(edgeCount), edgeName: words(edgeCount), edgeTarget: words(edgeCount) };
  const plans = [
    { kind: "mapped", field: at.type, data: columns.edgeKind, map: edgeKindOfRaw },
    { kind: "number", field: at.name_or_index, data: columns.edgeName, shift: 0 },
    { kind: "divided", field: at.to_node, data: columns.edgeTarget, divisor: node.length, limit: nodeCount }
  ];
  return { columns, plans };
}
function sumUp2(firstEdge, edgeCount) {
  let sum = 0;
  for (let i = 1; i < firstEdge.length; i++) {
    sum += firstEdge[i];
    firstEdge[i] = sum;
  }
  return sum === edgeCount;
}
function namesExist({ nodeName, edgeKind, edgeName }, stringCount) {
  for (let node = 0; node < nodeName.length; node++) if (nodeName[node] >= stringCount) return false;
  for (let edge = 0; edge < edgeName.length; edge++) {
    if (edgeName[edge] >= stringCount && !isIndexed(edgeKind[edge])) return false;
  }
  return true;
}
function scanRest(path, { headerText, restOffset }, scanner, onBytes) {
  return withFile(path, (fd) => {
    scanner.write(Buffer.from(`{"snapshot":${headerText},"nodes":[],"edges":[`, "latin1"));
    const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES3);
    for (let offset = restOffset; ; ) {
      const length = readAt(fd, chunk, offset);
      if (length === 0) break;
      offset += length;
      scanner.write(chunk.subarray(0, length));
      onBytes(offset);
    }
    scanner.end();
  });
}

// src/snapshot/load.ts
var TAKE_AGAIN = "copy it again, or take a new snapshot";
var MAX_HEADER_BYTES2 = 16 << 20;
var MAX_KEYS = 100;
async function openSnapshot(input, options = {}) {
  const { index = "off", indexFolder: folder = indexFolder(process.env) } = options;
  const load = async () => await openInParallel(input, options) ?? openPlainly(input, options);
  if (typeof input !== "string" || input === "-" || index === "off") return load();
  const place = indexPlace(input, index, folder);
  return place === void 0 ? load() : openIndexed(place, load, () => openAtOnce(input));
}
function openAtOnce(path) {
  const loader = new SnapshotLoader(regularFileSize(path));
  const scanner = new JsonScanner(loader);
  eachChunk(path, (chunk) => scanner.write(chunk));
  scanner.end();
  return loader.finish(path);
}
var MAX_THREADS = 4;
var PARALLEL_FROM_BYTES = 32 << 20;
async function openInParallel(input, options) {
  const { threads = Math.min(MAX_THREADS, processorCount()), parallelFromBytes = PARALLEL_FROM_BYTES } = options;
  if (typeof input !== "string" || input === "-" || threads < 2) return void 0;
  try {
    const size = regularFileSize(input);
    if (size === void 0 || size < parallelFromBytes) return void 0;
    const read = await readInParallel(input, size, threads, options.onProgress);
    if (read === void 0) return void 0;
    const loader = new SnapshotLoader(size, read.columns);
    await scanRest(input, read, new JsonScanner(loader), (offset) => options.onProgress?.("reading", offset, size));
    return loader.finish(input);
  } catch {
    return void 0;
  }
}
async function openPlainly(input, options) {
  const source2 = await openSource(input, options.chunkBytes);
  const loader = new SnapshotLoader(source2.sizeBytes);
  const scanner = new JsonScanner(loader);
  try {
    const onStored = (bytes2) => options.onProgress?.("reading", bytes2, source2.storedBytes);
    for await (const chunk of source2.chunks(onStored)) scanner.write(chunk);
    scanner.end();
    return loader.finish(source2.name);
  } catch (error) {
    throw await explain(error, source2, loader);
  }
}
async function openHeader(input) {
  const source2 = await openSource(input, 64 << 10);
  const loader = new SnapshotLoader(source2.sizeBytes);
  const scanner = new JsonScanner(loader);
  try {
    for await (const chunk of source2.chunks()) {
      scanner.write(chunk);
      if (loader.header !== void 0) break;
    }
    if (loader.header === void 0) {
      scanner.end();
      throw new SectionMissing("snapshot");
    }
    return { name: source2.name, storedBytes: source2.storedBytes, sizeBytes: source2.sizeBytes, header: loader.header };
  } catch (error) {
    throw await explain(error, source2, loader);
  }
}
var SectionMissing = class extends Error {
  section;
  constructor(section) {
    super(`it has no section "${section}"`);
    this.section = section;
  }
};
var SectionRepeated = class extends Error {
  section;
  offset;
  /** `offset`: where the second one begins. */
  constructor(section, offset) {
    super("the section comes a second time");
    this.section = section;
    this.offset = offset;
  }
};
var Waiting = class {
  #blocks = [];
  rows(values, rows) {
    this.#blocks.push(values.slice(0, rows));
  }
  /** Hands the numbers on in rows, as the scanner would have. */
  replay(section, plan) {
    const { rowLength } = plan;
    let rest = new Float64Array(0);
    let count2 = 0;
    for (const block of this.#blocks.splice(0)) {
      const values = new Float64Array(rest.length + block.length);
      values.set(rest);
      values.set(block, rest.length);
      const rows = Math.floor(values.length / rowLength);
      if (rows > 0) plan.rows(values, rows);
      rest = values.slice(rows * rowLength);
      count2 += block.length;
    }
    if (rest.length > 0) {
      const last = Math.floor(count2 / rowLength);
      throw new RowError(section, last, count2 - 1, `the last row has ${rest.length} of ${rowLength} numbers`);
    }
  }
};
var SnapshotLoader = class {
  header;
  /** Where each section's value begins. */
  offsets = /* @__PURE__ */ new Map();
  #sizeBytes;
  #strings = new StringTableBuilder();
  #waiting = /* @__PURE__ */ new Map();
  #nodes;
  #edges;
  #locations;
  #ready;
  /**
   * `sizeBytes`: the size of the unpacked file, if known; the header's counts are believed no further. `ready`: nodes and edges
   * that have been read already; their sections are then empty.
   */
  constructor(sizeBytes, ready) {
    this.#sizeBytes = sizeBytes;
    this.#ready = ready;
  }
  section(key, offset) {
    if (this.offsets.has(key) && isKnown(key)) throw new SectionRepeated(key, offset);
    if (this.offsets.size < MAX_KEYS || isKnown(key)) this.offsets.set(key, offset);
    if (key === "snapshot") {
      return { kind: "text", limitBytes: MAX_HEADER_BYTES2, text: (json) => this.#readHeader(json) };
    }
    if (key === "strings") return { kind: "strings", sink: this.#strings };
    if (key === "nodes" || key === "edges" || key === "locations") {
      const plan = this.#rowPlan(key);
      if (plan !== void 0) return plan;
      const waiting = new Waiting();
      this.#waiting.set(key, waiting);
      return { kind: "numbers", rowLength: 1, rows: (values, rows) => waiting.rows(values, rows) };
    }
    return { kind: "skip" };
  }
  /** A wrong count is told before what follows from it: edges to nodes that the header does not count. */
  sectionEnd(key) {
    if (this.header === void 0) return;
    if (key === "nodes") this.#nodes?.checkCount(this.header.nodeCount);
    if (key === "edges") this.#edges?.checkCount(this.header.edgeCount);
  }
  #readHeader(json) {
    this.header = parseHeader(json);
    for (const [key, waiting] of this.#waiting) {
      const plan = this.#rowPlan(key);
      if (plan?.kind === "numbers") waiting.replay(key, plan);
    }
  }
  /** How to read a section of numbers; undefined as long as the header is not known. */
  #rowPlan(key) {
    const { header } = this;
    if (header === void 0) return void 0;
    const { schema } = header;
    if (this.#ready !== void 0 && key !== "locations") return { kind: "skip" };
    if (key === "nodes") {
      const columns2 = new NodeColumns(schema, this.#believed(header.nodeCount, schema.node.length));
      this.#nodes = columns2;
      return { kind: "numbers", rowLength: schema.node.length, rows: (values, rows) => columns2.append(values, rows) };
    }
    if (key === "edges") {
      const columns2 = new EdgeColumns(schema, header.nodeCount, this.#believed(header.edgeCount, schema.edge.length));
      this.#edges = columns2;
      return { kind: "numbers", rowLength: schema.edge.length, rows: (values, rows) => columns2.append(values, rows) };
    }
    const layout = schema.location;
    if (layout === void 0) return { kind: "skip" };
    const columns = new LocationColumns(layout, schema.node.length, header.nodeCount);
    this.#locations = columns;
    return { kind: "numbers", rowLength: layout.length, rows: (values, rows) => columns.append(values, rows) };
  }
  /** A row takes at least two bytes a number, so that a lying count costs no memory. */
  #believed(count2, rowLength) {
    return this.#sizeBytes === void 0 ? 0 : Math.min(count2, Math.ceil(this.#sizeBytes / (2 * rowLength)));
  }
  #numberColumns({ nodeCount, edgeCount }, stringCount) {
    if (this.#ready !== void 0) {
      if (!namesExist(this.#ready, stringCount)) throw new Error("a name is no string");
      return this.#ready;
    }
    const nodes = this.#nodes.finish(nodeCount, stringCount);
    return { ...nodes, ...this.#edges.finish(edgeCount, stringCount, nodes.firstEdge[nodeCount]) };
  }
  /** The checks that need more than one section, then the snapshot. */
  finish(name) {
    const { header } = this;
    if (header === void 0) throw new SectionMissing("snapshot");
    for (const key of ["nodes", "edges", "strings"]) if (!this.offsets.has(key)) throw new SectionMissing(key);
    const strings = this.#strings.finish();
    const columns = this.#numberColumns(header, strings.count);
    if (!Number.isInteger(header.rootOrdinal) || header.rootOrdinal >= header.nodeCount) {
      throw new HeaderError(header.nodeCount === 0 ? "there are no nodes" : `"snapshot.root_index" is no node's place`);
    }
    const locations = (this.#locations ?? new LocationColumns(void 0, 1, 0)).finish();
    return new Snapshot(name, header, { ...columns, locations }, strings);
  }
};
function isKnown(key) {
  return ["snapshot", "nodes", "edges", "locations", "strings"].includes(key);
}
async function explain(error, source2, loader) {
  if (error instanceof ScanError) return explainScanError(error, source2.name, loader);
  const broken = (where, what, hint) => new HeapgraphError("BROKEN_SNAPSHOT", `${source2.name}: ${where}: ${what}`, hint);
  if (error instanceof RowError) {
    const start = loader.offsets.get(error.section) ?? 0;
    const findable = error.valueIndex !== void 0 && source2.repeatable;
    const offset = findable ? await offsetOfNumber(source2.chunks(), start, error.valueIndex) : void 0;
    const where = offset === void 0 ? `from byte ${start} on` : `byte ${offset}`;
    return broken(`section "${error.section}", ${where}`, error.message, TAKE_AGAIN);
  }
  if (error instanceof HeaderError) {
    return broken(`section "snapshot", byte ${loader.offsets.get("snapshot") ?? 0}`, error.message, TAKE_AGAIN);
  }
  if (error instanceof SectionRepeated) {
    return broken(`section "${error.section}", byte ${error.offset}`, error.message, TAKE_AGAIN);
  }
  if (error instanceof SectionMissing) {
    if (loader.header !== void 0) return broken("end of file", error.message, NOT_COMPLETE);
    const keys2 = firstKeys(loader);
    const what = keys2 === "" ? "it is an empty object" : `it has ${keys2}, but no "snapshot"`;
    return notASnapshot(source2.name, what, otherFormat(loader));
  }
  return error;
}
function explainScanError(error, name, loader) {
  const { kind, message, offset, section } = error;
  if (kind === "empty") return new HeapgraphError("NOT_A_SNAPSHOT", `${name}: ${message}`, NOT_COMPLETE);
  if (kind === "not-json" || kind === "not-object") {
    const wanted = kind === "not-json" ? "with '{'" : "an object";
    return notASnapshot(name, `${message}, not ${wanted} (byte ${offset})`, otherFormat(loader));
  }
  const keys2 = firstKeys(loader);
  const cutBeforeHeader = kind === "truncated" && (keys2 === "" || [...loader.offsets.keys()].some(isKnown));
  if (!loader.offsets.has("snapshot") && !cutBeforeHeader) {
    const what = keys2 === "" ? "it is no JSON" : `it begins with ${keys2}, not with "snapshot"`;
    return notASnapshot(name, `${what} (byte ${offset}: ${message})`, otherFormat(loader, section));
  }
  const where = kind === "trailing" ? "" : `${section === void 0 ? "between sections" : sectionName(section)}, `;
  const hint = kind === "truncated" ? NOT_COMPLETE : TAKE_AGAIN;
  return new HeapgraphError("BROKEN_SNAPSHOT", `${name}: ${where}byte ${offset}: ${message}`, hint);
}
function sectionName(section) {
  return `section ${JSON.stringify(section.slice(0, 40))}`;
}
function firstKeys(loader) {
  const keys2 = [...loader.offsets.keys()];
  return keys2.slice(0, 3).map((key) => JSON.stringify(key.slice(0, 40))).join(", ");
}
function notASnapshot(name, what, hint) {
  return new HeapgraphError("NOT_A_SNAPSHOT", `${name}: not a V8 heap snapshot: ${what}`, hint);
}
function otherFormat({ offsets }, section) {
  const wanted = "heapgraph reads .heapsnapshot files";
  const cpuProfile = section === "nodes" || offsets.has("samples") && offsets.has("timeDeltas");
  if (cpuProfile) return `this looks like a .cpuprofile; ${wanted}`;
  if (offsets.has("head")) return `this looks like a .heapprofile (sampled allocations); ${wanted}`;
  if (offsets.has("traceEvents")) return `this looks like a performance trace; ${wanted}`;
  return "give a .heapsnapshot file, plain or gzip";
}

// src/explain/source-place.ts
function sourcePlace(snapshot, node) {
  return placeText(placeOfRow(snapshot, locationRow(snapshot, node)));
}
function placeText(place) {
  if (place === void 0) return "";
  return place.line > 0 ? `${place.script}:${place.line}` : place.script;
}

// src/explain/describe.ts
function describe(snapshot, node) {
  const { nodeId, nodeKind, types: types2, header } = snapshot;
  const kind = nodeKind[node];
  const isRoot = kind === NodeKind.synthetic;
  return {
    id: nodeId[node],
    type: isRoot ? rootName(snapshot, node) : types2.names[types2.ofNode[node]],
    kind: header.schema.nodeKinds[kind],
    preview: isRoot ? "" : preview(snapshot, node),
    place: sourcePlace(snapshot, node)
  };
}
function rootName({ root, nodeName, strings }, node) {
  return strings.get(nodeName[node]) || (node === root ? "(root)" : "(synthetic)");
}
var PREVIEW_LENGTH = 200;
function preview(snapshot, node) {
  const { nodeKind, nodeName, strings, types: types2 } = snapshot;
  const kind = nodeKind[node];
  const type = types2.names[types2.ofNode[node]];
  if (kind === NodeKind["concatenated string"]) return quoted(joinedText(snapshot, node));
  const name = strings.get(nodeName[node]);
  if (kind === NodeKind.string) return quoted(name);
  if (kind === NodeKind["sliced string"]) return name === UNKNOWN_TEXT ? "" : quoted(name);
  if (kind === NodeKind.closure) return `${name === "" ? "(anonymous)" : name}()`;
  if (kind === NodeKind.regexp) return name;
  if (kind === NodeKind.object && name === "Object") {
    const text2 = shape(snapshot, node);
    return text2 === type ? "" : text2;
  }
  return name === type ? "" : name.slice(0, PREVIEW_LENGTH);
}
function quoted(text2) {
  return JSON.stringify(text2.slice(0, PREVIEW_LENGTH));
}
var UNKNOWN_TEXT = "(sliced string)";
var MAX_PIECES = 64;
function joinedText(snapshot, node) {
  const { edgeKind, edgeName, edgeTarget, firstEdge, nodeKind, nodeName, strings } = snapshot;
  let text2 = "";
  const pending = [node];
  for (let pieces = 0; pending.length > 0 && pieces < MAX_PIECES && text2.length < PREVIEW_LENGTH; pieces++) {
    const piece = pending.pop();
    if (nodeKind[piece] !== NodeKind["concatenated string"]) {
      const name = strings.get(nodeName[piece]);
      text2 += nodeKind[piece] === NodeKind["sliced string"] && name === UNKNOWN_TEXT ? "\u2026" : name;
      continue;
    }
    const halves = {};
    for (let edge = firstEdge[piece]; edge < firstEdge[piece + 1]; edge++) {
      if (edgeKind[edge] !== EdgeKind.internal) continue;
      const half = strings.get(edgeName[edge]);
      if (half === "first" || half === "second") halves[half] = edgeTarget[edge];
    }
    if (halves.second !== void 0) pending.push(halves.second);
    if (halves.first !== void 0) pending.push(halves.first);
  }
  return text2;
}
var SHAPE_NAMES = 6;
function shape(snapshot, node) {
  const { edgeKind, edgeName, firstEdge, strings } = snapshot;
  const names = [];
  let rest = 0;
  for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
    if (edgeKind[edge] !== EdgeKind.property) continue;
    const name = strings.get(edgeName[edge]);
    if (name === "__proto__") continue;
    if (names.length < SHAPE_NAMES) names.push(name);
    else rest++;
  }
  return `{${names.join(", ")}${rest > 0 ? `, \u2026 ${rest} more` : ""}}`;
}

// src/graph/rows.ts
var MAX_BATCH_TEXT = 1 << 24;
function tableOf(snapshot, name) {
  return name === "nodes" ? nodeTable(snapshot) : edgeTable(snapshot);
}
function nodeTable(snapshot) {
  const { nodeCount, nodeId, nodeKind, nodeSelfBytes, types: types2, header, detachedness } = snapshot;
  const selfBytes = selfSizes(snapshot, "devtools");
  const retainedBytes = retainedSizes(snapshot, "devtools");
  const distance = distances(snapshot);
  const { dominator } = dominatorTree(snapshot);
  const heads = [
    { name: "id", form: "int64" },
    { name: "type", form: "word" },
    { name: "kind", form: "word" },
    { name: "selfSize", form: "int64" },
    { name: "rawSelfSize", form: "int64" },
    { name: "retainedSize", form: "int64" },
    { name: "distance", form: "int32" },
    { name: "dominator", form: "int64" },
    { name: "detachedness", form: "int32" }
  ];
  const cells = (from, to) => [
    { form: "int64", values: nodeId.subarray(from, to) },
    { form: "word", values: types2.ofNode.subarray(from, to), words: types2.names },
    { form: "word", values: nodeKind.subarray(from, to), words: header.schema.nodeKinds },
    { form: "int64", values: selfBytes.subarray(from, to) },
    { form: "int64", values: nodeSelfBytes.subarray(from, to) },
    { form: "int64", values: retainedBytes.subarray(from, to) },
    { form: "int32", values: distance.subarray(from, to) },
    { form: "int64", values: pick(nodeId, dominator.subarray(from, to)) },
    { form: "int32", values: detachedness.subarray(from, to) }
  ];
  return {
    name: "nodes",
    rowCount: nodeCount,
    heads,
    *batches(size) {
      for (let from = 0; from < nodeCount; from += size) {
        const to = Math.min(from + size, nodeCount);
        yield { rowCount: to - from, cells: cells(from, to) };
      }
    }
  };
}
function edgeTable(snapshot) {
  const { edgeCount, edgeKind, edgeTarget, nodeId, header } = snapshot;
  const heads = [
    { name: "source", form: "int64" },
    { name: "target", form: "int64" },
    { name: "kind", form: "word" },
    { name: "name", form: "text" }
  ];
  return {
    name: "edges",
    rowCount: edgeCount,
    heads,
    *batches(size) {
      const sources = edgeSources(snapshot);
      for (let from = 0; from < edgeCount; ) {
        const names = edgeNames(snapshot, from, Math.min(from + size, edgeCount));
        const rowCount = names.values.length;
        const to = from + rowCount;
        const cells = [
          { form: "int64", values: pick(nodeId, sources(from, to)) },
          { form: "int64", values: pick(nodeId, edgeTarget.subarray(from, to)) },
          { form: "word", values: edgeKind.subarray(from, to), words: header.schema.edgeKinds },
          { form: "text", ...names }
        ];
        yield { rowCount, cells };
        from = to;
      }
    }
  };
}
function pick(values, ordinals) {
  const picked = values instanceof Uint32Array ? new Uint32Array(ordinals.length) : new Float64Array(ordinals.length);
  for (let i = 0; i < ordinals.length; i++) picked[i] = values[ordinals[i]];
  return picked;
}
function edgeSources({ firstEdge }) {
  let node = 0;
  return (from, to) => {
    const sources = new Uint32Array(to - from);
    for (let edge = from; edge < to; edge++) {
      while (firstEdge[node + 1] <= edge) node++;
      sources[edge - from] = node;
    }
    return sources;
  };
}
function edgeNames({ edgeKind, edgeName, strings }, from, to) {
  const values = new Uint32Array(to - from);
  const words2 = [];
  const wordOfString = /* @__PURE__ */ new Map();
  const wordOfIndex = /* @__PURE__ */ new Map();
  let edge = from;
  for (let length = 0; edge < to && length < MAX_BATCH_TEXT; edge++) {
    const name = edgeName[edge];
    const isIndex = isIndexed(edgeKind[edge]);
    const wordOf = isIndex ? wordOfIndex : wordOfString;
    let word = wordOf.get(name);
    if (word === void 0) {
      const text2 = isIndex ? String(name) : strings.get(name);
      word = words2.push(text2) - 1;
      wordOf.set(name, word);
      length += text2.length;
    }
    values[edge - from] = word;
  }
  return { values: values.subarray(0, edge - from), words: words2 };
}
var FLAME_LIMITS = {
  depth: 500,
  fan: Number.POSITIVE_INFINITY,
  minShare: 1e-4
};
function flameView({ snapshot, sizes, rows }) {
  const selfBytes = selfSizes(snapshot, sizes);
  const shown = rows.map(({ node, parent, retainedBytes }) => {
    const { id, type, place } = describe(snapshot, node);
    return { parent, type, id, place, count: 1, selfBytes: selfBytes[node], retainedBytes };
  });
  const left = rows.flatMap(({ left: left2 }, parent) => {
    if (left2 === void 0) return [];
    const { count: count2, retainedBytes } = left2;
    return [{ parent, type: "", id: void 0, place: "", count: count2, selfBytes: retainedBytes, retainedBytes }];
  });
  return { name: snapshot.name, rows: [...shown, ...left] };
}

// src/explain/edge-label.ts
function edgeLabel(snapshot, edge) {
  return labelOf(snapshot, snapshot.edgeKind[edge], snapshot.edgeName[edge]);
}
function labelOf(snapshot, kind, name) {
  if (kind === EdgeKind.element) return `[${name}]`;
  if (kind === EdgeKind.hidden) return `\u2039slot ${name}\u203A`;
  const text2 = snapshot.strings.get(name);
  if (kind === EdgeKind.property) return propertyLabel(text2);
  if (kind === EdgeKind.context) return `scope var ${text2}`;
  if (kind === EdgeKind.shortcut) return `shortcut ${text2}`;
  if (kind === EdgeKind.weak) return `weak \u2039${text2}\u203A`;
  const entry = parseEphemeronName(text2);
  if (entry !== void 0) return `${WEAK_MAP_VALUE} (key @${entry.keyId}, table @${entry.tableId})`;
  return /^\d+$/.test(text2) ? `\u2039slot ${text2}\u203A` : `\u2039${text2}\u203A`;
}
function propertyLabel(name) {
  if (/^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)) return `.${name}`;
  const accessor = /^([gs]et) ([\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(name);
  if (accessor !== null) return `.${accessor[2]} (${accessor[1]}ter)`;
  const symbol = /^<symbol (.*)>$/s.exec(name);
  if (symbol !== null) return `[Symbol(${symbol[1]})]`;
  return `[${JSON.stringify(name)}]`;
}
var NAMES_SHOWN = 3;
var WEAK_MAP_VALUE = "value in WeakMap";
function jointLabel(snapshot, { edgeKind, names, nameCount }) {
  if (nameCount === 1) return labelOf(snapshot, edgeKind, names[0]);
  if (edgeKind === EdgeKind.element) return nameCount > names.length ? "[\u2026]" : names.map((name) => `[${name}]`).join(", ");
  const labels = names.map((name) => labelOf(snapshot, edgeKind, name));
  if (labels.every((label) => label.startsWith("\u2039slot "))) return `\u2039${plural(nameCount, "slot")}\u203A`;
  if (labels.every((label) => label.startsWith(WEAK_MAP_VALUE))) return `${WEAK_MAP_VALUE} (${plural(nameCount, "key")})`;
  const rest = nameCount - Math.min(nameCount, NAMES_SHOWN);
  return labels.slice(0, NAMES_SHOWN).join(", ") + (rest > 0 ? `, \u2026 ${formatCount(rest)} more` : "");
}
function edgeStrength(snapshot, edge) {
  const kind = snapshot.edgeKind[edge];
  if (kind === EdgeKind.weak) return "weak";
  if (kind === EdgeKind.internal && parseEphemeronName(snapshot.strings.get(snapshot.edgeName[edge])) !== void 0) {
    return "ephemeron";
  }
  return kind === EdgeKind.internal || isIndexed(kind) !== (kind === EdgeKind.element) ? "internal" : "strong";
}
function edgeKindName({ header }, edgeKind) {
  return header.schema.edgeKinds[edgeKind];
}

// src/explain/holder.ts
function describeHolder(snapshot, edge) {
  const source2 = sourceOf(snapshot.firstEdge, edge);
  const owner = isScope(snapshot, source2) ? functionIn(snapshot, source2) ?? source2 : source2;
  const { id } = describe(snapshot, source2);
  const { type, preview: preview2, place, kind } = describe(snapshot, owner);
  return { id, text: `${edgeLabel(snapshot, edge)} of ${kind === "closure" ? preview2 : type}`, place };
}
function isScope({ nodeKind, nodeName, strings }, node) {
  return nodeKind[node] === NodeKind.object && strings.get(nodeName[node]).startsWith("system / Context");
}
function functionIn({ retainers, edgeKind, edgeName, nodeId, nodeKind, strings }, scope) {
  let found;
  for (let slot = retainers.first[scope]; slot < retainers.first[scope + 1]; slot++) {
    const source2 = retainers.source[slot];
    const edge = retainers.edge[slot];
    if (nodeKind[source2] !== NodeKind.closure || edgeKind[edge] !== EdgeKind.internal) continue;
    if (strings.get(edgeName[edge]) !== "context") continue;
    if (found === void 0 || nodeId[source2] < nodeId[found]) found = source2;
  }
  return found;
}

// src/explain/producer.ts
var MARKS = [
  { has: ({ meta }) => meta.scope_fields !== void 0, producer: "V8 15.6 or newer (Chromium 156 or newer)" },
  {
    has: ({ schema }) => (schema.location?.length ?? 0) >= 5,
    producer: "V8 14.9 or newer (Chromium 149 or newer, Deno 2.9 or newer)"
  },
  {
    has: ({ extraNativeBytes }) => extraNativeBytes !== void 0,
    producer: "V8 13.6 to 14.7 (Node 24 to 26, Chromium 136 to 147)"
  },
  { has: declares("wasm object"), producer: "V8 11.3 (Node 20)" },
  { has: declares("object shape"), producer: "V8 10.8 to 12.9 (Node 19, 21 to 23, Bun, Chromium 108 to 129)" },
  { has: ({ schema }) => schema.node.at.detachedness >= 0, producer: "V8 9.2 to 10.2 (Node 16 to 18, Chromium 92 to 102)" },
  { has: ({ schema }) => schema.location !== void 0, producer: "V8 7.0 to 8.6 (Node 11 to 15, Chromium 70 to 86)" }
];
function producerOf(header) {
  return MARKS.find(({ has }) => has(header))?.producer ?? "V8 6.8 or older (Node 10 or older), or another engine";
}
function declares(nodeKind) {
  return ({ meta }) => {
    const types2 = meta.node_types;
    return Array.isArray(types2) && Array.isArray(types2[0]) && types2[0].includes(nodeKind);
  };
}

// src/explain/sizes.ts
function sizesSentence(sizes) {
  return sizes === "raw" ? "sizes as the file has them (--sizes raw)" : "sizes as Chrome DevTools shows them: V8's private parts count as their owner's; --sizes raw has the file's own";
}

// src/graph/views.ts
function snapshotView({ name, nodeCount, edgeCount }) {
  return { name, nodeCount, edgeCount };
}
function rowLimit(shown, total, noun, nouns = `${noun}s`) {
  return shown < total ? [`${formatCount(shown)} of ${plural(total, noun, nouns)} are shown; --limit N shows more`] : [];
}
function typesView({ snapshot, by, sizes, rows, total, heapBytes, emptyCount }) {
  const noun = by === "type" ? "type" : by;
  const empty = `${plural(emptyCount, "node")} without a size of their own ${emptyCount === 1 ? "is" : "are"} not counted`;
  return {
    snapshot: snapshotView(snapshot),
    by,
    sizes,
    rows: rows.map(({ type, location, count: count2, selfBytes, retainedBytes, distance, example }) => ({
      type,
      place: placeText(placeOfRow(snapshot, location)),
      count: count2,
      selfBytes,
      retainedBytes: retainedBytes ?? null,
      distance,
      exampleId: snapshot.nodeId[example]
    })),
    total,
    heapBytes,
    limits: [...rowLimit(rows.length, total.types, noun), sizesSentence(sizes), ...emptyCount > 0 ? [empty] : []]
  };
}
function objectView(snapshot, node, sizes) {
  return {
    ...describe(snapshot, node),
    selfBytes: selfSizes(snapshot, sizes)[node],
    retainedBytes: retainedSizes(snapshot, sizes)[node],
    distance: distances(snapshot)[node]
  };
}
function listView({ snapshot, selection, sizes, nodes, total }) {
  return {
    snapshot: snapshotView(snapshot),
    subject: selection.subject,
    sizes,
    rows: Array.from(nodes, (node) => objectView(snapshot, node, sizes)),
    total,
    limits: [...rowLimit(nodes.length, total.count, "object"), sizesSentence(sizes)]
  };
}
var DETACHEDNESS = ["unknown", "attached", "detached"];
function showView(answer) {
  const { snapshot, node, sizes, out, in: incoming, total, dominator, reachable, retainedBytes } = answer;
  const edgeView = (edge, other) => ({
    label: edgeLabel(snapshot, edge),
    kind: edgeKindName(snapshot, snapshot.edgeKind[edge]),
    strength: edgeStrength(snapshot, edge),
    other: { ...describe(snapshot, other), selfBytes: selfSizes(snapshot, sizes)[other] }
  });
  return {
    snapshot: snapshotView(snapshot),
    sizes,
    object: objectView(snapshot, node, sizes),
    dominator: node === snapshot.root ? null : describe(snapshot, dominator),
    // The dominator tree knows of more than what is reached: children that only unreachable nodes lead to.
    notRetained: {
      count: Math.max(0, reachable.count - answer.retainedCount),
      selfBytes: Math.max(0, reachable.selfBytes - retainedBytes)
    },
    heapBytes: retainedSizes(snapshot, sizes)[snapshot.root],
    detachedness: DETACHEDNESS[snapshot.detachedness[node]] ?? "unknown",
    out: Array.from(out, (edge) => edgeView(edge, snapshot.edgeTarget[edge])),
    in: Array.from(incoming, (edge) => edgeView(edge, sourceOf(snapshot.firstEdge, edge))),
    total,
    limits: [
      ...rowLimit(out.length, total.out, "edge out", "edges out"),
      ...rowLimit(incoming.length, total.in, "edge in", "edges in"),
      sizesSentence(sizes)
    ]
  };
}
function detachedView({ snapshot, sizes, trees, total, limit }) {
  const rows = /* @__PURE__ */ new Map();
  for (const { node, nodeCount, retainedBytes, heldBy } of trees) {
    const { type, id } = describe(snapshot, node);
    const holder = heldBy === void 0 ? { text: "", place: "" } : describeHolder(snapshot, heldBy);
    const key = JSON.stringify([type, holder.text, holder.place]);
    const row = rows.get(key);
    if (row === void 0) {
      const { text: text2, place } = holder;
      rows.set(key, { type, trees: 1, nodeCount, retainedBytes, heldBy: text2, place, exampleId: id });
      continue;
    }
    row.trees++;
    row.nodeCount += nodeCount;
    row.retainedBytes += retainedBytes;
  }
  const sorted = [...rows.values()].sort((a, b) => b.retainedBytes - a.retainedBytes || a.exampleId - b.exampleId);
  return {
    snapshot: snapshotView(snapshot),
    sizes,
    rows: sorted.slice(0, limit),
    total,
    limits: [...rowLimit(Math.min(limit, sorted.length), sorted.length, "row"), sizesSentence(sizes)]
  };
}
var PROGRAM_BYTES = 6e7;
var NODE_BYTES = 90;
var EDGE_BYTES = 18;
function infoView({ name, storedBytes, sizeBytes, header }) {
  const { nodeCount, edgeCount, schema, traceFunctionCount, extraNativeBytes, meta } = header;
  const has = [
    ...schema.location === void 0 ? [] : ["source locations"],
    ...schema.node.at.detachedness < 0 ? [] : ["detachedness"],
    ...traceFunctionCount === 0 ? [] : [`allocation stacks of ${plural(traceFunctionCount, "function")}`],
    ...meta.scope_fields === void 0 ? [] : ["scopes"]
  ];
  return {
    name,
    storedBytes,
    isPacked: sizeBytes === void 0 && storedBytes !== void 0,
    producer: producerOf(header),
    nodeCount,
    edgeCount,
    has,
    extraNativeBytes,
    // What is neither a node nor an edge is mostly strings, which are kept as they stand.
    neededBytes: PROGRAM_BYTES + nodeCount * NODE_BYTES + edgeCount * EDGE_BYTES + Math.max(0, (sizeBytes ?? 0) - nodeCount * 25 - edgeCount * 14)
  };
}

// src/emit/fold.ts
var shortestRun = 3;
function foldRuns(graph) {
  const chains = graph.getAttribute("chains");
  const runs = /* @__PURE__ */ new Map();
  for (const chain of chains) for (const run2 of runsOf(graph, chain)) runs.set(run2.nodes[0], run2);
  if (runs.size === 0) return graph;
  const folded = graph.copy();
  for (const run2 of runs.values()) foldRun(folded, run2);
  const left = chains.map(({ nodes, edges }) => ({
    nodes: nodes.filter((node) => folded.hasNode(node)),
    edges: edges.filter((edge) => folded.hasEdge(edge))
  }));
  folded.setAttribute("chains", left);
  return folded;
}
function runsOf(graph, chain) {
  const runs = [];
  for (let step = 0; step < chain.edges.length; ) {
    const end = endOfRun(graph, chain, step);
    if (end - step >= shortestRun) {
      runs.push({ nodes: chain.nodes.slice(step + 1, end + 1), edges: chain.edges.slice(step, end) });
    }
    step = end;
  }
  return runs;
}
function endOfRun(graph, chain, start) {
  const pattern = stepPattern(graph, chain, start);
  let end = start + 1;
  while (pattern !== void 0 && end < chain.edges.length && stepPattern(graph, chain, end) === pattern) end++;
  return end;
}
function stepPattern(graph, chain, step) {
  const key = chain.nodes[step + 1];
  const { role, notes: notes2, count: count2, type, kind, place } = graph.getNodeAttributes(key);
  const edge = graph.getEdgeAttributes(chain.edges[step]);
  if (role !== "node" || notes2.length > 0 || count2 !== 1 || edge.count !== 1) return void 0;
  if (graph.inDegree(key) !== 1 || graph.outDegree(key) !== 1) return void 0;
  return JSON.stringify([labelPattern(edge.label), edge.strength, edge.kind, type, kind, place]);
}
function labelPattern(label) {
  return label.replace(/\[\d+\]/g, "[\u2026]");
}
function foldRun(graph, { nodes, edges }) {
  const first = nodes[0];
  const last = nodes[nodes.length - 1];
  const ids = `@${graph.getNodeAttribute(first, "id")} \u2026 @${graph.getNodeAttribute(last, "id")}`;
  const labels = edges.map((edge) => graph.getEdgeAttribute(edge, "label"));
  const [onward] = graph.outEdges(last);
  const [onwardTo, onwardAttributes] = [graph.target(onward), graph.getEdgeAttributes(onward)];
  graph.mergeNodeAttributes(first, {
    count: nodes.length,
    selfBytes: nodes.reduce((sum, node) => sum + graph.getNodeAttribute(node, "selfBytes"), 0),
    preview: "",
    notes: [`${formatCount(nodes.length)} equal steps in one: ${ids}`]
  });
  graph.mergeEdgeAttributes(edges[0], {
    label: labels.every((label) => label === labels[0]) ? labels[0] : labelPattern(labels[0]),
    count: nodes.length
  });
  for (const node of nodes.slice(1)) graph.dropNode(node);
  graph.addDirectedEdgeWithKey(onward, first, onwardTo, onwardAttributes);
}

// src/emit/dot.ts
var font = "Helvetica";
var ink = "#000000";
var faint = "#767676";
var widestType = 40;
var widestPreview = 48;
var widestLabel = 36;
var widestCaption = 100;
var widestLimit = 300;
var widestTooltip = 500;
var notesShown = 3;
var looks = {
  target: { sign: targetSign, fill: "#E69F00", legend: "what was asked about (double border)" },
  root: { sign: rootSign, fill: "#F0E442", legend: "root" },
  detached: { sign: "\u2298", fill: "#D55E00", legend: "detached DOM" },
  closure: { sign: "\u0192", fill: "#56B4E9", legend: "function" },
  native: { sign: "\u25C7", fill: "#CC79A7", legend: "native" },
  text: { sign: "\u201C", fill: "#009E73", legend: "string, number or symbol" },
  internal: { sign: "\xB7", fill: "#D9D9D9", legend: "V8's own" },
  object: { sign: "", fill: "#FFFFFF", legend: "" },
  more: { sign: "\u2026", fill: "#FFFFFF", legend: "left out" }
};
var lookOfKind = /* @__PURE__ */ new Map([
  ["closure", "closure"],
  ["native", "native"],
  ["string", "text"],
  ["concatenated string", "text"],
  ["sliced string", "text"],
  ["number", "text"],
  ["bigint", "text"],
  ["symbol", "text"],
  ["hidden", "internal"],
  ["array", "internal"],
  ["code", "internal"],
  ["synthetic", "internal"],
  ["object shape", "internal"]
]);
function toDot(answer, options = {}) {
  const graph = foldRuns(answer);
  const ids = new Map(graph.nodes().map((node, index) => [node, `n${index}`]));
  const bold = boldEdges(graph.getAttributes());
  const lines = [
    "digraph heapgraph {",
    `  graph [${attributeList(graphAttributes(graph, options))}]`,
    `  node [${attributeList({ shape: "box", style: "filled", color: ink, fontname: font, fontsize: "11", margin: "0.14,0.08", height: "0.3" })}]`,
    `  edge [${attributeList({ fontname: font, fontsize: "10", color: "#333333", fontcolor: ink, arrowsize: "0.7" })}]`,
    ...graph.mapNodes(
      (node, attributes) => nodeStatement(ids.get(node), attributes, referencesTo(graph, node), graph.getAttribute("heapBytes"))
    ),
    ...graph.mapEdges(
      (edge, attributes, source2, target) => edgeStatement(graph, `${ids.get(source2)} -> ${ids.get(target)}`, attributes, source2, target, bold.has(edge))
    ),
    "}"
  ];
  return `${lines.join("\n")}
`;
}
function countDotNodes(dot) {
  return dot.match(/^ {2}n\d+ \[/gm)?.length ?? 0;
}
function captionTitle({ question, subject, count: count2, selfBytes }) {
  return `${question}: ${forTerminal(typeName(subject), widestType)}${times(count2)}, ${selfSize(selfBytes)}`;
}
function graphAttributes(graph, options) {
  return {
    rankdir: options.rankdir ?? "LR",
    charset: "UTF-8",
    bgcolor: "#FFFFFF",
    fontname: font,
    fontsize: "12",
    labelloc: "t",
    labeljust: "l",
    nodesep: "0.2",
    ranksep: "0.5",
    pad: "0.2",
    label: leftAligned(captionLines(graph)),
    tooltip: forDot(captionTitle(graph.getAttributes()))
  };
}
function captionLines(graph) {
  const info2 = graph.getAttributes();
  const drawn = `drawn: ${plural(graph.order, "node")}, ${plural(graph.size, "edge")}`;
  const sentences = [captionTitle(info2), `${snapshotText(info2.snapshot)} (${drawn})`, ...info2.limits.map(limitText)];
  return [
    ...sentences.flatMap((text2) => wrapped(forTerminal(text2, widestLimit).split(" "), " ")),
    ...wrapped(legendEntries(graph), "   ")
  ];
}
function legendEntries(graph) {
  const present = new Set(graph.mapNodes((_node, attributes) => lookName(attributes)));
  const signs = Object.entries(looks).filter(([name, look]) => present.has(name) && look.legend !== "").map(([, look]) => `${look.sign} ${look.legend}`);
  const strengths = new Set(graph.mapEdges((_edge, attributes) => attributes.strength));
  const lines = [
    strengths.has("internal") ? "dashed: internal" : "",
    strengths.has("weak") ? "dotted: weak" : "",
    strengths.has("ephemeron") ? `double line: ${strengthText("ephemeron")}` : ""
  ];
  return ["arrows go from holder to held", ...signs, ...lines.filter((line) => line !== "")];
}
function lookName(node) {
  if (node.role !== "node") return node.role;
  if (node.type.startsWith("Detached ")) return "detached";
  return lookOfKind.get(node.kind) ?? "object";
}
function referencesTo(graph, node) {
  return graph.reduceEdges(node, (sum, _edge, { count: count2 }) => sum + count2, 0);
}
function nodeStatement(id, node, references, heapBytes) {
  const name = lookName(node);
  const look = looks[name];
  const lines = name === "more" ? [forTerminal(moreText(node, references), widestCaption)] : cardLines(node, look.sign, heapBytes);
  return `  ${id} [${attributeList({
    id,
    label: leftAligned(lines),
    tooltip: tooltip(node),
    fillcolor: look.fill,
    shape: node.count > 1 && node.role === "node" ? "box3d" : "box",
    width: cardWidth(lines),
    ...name === "target" ? { peripheries: "2", penwidth: "1.5" } : {},
    ...name === "more" ? { style: "filled,rounded,dashed", color: faint } : {},
    ...name === "internal" ? { fontsize: "9" } : {}
  })}]`;
}
function cardLines(node, sign, heapBytes) {
  const head = `${sign && `${sign} `}${forTerminal(typeName(node.type), widestType)}${times(node.count)}`;
  const size = sizeText(node, heapBytes);
  const facts = [size, idText(node)].filter((fact) => fact !== "").join(" \xB7 ");
  const notes2 = node.notes.slice(0, notesShown).map((note) => `(${note})`);
  const rest = node.notes.length > notesShown ? [`(${node.notes.length - notesShown} more notes)`] : [];
  return [
    head,
    forTerminal(node.preview, widestPreview),
    forTerminal(node.place, widestPreview),
    facts,
    ...notes2,
    ...rest
  ].filter((line) => line !== "").map((line) => forTerminal(line, Math.max(widestType, widestPreview) + 16));
}
function cardWidth(lines) {
  const columns = Math.max(0, ...lines.filter((line) => /[^\x20-\x7e]/.test(line)).map(textWidth));
  return (columns * 0.5 * 11 / 72 + 0.28).toFixed(2);
}
function tooltip(node) {
  const parts2 = [
    `${typeName(node.type)}${times(node.count)}`,
    [node.kind, idText(node)].filter((part) => part !== "").join(" "),
    node.preview,
    node.place,
    ...node.notes
  ];
  return parts2.filter((part) => part !== "").map((part) => forDot(part, widestTooltip)).join("\\n");
}
function boldEdges(info2) {
  return /* @__PURE__ */ new Set([...info2.chains[0]?.edges ?? [], ...info2.cycles.flatMap((cycle) => cycle.edges)]);
}
function edgeStatement(graph, ends, edge, source2, target, isBold) {
  const label = edge.label === "" ? "" : ` ${forDot(edge.label, widestLabel)}${times(edge.count)} `;
  const types2 = [source2, target].map((node) => forDot(typeName(graph.getNodeAttribute(node, "type")), widestType));
  const condition = edge.strength === "strong" ? "" : ` (${strengthText(edge.strength)})`;
  const tip = `${types2[0]} \u2192 ${types2[1]}\\n${forDot(edge.label, widestTooltip)}${condition}`;
  return `  ${ends} [${attributeList({
    label,
    tooltip: tip,
    labeltooltip: tip,
    ...isBold ? { penwidth: "2.5", color: ink } : {},
    ...lineOf(edge.strength)
  })}]`;
}
function lineOf(strength) {
  if (strength === "internal") return { style: "dashed" };
  if (strength === "weak") return { style: "dotted", color: faint, constraint: "false" };
  return strength === "ephemeron" ? { color: `${ink}:#FFFFFF:${ink}`, penwidth: "1.2" } : {};
}
function attributeList(attributes) {
  return Object.entries(attributes).map(([name, value]) => `${name}="${value}"`).join(", ");
}
function leftAligned(lines) {
  return lines.map((line) => `${forDot(line)}\\l`).join("");
}
function wrapped(words2, separator) {
  const lines = [];
  let line = "";
  for (const word of words2.map((text2) => forTerminal(text2, widestCaption))) {
    const longer = line === "" ? word : line + separator + word;
    if (line !== "" && textWidth(longer) > widestCaption) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

// src/emit/export-graph.ts
var WIDEST_TEXT = 1e3;
function text(of) {
  return forXml(of, WIDEST_TEXT);
}
var NODE_FIELDS2 = fields({
  role: { name: "role", type: "string", value: (node) => node.role },
  type: { name: "type", type: "string", value: (node) => node.type },
  kind: { name: "nodeKind", type: "string", value: (node) => node.kind },
  id: { name: "objectId", type: "long", value: (node) => node.id },
  count: { name: "count", type: "long", value: (node) => node.count },
  selfBytes: { name: "selfBytes", type: "long", value: (node) => node.selfBytes },
  retainedBytes: { name: "retainedBytes", type: "long", value: (node) => node.retainedBytes },
  preview: { name: "preview", type: "string", value: (node) => node.preview },
  place: { name: "place", type: "string", value: (node) => node.place },
  level: { name: "level", type: "long", value: (node) => node.level },
  notes: { name: "notes", type: "string", value: (node) => node.notes.join("; ") }
});
var EDGE_FIELDS2 = fields({
  kind: { name: "edgeKind", type: "string", value: (edge) => edge.kind },
  count: { name: "count", type: "long", value: (edge) => edge.count },
  strength: { name: "strength", type: "string", value: (edge) => edge.strength }
});
function fields(of) {
  return Object.values(of);
}
function valuesOf(all, element3) {
  return all.flatMap((field) => {
    const value = field.value(element3);
    return value === null ? [] : [[field.name, text(String(value))]];
  });
}
function nodeLabel(node) {
  return node.role === "more" ? `\u2026 ${node.type}` : `${typeName(node.type)} ${idText(node)}`.trim();
}
function numberedEdges(graph) {
  return graph.mapEdges((_, edge, source2, target) => ({ ...edge, source: source2, target })).map((edge, index) => ({ ...edge, id: `e${index}` }));
}
function description({ question, subject, snapshot, limits }) {
  return [`${question} of ${subject} in ${snapshot.name}`, ...limits].map(text).join("; ");
}

// src/emit/gexf.ts
function toGexf(graph) {
  const nodes = graph.mapNodes((key, node) => {
    const attributes = `id="${text(key)}" label="${text(nodeLabel(node))}"`;
    return element("node", attributes, valuesOf(NODE_FIELDS2, node));
  });
  const edges = numberedEdges(graph).map((edge) => {
    const ends = `id="${edge.id}" source="${text(edge.source)}" target="${text(edge.target)}"`;
    const weight = edge.count > 0 ? ` weight="${edge.count}"` : "";
    return element("edge", `${ends} label="${text(edge.label)}"${weight}`, valuesOf(EDGE_FIELDS2, edge));
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://gexf.net/1.3" version="1.3">
  <meta>
    <creator>heapgraph</creator>
    <description>${description(graph.getAttributes())}</description>
  </meta>
  <graph defaultedgetype="directed">
${declarations("node", NODE_FIELDS2)}
${declarations("edge", EDGE_FIELDS2)}
    <nodes>
${nodes.join("")}    </nodes>
    <edges>
${edges.join("")}    </edges>
  </graph>
</gexf>
`;
}
function declarations(of, fields2) {
  const lines = fields2.map(({ name, type }) => `      <attribute id="${name}" title="${name}" type="${type}"/>
`);
  return `    <attributes class="${of}">
${lines.join("")}    </attributes>`;
}
function element(tag, attributes, values) {
  const lines = values.map(([name, xml]) => `          <attvalue for="${name}" value="${xml}"/>
`);
  return `      <${tag} ${attributes}>
        <attvalues>
${lines.join("")}        </attvalues>
      </${tag}>
`;
}

// src/emit/graphml.ts
var PREFIXES = { graph: "g_", node: "n_", edge: "e_" };
var TEXT = { type: "string", value: () => null };
var LABEL = { name: "label", ...TEXT };
var DESCRIPTION = { name: "description", ...TEXT };
function toGraphml(graph) {
  const ids = new Map(graph.nodes().map((key, index) => [key, `n${index}`]));
  const nodes = graph.mapNodes((key, node) => {
    const values = [labelled(nodeLabel(node)), ...valuesOf(NODE_FIELDS2, node)];
    return element2("node", `id="${ids.get(key)}"`, values);
  });
  const edges = numberedEdges(graph).map((edge) => {
    const ends = `id="${edge.id}" source="${ids.get(edge.source)}" target="${ids.get(edge.target)}"`;
    return element2("edge", ends, [labelled(edge.label), ...valuesOf(EDGE_FIELDS2, edge)]);
  });
  return `<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
${keys("graph", [DESCRIPTION])}${keys("node", [LABEL, ...NODE_FIELDS2])}${keys("edge", [LABEL, ...EDGE_FIELDS2])}  <graph id="heapgraph" edgedefault="directed">
    <data key="${PREFIXES.graph}description">${description(graph.getAttributes())}</data>
${nodes.join("")}${edges.join("")}  </graph>
</graphml>
`;
}
function labelled(label) {
  return ["label", text(label)];
}
function keys(of, fields2) {
  return fields2.map(({ name, type }) => `  <key id="${PREFIXES[of]}${name}" for="${of}" attr.name="${name}" attr.type="${type}"/>
`).join("");
}
function element2(tag, attributes, values) {
  const lines = values.map(([name, xml]) => `      <data key="${PREFIXES[tag]}${name}">${xml}</data>
`);
  return `    <${tag} ${attributes}>
${lines.join("")}    </${tag}>
`;
}

// src/emit/svg.ts
import { fileURLToPath } from "node:url";
var defaultTimeoutMs = 2e4;
var defaultMaxNodes = 300;
var widestComplaint = 200;
var howToShrink = "ask for less with --depth or --fan; the DOT form (.dot) still works, for another Graphviz";
function toSvg(graph, options = {}) {
  return renderSvg(toDot(graph, options), { title: captionTitle(graph.getAttributes()), ...options });
}
async function renderSvg(dot, options = {}) {
  const { timeoutMs = defaultTimeoutMs, maxNodes = defaultMaxNodes, title = "heapgraph" } = options;
  const nodeCount = countDotNodes(dot);
  if (nodeCount > maxNodes) {
    const message = `A diagram of ${plural(nodeCount, "node")} is more than the ${formatCount(maxNodes)} that can be drawn legibly`;
    throw new HeapgraphError("RENDER", message, howToShrink);
  }
  const svg = await run(await startGraphviz(options.graphviz), dot, nodeCount, timeoutMs);
  return finishSvg(svg, title);
}
async function startGraphviz(graphviz) {
  const { spawn } = await import("node:child_process");
  const { NODE_OPTIONS: _options, ...env } = process.env;
  if (graphviz !== void 0) return spawn(graphviz, ["-Tsvg"], { env });
  return spawn(process.execPath, [graphvizCliProgram(), "-Tsvg"], { env });
}
function graphvizCliProgram() {
  return fileURLToPath(new URL("../bin/graphviz.cjs", import.meta.resolve("graphviz-cli")));
}
function run(child, dot, nodeCount, timeoutMs) {
  const failed = (what) => new HeapgraphError("RENDER", `Graphviz ${what}: a diagram of ${plural(nodeCount, "node")}`, howToShrink);
  return new Promise((resolve, reject) => {
    const chunks = [];
    let complaints = "";
    let outOfTime = false;
    const giveUp = () => {
      child.stdout.destroy();
      child.stderr.destroy();
      reject(failed(`did not finish within ${timeoutMs / 1e3} s`));
    };
    const hasExited = () => child.exitCode !== null || child.signalCode !== null;
    const timer = setTimeout(() => {
      outOfTime = true;
      if (hasExited()) giveUp();
      else child.kill("SIGKILL");
    }, timeoutMs);
    child.stdout.on("data", (chunk) => chunks.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (text2) => {
      complaints = (complaints + text2).slice(-1e4);
    });
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(new HeapgraphError("RENDER", `Graphviz could not be started: ${error.message}`, howToShrink));
    });
    child.on("exit", () => {
      if (outOfTime) giveUp();
    });
    child.on("close", (code) => {
      clearTimeout(timer);
      const svg = Buffer.concat(chunks).toString("utf8");
      if (code === 0 && svg.includes("</svg>")) resolve(svg);
      else reject(failed(`failed (${complaint(complaints) || `exit code ${code}`})`));
    });
    child.stdin.on("error", () => {
    });
    child.stdin.end(dot);
  });
}
function complaint(stderr) {
  const lines = stderr.split("\n").filter((line) => line !== "" && !line.includes("no value for width of non-ASCII"));
  return forTerminal(lines[0] ?? "", widestComplaint);
}
var forbiddenCharacter = /[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
var characterReference = /&#(?:x([0-9a-f]+)|([0-9]+));/gi;
var strayAmpersand = /&(?!(?:amp|lt|gt|quot|apos|#[0-9]+|#x[0-9a-f]+);)/gi;
var graphvizFonts = 'font-family="Helvetica,sans-Serif"';
function finishSvg(svg, title) {
  return svg.replace(/<!DOCTYPE[^>]*>\s*/, "").replace(/<!--.*?-->\s*/gs, "").replace(
    characterReference,
    (reference, hex2, decimal) => isXmlCharacter(hex2 ? Number.parseInt(hex2, 16) : Number(decimal)) ? reference : ""
  ).replace(strayAmpersand, "&amp;").replace(forbiddenCharacter, "").replaceAll(graphvizFonts, 'font-family="Helvetica,Arial,Liberation Sans,sans-serif"').replace(/<svg\b[^>]*>/, (opening) => `${opening}
<title>${forXml(title)}</title>`);
}
function isXmlCharacter(code) {
  if (code > 1114111) return false;
  return String.fromCodePoint(code).search(forbiddenCharacter) === -1;
}

// src/emit/text-tree.ts
var widestName2 = 80;
var widestLabel2 = 60;
var widestPreview2 = 60;
var narrowestPreview = 12;
var widestPlace = 60;
var widestNote = 300;
var levelsIndented = 50;
var inlineCycle = 4;
var cycleStepsShown = 12;
function toText(graph, options = {}) {
  const page = { graph, paint: options.paint ?? plainPaint, width: options.width ?? Number.POSITIVE_INFINITY };
  const lines = [headerLine(page), ...bodyLines(page), ...limitLines(page)];
  return `${lines.join("\n")}
`;
}
function bodyLines(page) {
  const question = page.graph.getAttribute("question");
  if (question === "path") return pathLines(page);
  if (question === "cycles") return cyclesLines(page);
  return treeLines(page);
}
function headerLine({ graph, paint }) {
  const { subject, count: count2, selfBytes, heapBytes } = graph.getAttributes();
  const name = paint.strong(forTerminal(typeName(subject), widestName2));
  const size = selfBytes > 0 || heapBytes === null ? selfSize(selfBytes) : formatBytes(heapBytes);
  return `${name}${times(count2)}   ${paint.size(size)}`;
}
function captionLine({ graph, paint }, words2) {
  return paint.dim(`in ${snapshotText(graph.getAttribute("snapshot"))}; ${words2}`);
}
function limitLines({ graph, paint }) {
  return graph.getAttribute("limits").map((limit) => paint.warn(forTerminal(limitText(limit), widestNote)));
}
function treeLines(page) {
  const { graph } = page;
  if (graph.order === 0) return [captionLine(page, "nothing found")];
  const inward2 = graph.getAttribute("direction") === "in";
  const question = graph.getAttribute("question");
  const reading = question === "dominators" ? "without a line, all that hangs from it would be freed" : inward2 ? "each indented line holds the line it hangs from" : "each line holds those that hang from it";
  const onward = edgesOnward(graph);
  const shown = /* @__PURE__ */ new Set();
  const lines = [captionLine(page, reading)];
  for (const node of targetsFirst(graph)) if (!shown.has(node)) lines.push(...subtreeLines(page, node, onward, shown));
  return lines;
}
function edgesOnward(graph) {
  const inward2 = graph.getAttribute("direction") === "in";
  const onward = new Map(graph.mapNodes((node) => [node, []]));
  graph.forEachEdge((edge, _attributes, source2, target) => onward.get(inward2 ? target : source2)?.push(edge));
  return onward;
}
function targetsFirst(graph) {
  const isTarget = (node) => graph.getNodeAttribute(node, "role") === "target";
  return [...graph.filterNodes(isTarget), ...graph.filterNodes((node) => !isTarget(node))];
}
function subtreeLines(page, top, onward, shown) {
  const { graph, paint } = page;
  const lines = [];
  const waiting = [{ node: top, edge: void 0, from: void 0, level: 0, guide: "", indent: "" }];
  for (let visit = waiting.pop(); visit; visit = waiting.pop()) {
    const { node } = visit;
    lines.push(visitLine(page, visit, shown.has(node)));
    if (shown.has(node)) continue;
    shown.add(node);
    const edges = onward.get(node);
    if (edges.length === 0 && node === top) lines.push(paint.dim(`\u2514\u2500 ${nothingFurther(graph)}`));
    const level = visit.level + 1;
    const [base, indent] = level % levelsIndented === 0 ? [`(level ${level}) `, ""] : [visit.indent, visit.indent];
    for (let index = edges.length - 1; index >= 0; index--) {
      const last = index === edges.length - 1;
      waiting.push({
        node: graph.opposite(node, edges[index]),
        edge: edges[index],
        from: visit,
        level,
        guide: base + (last ? "\u2514\u2500 " : "\u251C\u2500 "),
        indent: indent + (last ? "   " : "\u2502  ")
      });
    }
  }
  return lines;
}
function nothingFurther(graph) {
  return graph.getAttribute("direction") === "in" ? "no holder in this answer" : "reaches nothing in this answer";
}
function visitLine(page, visit, again) {
  const { graph, paint } = page;
  const attributes = graph.getNodeAttributes(visit.node);
  if (attributes.role === "more") {
    const references = visit.edge ? graph.getEdgeAttribute(visit.edge, "count") : 0;
    return paint.dim(visit.guide + forTerminal(moreText(attributes, references), widestNote));
  }
  const heapBytes = graph.getAttribute("heapBytes");
  const end = again ? `  ${isAncestor(visit) ? "\u21BA " : ""}(shown above)` : "";
  const shown = again ? { ...attributes, preview: "", place: "", notes: [] } : attributes;
  return fitted(page, shown, (brush, preview2) => {
    const edge = visit.edge ? edgeText(graph, visit.edge, brush, attributes.count) : "";
    const way = edge && `${edge} ${joiningWord(graph, brush)} `;
    return painted(brush.dim, visit.guide) + way + nodeText(shown, brush, preview2, heapBytes) + painted(brush.dim, end);
  });
}
function joiningWord(graph, paint) {
  return paint.dim(graph.getAttribute("direction") === "in" ? "of" : "\u2192");
}
function isAncestor(visit) {
  for (let above = visit.from; above; above = above.from) if (above.node === visit.node) return true;
  return false;
}
function pathLines(page) {
  const whole = page.graph.getAttribute("chains");
  if (whole.length === 0) return [captionLine(page, "no path found")];
  const graph = foldRuns(page.graph);
  const lines = [captionLine(page, "from the root down, each line holds the next")];
  for (const [index, chain] of graph.getAttribute("chains").entries()) {
    const title = `${index + 1}. ${plural(whole[index].edges.length, "step")}`;
    lines.push(page.paint.strong(title), ...chainLines({ ...page, graph }, chain));
  }
  return lines;
}
function chainLines(page, chain) {
  const { graph, paint } = page;
  const last = chain.nodes.length - 1;
  return chain.nodes.flatMap((node, index) => {
    const station = stationLine(page, node, index === 0 ? "\u250C\u2500 " : index === last ? "\u2514\u2500 " : "\u251C\u2500 ");
    return index === 0 ? [station] : [paint.dim("\u2502  ") + edgeText(graph, chain.edges[index - 1], paint, 1), station];
  });
}
function stationLine(page, node, branch) {
  const attributes = page.graph.getNodeAttributes(node);
  const guide = roleSign(attributes.role) ? "" : branch;
  const heapBytes = page.graph.getAttribute("heapBytes");
  return fitted(
    page,
    attributes,
    (brush, preview2) => painted(brush.dim, guide) + nodeText(attributes, brush, preview2, heapBytes)
  );
}
function cyclesLines(page) {
  const cycles2 = page.graph.getAttribute("cycles");
  if (cycles2.length === 0) return [captionLine(page, "no cycles")];
  const lines = [captionLine(page, "each group shows one example")];
  for (const [index, cycle] of cycles2.entries()) lines.push(...cycleLines(page, index + 1, cycle));
  return lines;
}
function cycleLines(page, number, cycle) {
  const { paint } = page;
  const many = cycle.components === 1 ? "1 cycle" : `\xD7${formatCount(cycle.components)} cycles`;
  const totals = `${many}, ${plural(cycle.nodeCount, "object")}, ${paint.size(selfSize(cycle.selfBytes))}`;
  return [
    `${paint.strong(`${number}.`)} ${paint.type(forTerminal(cycle.pattern, 2 * widestName2))}   ${totals}`,
    ...exampleLines(page, cycle).map((line) => `   ${line}`),
    `   ${heldByText(page, cycle)}`
  ];
}
function exampleLines({ graph, paint }, cycle) {
  const steps = cycle.nodes.map((node, index) => {
    const { id, type } = graph.getNodeAttributes(node);
    const way = edgeText(graph, cycle.edges[index], paint, 1);
    return `${paint.dim(`@${id}`)} ${paint.type(forTerminal(typeName(type), widestName2))} ${way}`;
  });
  const arrow = paint.dim("\u2192");
  const back = paint.mark("\u21BA");
  if (steps.length <= inlineCycle) return [`${steps.join(` ${arrow} `)} ${back}`];
  const cut = steps.length - cycleStepsShown;
  const tail = cut > 0 ? [paint.dim(`\u2026 ${formatCount(cut)} more`), steps[steps.length - 1]] : [];
  const seen = cut > 0 ? [...steps.slice(0, cycleStepsShown - 1), ...tail] : steps;
  return seen.map((step, index) => {
    const start = index === 0 ? "" : `${arrow} `;
    return `${start}${step}${index === seen.length - 1 ? ` ${back}` : ""}`;
  });
}
function heldByText({ graph, paint }, cycle) {
  if (cycle.heldBy === void 0) return paint.dim("nothing outside holds it");
  const holder = graph.getNodeAttributes(graph.source(cycle.heldBy));
  const way = edgeText(graph, cycle.heldBy, paint, holder.count);
  return `held from outside by ${way} ${paint.dim("of")} ${nodeText(holder, paint, "", null)}`;
}
function edgeText(graph, edge, paint, expected) {
  const { label, count: count2, strength } = graph.getEdgeAttributes(edge);
  if (label === "") return "";
  const many = count2 === expected ? "" : ` \xD7${formatCount(count2)}`;
  const condition = strength === "ephemeron" ? ` ${paint.dim(`(${strengthText(strength)})`)}` : "";
  return paint.edge(forTerminal(label, widestLabel2)) + many + condition;
}
function nodeText(node, paint, preview2, heapBytes) {
  const sign = roleSign(node.role);
  const name = `${sign && `${paint.mark(sign)} `}${paint.type(forTerminal(typeName(node.type), widestName2))}`;
  const id = painted(paint.dim, idText(node));
  const size = painted(paint.size, sizeText(node, heapBytes));
  const place = painted(paint.dim, forTerminal(node.place, widestPlace));
  const notes2 = node.notes.map((note) => paint.dim(`(${forTerminal(note, widestNote)})`));
  if (node.count === 1) return joined([id ? `${name} ${id}` : name, size, preview2, place, ...notes2]);
  return joined([name + times(node.count), size, id, preview2, place, ...notes2]);
}
function painted(brush, text2) {
  return text2 === "" ? "" : brush(text2);
}
function joined(parts2) {
  return parts2.filter((part) => part !== "").join("  ");
}
function fitted(page, node, write) {
  if (node.preview === "") return write(page.paint, "");
  const room = page.width - textWidth(write(plainPaint, "")) - 2;
  return write(page.paint, forTerminal(node.preview, Math.min(widestPreview2, Math.max(narrowestPreview, room))));
}

// src/explain/pattern-label.ts
var patterns = oncePer(edgePatterns);
function abstractLabel(snapshot, edge) {
  const pattern = patterns(snapshot)(edge);
  const label = edgeLabel(snapshot, edge);
  if (pattern === WEAK_MAP_ENTRY) return " \u2039WeakMap entry\u203A";
  if (pattern === ANY_INDEX) return label.startsWith("[") ? "[i]" : " \u2039slot\u203A";
  return /^[.[]/.test(label) ? label : ` ${label}`;
}

// src/graph/result.ts
import { MultiDirectedGraph } from "graphology";
function createResultGraph(info2) {
  const graph = new MultiDirectedGraph();
  graph.replaceAttributes(info2);
  return graph;
}

// src/graph/to-graph.ts
function toGraph(answer) {
  if (answer.question === "path") return pathGraph(answer);
  if (answer.question === "cycles") return cyclesGraph(answer);
  return answer.question === "dominators" ? dominatorsGraph(answer) : neighborsGraph(answer);
}
function info(snapshot, fields2) {
  const { name, nodeCount, edgeCount } = snapshot;
  return { ...fields2, snapshot: { name, nodeCount, edgeCount }, heapBytes: null, chains: [], cycles: [] };
}
function sumSelfBytes({ nodeSelfBytes }, nodes) {
  return nodes.reduce((sum, node) => sum + nodeSelfBytes[node], 0);
}
function neighborsGraph(answer) {
  const { snapshot, question, target, groups } = answer;
  const inward2 = question === "backrefs";
  const graph = createResultGraph(
    info(snapshot, {
      question,
      subject: target.subject,
      direction: inward2 ? "in" : "out",
      count: target.nodes.length,
      selfBytes: sumSelfBytes(snapshot, target.nodes),
      limits: neighborLimits(answer)
    })
  );
  const keys2 = [];
  const groupOfKey = /* @__PURE__ */ new Map();
  if (target.nodes.length === 0) return graph;
  for (const group of groups) {
    const key = uniqueKey(snapshot, group, groupOfKey);
    keys2.push(key);
    if (!graph.hasNode(key)) graph.addNode(key, groupNode(snapshot, group));
    const parent = group.parent < 0 ? void 0 : keys2[group.parent];
    for (const joint of group.joints) {
      const attributes = {
        label: jointLabel(snapshot, joint),
        kind: edgeKindName(snapshot, joint.edgeKind),
        count: joint.edges,
        strength: edgeStrength(snapshot, joint.exampleEdge)
      };
      if (parent !== void 0) addEdge(graph, inward2 ? key : parent, inward2 ? parent : key, attributes);
    }
    if (group.left !== void 0) addLeft(graph, key, group, inward2);
  }
  return graph;
}
function uniqueKey({ nodeId }, group, groupOfKey) {
  const { nodes } = group;
  let key = `@${nodeId[nodes[0]]}${nodes.length === 1 ? "" : `\xD7${nodes.length}`}`;
  for (; ; ) {
    const other = groupOfKey.get(key);
    if (other === void 0) break;
    if (other.nodes.length === nodes.length && other.nodes.every((node, i) => node === nodes[i])) return key;
    key += "'";
  }
  groupOfKey.set(key, group);
  return key;
}
function groupNode(snapshot, group) {
  const { nodes, level } = group;
  const example = describe(snapshot, nodes[0]);
  const types2 = level === 0 ? distinctTypes(snapshot, nodes) : 1;
  return {
    role: level === 0 ? "target" : group.isRoot ? "root" : "node",
    type: types2 > 1 ? `${plural(types2, "type")}` : example.type,
    kind: example.kind,
    id: example.id,
    count: nodes.length,
    selfBytes: sumSelfBytes(snapshot, nodes),
    retainedBytes: null,
    preview: common(nodes, (node) => describe(snapshot, node).preview),
    place: common(nodes, (node) => describe(snapshot, node).place),
    level,
    notes: group.seen ? ["shown above"] : []
  };
}
function distinctTypes({ types: types2 }, nodes) {
  return new Set(nodes.map((node) => types2.ofNode[node])).size;
}
var SAMPLE = 50;
function common(nodes, property) {
  const first = property(nodes[0]);
  return nodes.subarray(1, SAMPLE).every((node) => property(node) === first) ? first : "";
}
function addLeft(graph, key, { left, level }, inward2) {
  if (left === void 0) return;
  const noun = inward2 ? "kind of holder" : "kind of object";
  const nouns = inward2 ? "kinds of holders" : "kinds of objects";
  const why = left.reason === "share" ? "" : ` beyond --${left.reason}`;
  const more = `more of ${key} (${left.reason})`;
  if (graph.hasNode(more)) return;
  graph.addNode(more, {
    role: "more",
    type: `${plural(left.groups, `more ${noun}`, `more ${nouns}`)}${why}`,
    kind: "",
    id: 0,
    count: left.groups,
    selfBytes: 0,
    retainedBytes: null,
    preview: "",
    place: "",
    level: level + 1,
    notes: []
  });
  const attributes = { label: "", kind: "", count: left.edges, strength: "strong" };
  addEdge(graph, inward2 ? more : key, inward2 ? key : more, attributes);
}
function addEdge(graph, from, to, attributes) {
  graph.addEdgeWithKey(`e${graph.size}`, from, to, attributes);
}
function neighborLimits({ question, limitsReached, groups }) {
  const limits = [];
  const what = question === "backrefs" ? "holders" : "objects";
  if (limitsReached.depth !== void 0) {
    limits.push(`${what} beyond ${plural(limitsReached.depth, "level")} are left out; --depth N shows more`);
  }
  if (limitsReached.fan !== void 0) {
    limits.push(
      `no more than ${plural(limitsReached.fan, `kind of ${what}`, `kinds of ${what}`)} are shown for each line; --fan N shows more`
    );
  }
  if (limitsReached.share !== void 0) {
    limits.push(
      `${what} of less than ${100 * limitsReached.share} % of the objects are not followed; --min-share 0 follows all`
    );
  }
  if (groups.length === 1 && question === "backrefs" && groups[0].left === void 0) {
    limits.push(
      "nothing in this file holds it by a strong reference: it may be garbage not yet collected, or held weakly"
    );
  }
  return limits;
}
function pathGraph(answer) {
  const { snapshot, target, paths } = answer;
  const graph = createResultGraph(
    info(snapshot, {
      question: "path",
      subject: target.subject,
      direction: "in",
      count: target.nodes.length,
      selfBytes: sumSelfBytes(snapshot, target.nodes),
      limits: pathLimits(answer)
    })
  );
  const chains = paths.map((path) => addPath(graph, snapshot, path));
  graph.setAttribute("chains", chains);
  return graph;
}
function addPath(graph, snapshot, path) {
  const last = path.nodes.length - 1;
  const nodes = path.nodes.map((node, i) => {
    const role = i === last ? "target" : i === 0 && rootNodes(snapshot).has(node) ? "root" : "node";
    return mergeNode(graph, snapshot, node, role, last - i);
  });
  const edges = path.edges.map((edge, i) => {
    const key = mergeEdge(graph, snapshot, edge, nodes[i], nodes[i + 1]);
    const beside = path.parallel[i] - 1;
    if (beside > 0) graph.setEdgeAttribute(key, "label", `${edgeLabel(snapshot, edge)} (+${beside} more)`);
    return key;
  });
  return { nodes, edges };
}
function mergeNode(graph, snapshot, node, role, level) {
  const key = `@${snapshot.nodeId[node]}`;
  if (graph.hasNode(key)) {
    if (role === "target") graph.setNodeAttribute(key, "role", role);
    return key;
  }
  const selfBytes = snapshot.nodeSelfBytes[node];
  return graph.addNode(key, {
    role,
    ...describe(snapshot, node),
    count: 1,
    selfBytes,
    retainedBytes: null,
    level,
    notes: []
  });
}
function mergeEdge(graph, snapshot, edge, from, to) {
  const key = `e${edge}`;
  if (graph.hasEdge(key)) return key;
  const attributes = {
    label: edgeLabel(snapshot, edge),
    kind: edgeKindName(snapshot, snapshot.edgeKind[edge]),
    count: 1,
    strength: edgeStrength(snapshot, edge)
  };
  return graph.addEdgeWithKey(key, from, to, attributes);
}
function pathLimits({ target, from, avoid, paths, reached, limitsReached }) {
  const limits = [];
  const total = target.nodes.length;
  const start = from === void 0 ? "the roots" : from.subject;
  const without = avoid.length === 0 ? "" : ` without passing ${avoid.join(", ")}`;
  const lost = total - reached;
  if (lost > 0)
    limits.push(
      `${lost === total ? "no" : `${plural(lost, "object has", "objects have")} no`} path from ${start}${without}: unreachable, or held weakly only`
    );
  const ends = new Set(paths.map(({ nodes }) => nodes[nodes.length - 1])).size;
  if (reached > ends)
    limits.push(`${plural(reached, "object")} can be reached; the shortest paths lead to ${ends} of them`);
  if (limitsReached.count !== void 0)
    limits.push(`there are further paths; --count N shows more than ${limitsReached.count}`);
  if (limitsReached.steps !== void 0)
    limits.push(`the search gave up after ${plural(limitsReached.steps, "step")}: there may be more paths`);
  return limits;
}
function cyclesGraph(answer) {
  const { snapshot, through, groups, total } = answer;
  const graph = createResultGraph(
    info(snapshot, {
      question: "cycles",
      subject: through === void 0 ? "objects on cycles" : `cycles through ${through.subject}`,
      direction: "out",
      count: total.nodeCount,
      selfBytes: total.selfBytes,
      limits: cycleLimits(answer)
    })
  );
  const cycles2 = groups.map((group) => {
    const nodes = group.nodes.map((node) => mergeNode(graph, snapshot, node, "node", 0));
    const edges = group.edges.map(
      (edge, i) => mergeEdge(graph, snapshot, edge, nodes[i], nodes[(i + 1) % nodes.length])
    );
    const { components, nodeCount, selfBytes } = group;
    const pattern = group.isScopeOnly ? "functions and their scopes" : patternText(snapshot, group.nodes, group.edges);
    const heldBy = group.heldBy === void 0 ? void 0 : addHolder(graph, snapshot, group.heldBy);
    return { pattern, components, nodeCount, selfBytes, nodes, edges, heldBy };
  });
  graph.setAttribute("cycles", cycles2);
  return graph;
}
function addHolder(graph, snapshot, edge) {
  const source2 = sourceOf(snapshot.firstEdge, edge);
  const from = mergeNode(graph, snapshot, source2, rootNodes(snapshot).has(source2) ? "root" : "node", 1);
  const to = mergeNode(graph, snapshot, snapshot.edgeTarget[edge], "node", 0);
  return mergeEdge(graph, snapshot, edge, from, to);
}
function patternText(snapshot, nodes, edges) {
  const { types: types2 } = snapshot;
  return nodes.map((node, i) => types2.names[types2.ofNode[node]] + abstractLabel(snapshot, edges[i])).join(" \u2192 ");
}
function cycleLimits({ groups, raw, limitsReached, total }) {
  const limits = [];
  if (!raw) limits.push("maps, prototypes, constructors, code and other V8 internals are left out; --raw keeps them");
  if (limitsReached.groups !== void 0) {
    limits.push(`${plural(groups.length, "pattern")} of ${total.groups} are shown; --limit N shows more`);
  }
  if (limitsReached.searched !== void 0) {
    limits.push(
      `in ${plural(limitsReached.searched, "large component")} the shortest cycle was looked for from some members only`
    );
  }
  return limits;
}
var HOLDS = { label: "", kind: "", count: 1, strength: "strong" };
function dominatorsGraph(answer) {
  const { snapshot, sizes, node, rows, heapBytes } = answer;
  const self = selfSizes(snapshot, sizes);
  const key = (of) => `@${snapshot.nodeId[of]}`;
  const graph = createResultGraph({
    ...info(snapshot, {
      question: "dominators",
      subject: node === snapshot.root ? "the whole heap" : key(node),
      direction: "out",
      count: 1,
      selfBytes: self[node],
      limits: dominatorLimits(answer)
    }),
    heapBytes
  });
  for (const { node: of, level, parent, retainedBytes } of rows) {
    const role = level === 0 ? "target" : "node";
    graph.addNode(key(of), {
      role,
      ...describe(snapshot, of),
      count: 1,
      selfBytes: self[of],
      retainedBytes,
      level,
      notes: []
    });
    if (parent >= 0) addEdge(graph, key(rows[parent].node), key(of), HOLDS);
  }
  for (const { node: of, level, left } of rows) {
    if (left === void 0) continue;
    const more = `more of ${key(of)}`;
    graph.addNode(more, {
      role: "more",
      type: `${plural(left.count, "more object")}, retained ${formatBytes(left.retainedBytes)}`,
      kind: "",
      id: 0,
      count: left.count,
      selfBytes: 0,
      retainedBytes: left.retainedBytes,
      preview: "",
      place: "",
      level: level + 1,
      notes: []
    });
    addEdge(graph, key(of), more, { ...HOLDS, count: 0 });
  }
  return graph;
}
function dominatorLimits({ snapshot, sizes, chain, drop, depth, minShare, heapBytes, rows }) {
  const name = (node) => {
    const { type, id } = describe(snapshot, node);
    return `${type} @${id}`;
  };
  const limits = [sizesSentence(sizes)];
  if (drop !== void 0 && drop.node !== snapshot.root) {
    const share = formatPercent(drop.retainedBytes, heapBytes);
    limits.push(
      `next big drop: ${name(drop.node)} retains ${formatBytes(drop.retainedBytes)} (${share}) in ${plural(drop.childCount, "object")}, the largest of them ${formatBytes(drop.largestChildBytes)}`
    );
  }
  if (chain.length > 1) limits.push(`dominated by ${chain.slice(1).map(name).join(", itself by ")}`);
  if (rows.some(({ left }) => left !== void 0)) {
    limits.push(
      `${plural(depth, "level")} of what retains ${formatCount(100 * minShare)} % of the heap or more are shown; --depth, --fan and --min show more`
    );
  }
  return limits;
}

export {
  cycles,
  detached,
  dominators,
  HeapgraphError,
  select,
  nearestTypes,
  backrefs,
  refs,
  list,
  show,
  shortestPaths,
  prepare,
  types,
  forTerminal,
  formatBytes,
  plural,
  toDot,
  toCsv,
  toNdjson,
  toParquet,
  toGexf,
  toGraphml,
  toJson,
  plainPaint,
  toSpeedscope,
  toSvg,
  typesText,
  typesJson,
  listText,
  listJson,
  showText,
  showJson,
  detachedText,
  detachedJson,
  infoText,
  infoJson,
  toText,
  saveIndex,
  DEFAULT_LIMIT_BYTES,
  listIndexes,
  pruneIndexes,
  indexFolder,
  openSnapshot,
  openHeader,
  tableOf,
  FLAME_LIMITS,
  flameView,
  toGraph,
  typesView,
  listView,
  showView,
  detachedView,
  infoView
};
