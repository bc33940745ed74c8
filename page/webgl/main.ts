/** Graphs of thousands of nodes, drawn by WebGL. A script of its own: only the view that shows such a graph runs it. */
import {hierarchy, tree} from 'd3-hierarchy'
import {DirectedGraph} from 'graphology'
import Sigma from 'sigma'

export interface WideNode {
  key: string
  label: string
  /** Pixels. */
  size: number
  /** CSS. */
  color: string
  /** Place of the node that it was found from; those come first. -1 for the first. */
  parent: number
}

export interface WideEdge {
  source: string
  target: string
}

export interface WideColors {
  edge: string
  label: string
  plate: string
}

export interface WideGraph {
  nodes: readonly WideNode[]
  edges: readonly WideEdge[]
  colors: WideColors
  font: string
  /** Pixels: of the names. */
  fontSize: number
}

export interface WidePicture {
  /** Puts the nodes and the edges in, part by part with `pause` between. */
  fill(pause: () => Promise<void>): Promise<void>
  /** Marks a node, and brings it into sight. */
  choose(key: string): void
  zoom(factor: number): void
  /** All of it. */
  fit(): void
  end(): void
}

/** Rings are as far apart as this, in the graph's own units. */
const RING = 1
const FULL_CIRCLE = 2 * Math.PI

/** Places on rings around the first node: what was found from a node stands behind it. Reingold and Tilford's layout, so that no two stand on one place. */
function placesOf(nodes: readonly WideNode[]): {x: number; y: number}[] {
  const items = nodes.map((_, i) => ({i, children: [] as {i: number}[]}))
  for (const [i, {parent}] of nodes.entries()) if (parent >= 0) items[parent].children.push(items[i])
  type Item = (typeof items)[number]
  const root = hierarchy(items[0], ({children}) => children as Item[])
  const rings = Math.max(1, root.height)
  const placed = tree<Item>()
    .size([FULL_CIRCLE, rings * RING])
    .separation((a, b) => (a.parent === b.parent ? 1 : 2) / Math.max(1, a.depth))(root)
  const places: {x: number; y: number}[] = new Array(nodes.length)
  placed.each(({data, x, y}) => {
    places[data.i] = {x: y * Math.cos(x), y: y * Math.sin(x)}
  })
  return places
}

function extent(values: readonly number[]): [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

interface Line {
  x: number
  y: number
  width: number
}

/** Whether two lines of text stand on each other. */
function isOver(one: Line, other: Line, fontSize: number): boolean {
  return Math.abs(one.y - other.y) < fontSize && one.x < other.x + other.width && other.x < one.x + one.width
}

/** Nodes and edges that are put in at once: some milliseconds of sigma's time. */
const NODES_AT_ONCE = 500
const EDGES_AT_ONCE = 1000

/** Throws where there is no WebGL. The picture is there at once, and empty: `fill` puts the graph in. */
export function drawWide(container: HTMLElement, wide: WideGraph, onChoose: (key: string) => void): WidePicture {
  const {nodes, edges, colors, font, fontSize} = wide
  let chosen = ''
  let isEnded = false
  /** Where names stand in this drawing. */
  const named: Line[] = []
  const sigma = new Sigma(new DirectedGraph(), container, {
    defaultEdgeColor: colors.edge,
    defaultEdgeType: 'arrow',
    labelColor: {color: colors.label},
    labelFont: font,
    labelSize: fontSize,
    labelRenderedSizeThreshold: 5,
    zIndex: true,
    // The page scrolls by the wheel.
    enableCameraRotation: false,
    allowInvalidContainer: true,
    minCameraRatio: 0.02,
    maxCameraRatio: 3,
    nodeReducer: (key, data) => (key === chosen ? {...data, highlighted: true, zIndex: 1} : data),
    // Sigma leaves room by a grid, over which long names run: one that would stand on another is left out.
    defaultDrawNodeLabel: (context, {x, y, size, label}) => {
      context.font = `${fontSize}px ${font}`
      const place = {x: x + size + 3, y: y + fontSize / 3, width: context.measureText(label ?? '').width}
      if (named.some(other => isOver(place, other, fontSize))) return
      named.push(place)
      context.fillStyle = colors.label
      context.fillText(label ?? '', place.x, place.y)
    },
    defaultDrawNodeHover: (context, {x, y, size, label}) => {
      context.font = `bold ${fontSize}px ${font}`
      const width = context.measureText(label ?? '').width
      context.fillStyle = colors.plate
      context.strokeStyle = colors.label
      context.lineWidth = 2
      context.beginPath()
      context.rect(x + size + 2, y - fontSize, width + 8, 2 * fontSize)
      context.fill()
      context.stroke()
      context.beginPath()
      context.arc(x, y, size + 2, 0, FULL_CIRCLE)
      context.stroke()
      context.fillStyle = colors.label
      context.fillText(label ?? '', x + size + 6, y + fontSize / 3)
    },
  })
  sigma.on('beforeRender', () => {
    named.length = 0
  })
  sigma.on('clickNode', ({node}) => onChoose(node))
  // Only with Ctrl, as over every picture.
  sigma.getMouseCaptor().on('wheel', event => {
    const {original} = event as unknown as {original: WheelEvent}
    if (!original.ctrlKey) event.preventSigmaDefault()
  })
  const camera = sigma.getCamera()
  return {
    async fill(pause) {
      const places = placesOf(nodes)
      sigma.setCustomBBox({x: extent(places.map(({x}) => x)), y: extent(places.map(({y}) => y))})
      // Given to sigma when it is whole: it draws what it has anew with each part, and without a GPU the page waits for each drawing.
      const graph = new DirectedGraph()
      for (const [i, {key, label, size, color}] of nodes.entries()) {
        if (i % NODES_AT_ONCE === 0) await pause()
        if (isEnded) return
        graph.addNode(key, {...places[i], label, size, color})
      }
      for (const [i, {source, target}] of edges.entries()) {
        if (i % EDGES_AT_ONCE === 0) await pause()
        if (isEnded) return
        graph.mergeEdge(source, target, {size: 0.6})
      }
      await pause()
      if (!isEnded) sigma.setGraph(graph)
    },
    choose(key) {
      chosen = key
      const shown = sigma.getNodeDisplayData(key)
      const at = shown && sigma.framedGraphToViewport(shown)
      const {width, height} = sigma.getDimensions()
      if (shown && at && !(at.x > 0 && at.x < width && at.y > 0 && at.y < height))
        camera.setState({x: shown.x, y: shown.y})
      sigma.refresh({skipIndexation: true})
    },
    zoom(factor) {
      camera.setState({ratio: camera.getBoundedRatio(camera.ratio / factor)})
    },
    fit() {
      camera.setState({x: 0.5, y: 0.5, ratio: 1, angle: 0})
    },
    end() {
      isEnded = true
      sigma.kill()
    },
  }
}
