/**
 * The parts of the tests. `npm test` has the part `quick`, what is named nowhere here, so that it takes a few minutes; `npm run test:all` has all,
 * and .ci/run all but `further`.
 * Who works on something: `node scripts/run-tests.mjs part-of-its-path`, whatever part it is in.
 */
const PARTS = {
  // Pairs whose halves other tests have: for who changes what is said of pages, and before a version.
  further: ['test/browser/frameworks-further.test.ts'],
  // Living programs over many seconds, other people's test runners and compilers among them: what depends on the version of Node.
  living: [
    'test/capture/allocations.test.ts',
    'test/capture/deno.test.ts',
    'test/capture/doctor/doctor.test.ts',
    'test/capture/interrupted.test.ts',
    'test/capture/left-behind.test.ts',
    'test/capture/live.test.ts',
    'test/capture/inspect/living-cut.test.ts',
    'test/capture/ports.test.ts',
    'test/capture/record/record-gap.test.ts',
    'test/capture/record/record.test.ts',
    'test/capture/record/birth-marks.test.ts',
    'test/capture/sources.test.ts',
    'test/capture/stacks.test.ts',
    'test/capture/terminal.test.ts',
    'test/capture/unhelpful-inspector.test.ts',
    'test/cli/mcp/',
    'test/scripts/',
    'test/capture/agent/near-limit.test.ts',
    'test/capture/agent/watch.test.ts',
    'test/docs/',
    'test/explain/original-names.test.ts',
    'test/explain/owners/fingerprints-of-builds.test.ts',
    'test/graph/assert-growth.test.ts',
    'test/graph/leaks-of-libraries.test.ts',
    'test/graph/leaks-of-programs.test.ts',
    'test/graph/same-places.test.ts',
    'test/proof/',
    'test/testing/',
    'test/walk.test.ts',
  ],
  // Pages in a browser.
  browser: ['test/browser/', 'test/capture/page.test.ts'],
  // Every real snapshot against every command, every answer or DevTools' worker.
  matrix: [
    'test/analyze/graph/ahead.test.ts',
    'test/analyze/graph/distances.test.ts',
    'test/analyze/growth/growth.test.ts',
    'test/analyze/cuts/printed-cuts.test.ts',
    'test/cli/fixtures.test.ts',
    'test/devtools/equality.test.ts',
    'test/emit/page/html.test.ts',
    'test/explain/holders.test.ts',
    'test/explain/owners/owner-cut.test.ts',
    'test/fixtures-holders.test.ts',
    'test/fixtures-truth.test.ts',
    'test/gallery.test.ts',
    'test/graph/algorithms.test.ts',
    'test/query/equality.test.ts',
    'test/snapshot/index/index-file.test.ts',
    'test/snapshot/load/load-parallel.test.ts',
    'test/snapshot/real-heaps.test.ts',
  ],
  // Millions of nodes, very long names, other people's databases, the whole package.
  large: [
    'test/cli/long-names.test.ts',
    'test/cli/threads.test.ts',
    'test/export/duckdb.test.ts',
    'test/query/cluster.test.ts',
    'test/export/memory.test.ts',
    'test/package.test.ts',
    'test/snapshot/load/load-large.test.ts',
  ],
}

/**
 * Those of the files that are of the parts.
 * @param names such as `quick,living`; `rest` is all but `quick` and `further`.
 */
export function filesOfParts(files, names) {
  const starts = Object.values(PARTS).flat()
  const unused = starts.filter(start => !files.some(file => file.startsWith(start)))
  if (unused.length > 0) throw new Error(`scripts/test-parts.mjs names what is not there: ${unused.join(', ')}`)
  const wanted = names.split(',')
  const known = ['quick', 'rest', ...Object.keys(PARTS)]
  const unknown = wanted.filter(name => !known.includes(name))
  if (unknown.length > 0) throw new Error(`no part of the tests: ${unknown.join(', ')}; there are ${known.join(', ')}`)
  return files.filter(file => {
    const part = partOf(file)
    return wanted.includes(part) || (part !== 'quick' && part !== 'further' && wanted.includes('rest'))
  })
}

function partOf(file) {
  const found = Object.entries(PARTS).find(([, starts]) => starts.some(start => file.startsWith(start)))
  return found?.[0] ?? 'quick'
}
