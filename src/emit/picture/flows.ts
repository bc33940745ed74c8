/**
 * Where the bands of a picture of flows go: two columns of bars, makers left and owners right, each as high as its bytes. Bars of one column
 * never meet, and each band leaves a bar in the order in which the other ends stand, so that bands cross only where bars are crossed. Why not
 * d3-sankey: docs/decisions/bands-of-makers.md.
 */

/** Bytes from a bar on the left to one on the right, by their places. */
export interface Flow {
  from: number
  to: number
  bytes: number
}

/** A bar, in pixels from the top. */
export interface Bar {
  /** Of the list given. */
  index: number
  top: number
  height: number
  /** The room it has with its words: bars begin in its middle third or above, and never reach beyond it. */
  slotTop: number
  slotHeight: number
}

/** A band: where it leaves the left bar and meets the right one. */
export interface Band extends Flow {
  fromTop: number
  toTop: number
  height: number
}

export interface Flows {
  left: Bar[]
  right: Bar[]
  /** The widest first, so that none is hidden below one that is wider. */
  bands: Band[]
  height: number
}

/** All bars of one side together, in pixels. */
const BARS_HEIGHT = 420
/** A line of less could not be seen. */
const LEAST = 1
const GAP = 6
/** Further ones change next to nothing. */
const SWEEPS = 6

/** `slot`: the least room of a bar, for its words. Flows of 0 bytes have no band, and a bar of none is left out. */
export function placeFlows(flows: readonly Flow[], slot: number): Flows {
  const shown = flows.filter(({bytes}) => bytes > 0)
  const ofLeft = sums(shown, 'from')
  const ofRight = sums(shown, 'to')
  const total = [...ofLeft.values()].reduce((all, bytes) => all + bytes, 0)
  const scale = total === 0 ? 0 : BARS_HEIGHT / total
  let left = [...ofLeft.keys()].sort((a, b) => a - b)
  let right = sortedByMiddle(shown, 'to', left, ofRight)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    left = sortedByMiddle(shown, 'from', right, ofLeft)
    right = sortedByMiddle(shown, 'to', left, ofRight)
  }
  const barsOf = (order: number[], bytes: ReadonlyMap<number, number>) =>
    stacked(
      order.map(index => ({index, height: Math.max(LEAST, bytes.get(index)! * scale)})),
      slot,
    )
  const [bars, others] = [barsOf(left, ofLeft), barsOf(right, ofRight)]
  const height = Math.max(heightOfAll(bars), heightOfAll(others))
  centered(bars, height)
  centered(others, height)
  return {left: bars, right: others, bands: bandsOf(shown, bars, others, scale), height}
}

function sums(flows: readonly Flow[], end: 'from' | 'to'): Map<number, number> {
  const found = new Map<number, number>()
  for (const flow of flows) found.set(flow[end], (found.get(flow[end]) ?? 0) + flow.bytes)
  return found
}

/** The bars of one side by where on the other their bytes are, on the average: fewer bands cross (Sugiyama's barycenters). */
function sortedByMiddle(
  flows: readonly Flow[],
  end: 'from' | 'to',
  others: readonly number[],
  bytes: ReadonlyMap<number, number>,
): number[] {
  const rank = new Map(others.map((index, place) => [index, place]))
  const middle = new Map<number, number>()
  for (const flow of flows) {
    const weight = flow.bytes / bytes.get(flow[end])!
    middle.set(flow[end], (middle.get(flow[end]) ?? 0) + weight * rank.get(flow[end === 'from' ? 'to' : 'from'])!)
  }
  return [...bytes.keys()].sort((a, b) => middle.get(a)! - middle.get(b)! || a - b)
}

function stacked(bars: {index: number; height: number}[], slot: number): Bar[] {
  let next = 0
  return bars.map(({index, height}) => {
    const slotHeight = Math.max(slot, height + GAP)
    const slotTop = next
    next += slotHeight
    return {index, height, slotTop, slotHeight, top: slotTop + (slotHeight - height) / 2}
  })
}

function heightOfAll(bars: readonly Bar[]): number {
  const last = bars.at(-1)
  return last === undefined ? 0 : last.slotTop + last.slotHeight
}

function centered(bars: Bar[], height: number): void {
  const down = (height - heightOfAll(bars)) / 2
  for (const bar of bars) {
    bar.top += down
    bar.slotTop += down
  }
}

function bandsOf(flows: readonly Flow[], left: Bar[], right: Bar[], scale: number): Band[] {
  const placeOf = (bars: Bar[]) => new Map(bars.map(({index}, place) => [index, place]))
  const [from, to] = [placeOf(left), placeOf(right)]
  const bands = flows.map((flow): Band => ({...flow, fromTop: 0, toTop: 0, height: flow.bytes * scale}))
  const at = (bars: Bar[]) => new Map(bars.map(({index, top}) => [index, top]))
  const [fromTops, toTops] = [at(left), at(right)]
  for (const band of bands.toSorted((a, b) => to.get(a.to)! - to.get(b.to)!)) {
    band.fromTop = fromTops.get(band.from)!
    fromTops.set(band.from, band.fromTop + band.height)
  }
  for (const band of bands.toSorted((a, b) => from.get(a.from)! - from.get(b.from)!)) {
    band.toTop = toTops.get(band.to)!
    toTops.set(band.to, band.toTop + band.height)
  }
  return bands.sort((a, b) => b.bytes - a.bytes || a.from - b.from || a.to - b.to)
}
